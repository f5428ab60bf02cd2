// Finds the Telltale that runs on a data directory, makes sure it is ours, and calls its API.
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { refusal } from '../options.ts'
import type { Places } from './command.ts'
import { directFetch } from './direct-fetch.ts'

export type Running = {
  readonly pid: number
  readonly proxyUrl: string
  readonly uiUrl: string
  readonly token: string
  /** An API call; answers the parsed JSON or throws a refusal with the server's own sentence. */
  call(method: string, path: string, body?: unknown): Promise<unknown>
  /** The raw response of an API call, for content and exports. */
  fetch(path: string): Promise<Response>
}

/** An API client for a server whose token is known. */
export function connect(info: {
  readonly pid: number
  readonly proxyUrl: string
  readonly uiUrl: string
  readonly token: string
}): Running {
  const headers = { Authorization: `Bearer ${info.token}` }
  return {
    ...info,
    fetch: (path) => directFetch(info.uiUrl + path, { headers }),
    async call(method, path, body) {
      const init =
        body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { ...headers, 'Content-Type': 'application/json' } }
      const response = await directFetch(info.uiUrl + path, { method, headers, ...init })
      const answer: unknown = await response.json()
      if (!response.ok) throw refusal((answer as { detail?: string }).detail ?? `Telltale answered ${response.status}.`)
      return answer
    },
  }
}

/** ms the one that runs may take to answer: on a busy machine seconds, and to take it for gone would be refused by its lock. */
const patience = 10_000

/** Undefined when none runs there, or when what listens at its address cannot prove that it knows the token (A23). */
export async function findRunning(place: Places): Promise<Running | undefined> {
  let info: { pid: number; ui: string; proxy: string }
  let token: string
  try {
    info = JSON.parse(readFileSync(join(place.dataDir, 'lock'), 'utf8')) as typeof info
    token = readFileSync(place.tokenFile, 'utf8').trim()
  } catch {
    return undefined
  }
  if (!info.ui) return undefined
  const nonce = randomBytes(24).toString('hex')
  try {
    const signal = AbortSignal.timeout(patience)
    const response = await directFetch(`${info.ui}/api/proof?nonce=${nonce}`, { signal })
    const { proof } = (await response.json()) as { proof: string }
    const expected = createHmac('sha256', token).update(nonce).digest()
    const given = Buffer.from(proof, 'hex')
    if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  } catch {
    return undefined
  }
  return connect({ pid: info.pid, proxyUrl: info.proxy, uiUrl: info.ui, token })
}
