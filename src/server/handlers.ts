// What the routes need from the desk, and the shape of a handler for each call of the contract.
import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import type { Calls, Status } from '../api/contract.ts'
import type { Row } from '../api/row.ts'
import type { SessionComparison } from '../api/session-comparison.ts'
import type { Checked } from '../diagnose/checked.ts'
import type { Edit } from '../exchange/edit.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { PlannedRequest } from '../exchange/planned-request.ts'
import type { Filter } from '../filter/filter.ts'
import type { Reader } from '../store/open-reader.ts'
import type { Documents } from '../store/settings.ts'
import type { Store } from '../store/store.ts'
import type { Guard } from './guard.ts'

/** What an import did, in the contract's words. */
export type ImportAnswer = Calls['POST /api/import']['answer']

/** The desk as the routes see it. */
export type Desk = {
  readonly store: Store
  /** Reads that cost a scan, in a thread of their own. */
  readonly reader: Reader
  readonly documents: Documents
  readonly guard: Guard
  readonly status: () => Status
  /** Hands a request to the wire; answers with the id under which it is being recorded. */
  readonly send: (request: PlannedRequest) => Promise<string>
  readonly setRecording: (on: boolean) => void
  /** Everything not yet committed is committed, so that a read sees it. */
  readonly settle: () => void
  /** Removes exchanges in slices and tells the watchers; returns how many there were. */
  readonly remove: (filter: Filter | undefined, ids?: readonly string[]) => Promise<number>
  readonly changed: (rows: readonly Row[]) => void
  /** Puts back the secrets that a fix names by their fingerprint (`{{secret:1f2e3d4c}}`). */
  readonly restore: (edits: readonly Edit[]) => readonly Edit[]
  /** What the verdict on an exchange rests on. */
  readonly checked: (exchange: Exchange) => Checked
  /** Mutes changed: verdicts are made again. */
  readonly rediagnose: () => void
  readonly importFile: (
    body: AsyncIterable<Uint8Array>,
    format: string | undefined,
    name: string,
  ) => Promise<ImportAnswer>
  readonly compareSessions: (before: string, after: string) => Promise<SessionComparison>
  readonly exportPieces: (format: string, filter: Filter | undefined, secrets: boolean, job?: string) => ExportFile
  readonly exportProgress: (job: string) => Calls['GET /api/exports/:id']['answer']
}

export type ExportFile = {
  readonly mimeType: string
  readonly fileName: string
  /** Destroying it ends the export. */
  readonly pieces: Readable
  /** Exchanges written so far, of how many. */
  readonly progress: () => { readonly done: number; readonly total: number }
}

/** Kept octets of one side of an exchange, decoded on request. */
export type ReadContent = (exchange: Exchange, side: 'request' | 'response') => Uint8Array | undefined

export type Input<Key extends keyof Calls> = {
  readonly params: Calls[Key]['params']
  /** As it stood in the URL: each handler reads its own values. */
  readonly query: Readonly<Record<string, string | undefined>>
  readonly body: unknown
  readonly request: IncomingMessage
  /** Aborted when the client leaves before it has its answer. */
  readonly signal: AbortSignal
}

export type Handlers = {
  readonly [Key in keyof Calls]: (input: Input<Key>) => Calls[Key]['answer'] | Promise<Calls[Key]['answer']>
}
