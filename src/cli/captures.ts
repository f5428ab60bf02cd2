// What the commands over the store may ask, whether a Telltale runs or not.
import type { Calls } from '../api/contract.ts'
import type { Row } from '../api/row.ts'
import type { SessionComparison } from '../api/session-comparison.ts'
import type { Finding } from '../diagnose/finding.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Session } from '../exchange/session.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'

export type ImportAnswer = Calls['POST /api/import']['answer']

export type CapturedEntry = { readonly exchange: Exchange; readonly findings: readonly Finding[]; readonly row: Row }

/** `progress`: exchanges written so far, of how many. */
export type Exported = {
  readonly pieces: AsyncIterable<Uint8Array | string>
  readonly progress: () => { readonly done: number; readonly total: number }
}

export type Captures = {
  /** Nobody else can use the store until `close`: a reader who takes their time (`| less`) is not waited for. */
  readonly exclusive: boolean
  /** Newest first, some at a time, as soon as a search finds them; every one where `limit` is 0. */
  rows(filter: string, limit: number): AsyncIterable<readonly Row[]>
  count(filter: string): Promise<number>
  /** How many are known by now: a search goes on, but nobody waits for it. */
  countSoFar(filter: string): Promise<{ readonly total: number; readonly complete: boolean }>
  entry(id: string): Promise<CapturedEntry | undefined>
  /** Kept octets of one side, content coding still on. */
  content(exchange: Exchange, side: 'request' | 'response'): Promise<Uint8Array | undefined>
  messages(exchange: Exchange): Promise<readonly SocketMessage[]>
  export(format: string, filter: string, secrets: boolean): Promise<Exported>
  import(octets: AsyncIterable<Uint8Array>, format: string | undefined, name: string): Promise<ImportAnswer>
  sessions(): Promise<readonly (Session & { readonly exchanges: number })[]>
  /** By their ids. */
  compareSessions(before: string, after: string): Promise<SessionComparison>
  /** With its exchanges; answers how many they were. */
  removeSession(id: string): Promise<number>
  close(): Promise<void>
}
