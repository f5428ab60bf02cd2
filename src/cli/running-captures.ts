// Captures asked of a running Telltale through its HTTP API.
import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'
import { setTimeout as wait } from 'node:timers/promises'
import type { Calls } from '../api/contract.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import { refusal } from '../options.ts'
import type { CapturedEntry, Captures, ImportAnswer } from './captures.ts'
import { directFetch } from './direct-fetch.ts'
import { type Found, type Page, rowsAsFound } from './rows-as-found.ts'
import type { Running } from './running.ts'

/** Between two questions how far an export is, ms. */
const progressMs = 250

/** Messages asked for at once. */
const page = 500

/** The server's own sentence. */
async function complaint(response: Response): Promise<Error> {
  const text = await response.text()
  try {
    const { detail } = JSON.parse(text) as { detail?: string }
    if (detail !== undefined) return refusal(detail)
  } catch {
    // Not a problem document: the status has to do.
  }
  return refusal(`Telltale answered ${response.status}.`)
}

const query = (values: Readonly<Record<string, string | number | undefined>>): string =>
  new URLSearchParams(
    Object.entries(values).flatMap(([name, value]) =>
      value === undefined || value === '' ? [] : [[name, String(value)]],
    ),
  ).toString()

export function capturesOfRunning(running: Running): Captures {
  const get = async <Answer>(path: string): Promise<Answer> => (await running.call('GET', path)) as Answer
  /** A search answers what it has found so far: asked again, it tells more. */
  async function ask(filter: string, page: Page): Promise<Found> {
    type Answer = Calls['GET /api/exchanges']['answer']
    const { rows, total, progress } = await get<Answer>(`/api/exchanges?${query({ filter, ...page })}`)
    return { rows, total, complete: progress?.complete ?? true }
  }
  return {
    exclusive: false,
    rows: (filter, limit) => rowsAsFound((page) => ask(filter, page), limit),
    async count(filter) {
      for (;;) {
        const { total, complete } = await ask(filter, { limit: 1 })
        if (complete) return total
        await wait(50)
      }
    },
    countSoFar: (filter) => ask(filter, { limit: 1 }),
    async entry(id) {
      const response = await running.fetch(`/api/exchanges/${encodeURIComponent(id)}`)
      if (response.status === 404) return undefined
      if (!response.ok) throw await complaint(response)
      return (await response.json()) as CapturedEntry
    },
    async content(exchange: Exchange, side) {
      const response = await running.fetch(`/api/exchanges/${exchange.id}/${side}/content`)
      if (response.status === 404) return undefined
      if (!response.ok) throw await complaint(response)
      return new Uint8Array(await response.arrayBuffer())
    },
    async messages(exchange) {
      const all: SocketMessage[] = []
      while (all.length < exchange.messageCount) {
        const { messages } = await get<{ readonly messages: readonly SocketMessage[] }>(
          `/api/exchanges/${exchange.id}/messages?${query({ from: all.length, limit: page })}`,
        )
        if (messages.length === 0) break
        all.push(...messages)
      }
      return all
    },
    async export(format, filter, secrets) {
      const job = randomUUID()
      const asked = query({ format, filter, secrets: secrets ? 1 : undefined, job })
      const response = await running.fetch(`/api/export?${asked}`)
      if (!response.ok || !response.body) throw await complaint(response)
      const pieces = Readable.fromWeb(response.body as ReadableStream<Uint8Array>)
      let told = { done: 0, total: 0 }
      const timer = setInterval(() => {
        get<typeof told>(`/api/exports/${job}`).then(
          (now) => {
            told = now
          },
          () => clearInterval(timer),
        )
      }, progressMs)
      pieces.once('close', () => clearInterval(timer))
      return { pieces, progress: () => told }
    },
    async import(octets, format, name) {
      const headers = { Authorization: `Bearer ${running.token}`, 'Content-Type': 'application/octet-stream' }
      const url = `${running.uiUrl}/api/import?${query({ format, name })}`
      const response = await directFetch(url, { method: 'POST', headers, body: octets })
      if (!response.ok) throw await complaint(response)
      return (await response.json()) as ImportAnswer
    },
    sessions: async () => (await get<Calls['GET /api/sessions']['answer']>('/api/sessions')).sessions,
    compareSessions: (before, after) =>
      get<Calls['GET /api/sessions/:id/differences']['answer']>(
        `/api/sessions/${encodeURIComponent(after)}/differences?${query({ from: before })}`,
      ),
    async removeSession(id) {
      const answer = await running.call('DELETE', `/api/sessions/${encodeURIComponent(id)}`)
      return (answer as Calls['DELETE /api/sessions/:id']['answer']).removed
    },
    close: async () => undefined,
  }
}
