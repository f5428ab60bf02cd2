// Puts what a reader found together into an exchange of ours, with new ids and contents by digest.
import type { Connection, Exchange, Kind, Marks, Outcome, Server } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import { type FieldLine, fieldValue, type Interim } from '../exchange/message.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import { readContent } from './content-note.ts'
import type { ImportContext, Imported } from './format.ts'

export type FoundMessage = {
  readonly httpVersion: string
  readonly headers: readonly FieldLine[]
  readonly trailers?: readonly FieldLine[]
  readonly octets?: Uint8Array | undefined
  /** See `content-note.ts`. */
  readonly note?: unknown
  /** For content whose header lines were lost. */
  readonly mimeType?: string | undefined
}

export type Found = {
  /** ms since 1970. */
  readonly time: number
  readonly kind?: Kind
  readonly request: FoundMessage & {
    readonly method: string
    readonly url: string
    readonly target?: string | undefined
  }
  readonly response?:
    | (FoundMessage & { readonly status: number; readonly statusText: string; readonly interim?: readonly Interim[] })
    | undefined
  readonly failure?: Failure | undefined
  readonly marks: Marks
  readonly client?: { readonly address: string; readonly port: number }
  readonly server?: Server
  readonly connection?: Connection
  readonly messages?: (exchangeId: string) => readonly SocketMessage[]
  readonly unread?: string | undefined
}

/** A host that was blanked out before the file was given away: `<HOST>`, `{{host}}`, `***`, `REDACTED`. */
const blankedHost = /^(?:https?:\/\/)?(<+[^<>/]*>+|\$?\{+[^{}/]*\}+|\*{3,}|\[?redacted\]?)(.*)$/is

/** Why this URL cannot be an exchange's. Links made of it must never run anything, so only these schemes pass. */
export function unusableUrl(url: string): string | undefined {
  if (url.length > 1_000_000) return 'The URL is longer than a million characters.'
  const parsed = URL.parse(url)
  if (!parsed) return blankedHost.test(url) ? undefined : `${JSON.stringify(url.slice(0, 80))} is not a URL.`
  const { protocol } = parsed
  return /^(https?|wss?):$/.test(protocol) ? undefined : `URLs of the kind ${protocol} are not HTTP.`
}

/** Host, port and request target of a usable URL, a blanked-out host included. */
function addressed(url: string): Server & { readonly target: string } {
  const parsed = URL.parse(url)
  if (!parsed) {
    const [, host = '', rest = ''] = blankedHost.exec(url) ?? []
    const target = rest.replace(/^:\d+/, '').replace(/#.*$/s, '')
    return { host, port: /^https:/i.test(url) ? 443 : 80, target: target.startsWith('/') ? target : `/${target}` }
  }
  const { hostname, port, protocol, pathname, search } = parsed
  return { host: hostname, port: Number(port) || (/s:$/.test(protocol) ? 443 : 80), target: pathname + search }
}

/** Where the request went, as far as its URL says. */
export function serverOf(url: string): Server {
  const { host, port } = addressed(url)
  return { host, port }
}

const nothing: Failure = {
  phase: 'response',
  code: 'NO_RESPONSE',
  message: 'The file holds no response to this request.',
}

export function toImported(found: Found, entry: number, context: ImportContext): Imported {
  const { sessionId, file, digest, maxContent } = context
  const id = context.nextId(found.time)
  const contents: { digest: string; octets: Uint8Array }[] = []
  const message = (part: FoundMessage) => {
    const mimeType = fieldValue(part.headers, 'content-type') ?? part.mimeType
    const { content, kept } = readContent({ mimeType, octets: part.octets, note: part.note, digest, maxContent })
    if (kept) contents.push(kept)
    return { httpVersion: part.httpVersion, headers: part.headers, trailers: part.trailers ?? [], content }
  }
  const { method, target } = found.request
  const address = addressed(found.request.url)
  const request = {
    ...message(found.request),
    method,
    target: target ?? address.target,
    url: found.request.url,
  }
  const response = found.response && {
    ...message(found.response),
    status: found.response.status,
    statusText: found.response.statusText,
    interim: found.response.interim ?? [],
  }
  const failure = found.failure ?? (response ? undefined : nothing)
  const outcome: Outcome = failure
    ? { state: 'failed', failure, ...(response ? { response } : {}) }
    : response
      ? { state: 'complete', response }
      : { state: 'failed', failure: nothing }
  const messages = found.messages?.(id) ?? []
  const exchange: Exchange = {
    id,
    sessionId,
    kind: found.kind ?? 'http',
    startedDateTime: new Date(found.time).toISOString(),
    client: found.client ?? { address: '', port: 0 },
    server: found.server ?? { host: address.host, port: address.port },
    connection: found.connection ?? { id: 0, reused: false, way: 'import' },
    request,
    outcome,
    marks: found.marks,
    origin: { by: 'import', file, entry },
    messageCount: messages.length,
    ...(found.unread === undefined ? {} : { unread: found.unread }),
  }
  return { exchange, contents, messages }
}

/** ms since 1970; undefined for what is no date, or one outside the years 1970 to 9999. */
export function readTime(value: unknown): number | undefined {
  const time = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN
  return time >= 0 && time < 253_402_300_800_000 ? time : undefined
}
