// One recorded exchange: a request, what became of it, and between whom it passed.
import type { CertificateFacts, Failure } from './failure.ts'
import type { Request, Response } from './message.ts'

/** 16 characters of [0-9a-z]; ids sort in the order in which their exchanges began. */
export type ExchangeId = string

/** A state is a value: what fields exist follows from `state`. */
export type Outcome =
  | { readonly state: 'waiting' }
  | { readonly state: 'held'; readonly at: 'request' | 'response'; readonly response?: Response }
  | { readonly state: 'receiving' | 'complete'; readonly response: Response }
  | { readonly state: 'failed'; readonly failure: Failure; readonly response?: Response }

/** `http`: request and response. `websocket`: an upgrade with messages. `tunnel`: octets relayed unread (and why). */
export type Kind = 'http' | 'websocket' | 'tunnel'

/** Who asked. `name` is read from User-Agent by whoever shows it, never stored twice. */
export type Client = { readonly address: string; readonly port: number }

/** Where it went. `address` is absent until a connection stood. */
export type Server = { readonly host: string; readonly port: number; readonly address?: string }

/** TLS as negotiated on one leg. `protocol` is e.g. `TLSv1.3`. */
export type Tls = {
  readonly protocol: string
  readonly cipher: string
  readonly alpn?: string
  readonly servername?: string
  readonly resumed: boolean
  readonly certificates?: readonly CertificateFacts[]
}

/**
 * The two legs an exchange used. `id` names the client's connection and `upstreamId` the origin's, unique in a session;
 * `reused` says that the origin's connection had carried an exchange before; `via` names an upstream proxy, if one was used.
 */
export type Connection = {
  readonly id: number
  readonly upstreamId?: number
  readonly reused: boolean
  readonly way: 'proxy' | 'connect' | 'socks5' | 'reverse' | 'direct' | 'replay' | 'import'
  readonly clientTls?: Tls
  readonly serverTls?: Tls
  readonly via?: string
}

/** Moments in ms since the exchange began, by a monotonic clock; a mark that was never reached is absent. */
export type Marks = {
  readonly dnsStart?: number
  readonly dnsEnd?: number
  readonly connectStart?: number
  readonly connectEnd?: number
  readonly tlsStart?: number
  readonly tlsEnd?: number
  readonly sendStart?: number
  readonly sendEnd?: number
  readonly firstByte?: number
  readonly end?: number
}

export type Origin =
  | { readonly by: 'capture' }
  | { readonly by: 'import'; readonly file: string; readonly entry: number }
  | { readonly by: 'replay'; readonly of?: ExchangeId }

export type Exchange = {
  readonly id: ExchangeId
  readonly sessionId: string
  readonly kind: Kind
  /** ISO 8601 with milliseconds, UTC. */
  readonly startedDateTime: string
  readonly client: Client
  readonly server: Server
  readonly connection: Connection
  readonly request: Request
  readonly outcome: Outcome
  readonly marks: Marks
  readonly origin: Origin
  /** Messages seen on a WebSocket or events in a stream, both directions. */
  readonly messageCount: number
  /** Why a tunnel was not read, in a word: `pass-through`, `not-http`, `client-rejected`, `upgrade`. */
  readonly unread?: string
}

/** The response an exchange has, whole or not, whatever its state. */
export function responseOf(exchange: Exchange): Response | undefined {
  return exchange.outcome.state === 'waiting' ? undefined : exchange.outcome.response
}
