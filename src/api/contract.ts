// Every call between the page (or a script) and the desk, declared once; the key is the Express route.
import type { Checked } from '../diagnose/checked.ts'
import type { Finding, Level, Reference } from '../diagnose/finding.ts'
import type { ComposedRequest, ReplayOptions } from '../exchange/composed-request.ts'
import type { Exchange } from '../exchange/exchange.ts'
import type { Session } from '../exchange/session.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import type { Row } from './row.ts'
import type { SessionComparison } from './session-comparison.ts'

/** Sort keys of the grid; a leading `-` sorts descending. Default: `-time`. */
export const sortKeys = [
  'time',
  'method',
  'host',
  'path',
  'status',
  'type',
  'size',
  'duration',
  'finding',
  'client',
  'session',
] as const
export type SortKey = (typeof sortKeys)[number]
export type Sort = SortKey | `-${SortKey}`

export type { ComposedRequest, ReplayOptions }

/** A node of the host and path tree: one host, or one path segment below it. `worst` is the worst level below it. */
export type TreeNode = {
  readonly name: string
  /** A filter that selects exactly this node's exchanges. */
  readonly filter: string
  readonly count: number
  readonly worst?: 'error' | 'warning' | 'note'
  readonly children: readonly TreeNode[]
}

/** What a person wrote or chose; kept by lowdb as readable JSON. */
export type Settings = {
  readonly savedFilters: readonly { readonly name: string; readonly filter: string }[]
  readonly environments: readonly Environment[]
  readonly activeEnvironment?: string
  readonly page: Readonly<Record<string, unknown>>
}
export type Environment = {
  readonly name: string
  readonly variables: readonly { readonly name: string; readonly value: string; readonly secret: boolean }[]
}
export type SavedRequest = {
  readonly id: string
  readonly name: string
  readonly folder: string
  readonly request: ComposedRequest
}
/** Silences a rule: everywhere, for a host, or for an endpoint key. `rule` may end in `/*`. */
export type Mute = { readonly rule: string; readonly host?: string; readonly endpoint?: string; readonly since: string }

/** A rule explained: `fires` and `silent` name its examples, the nearest false alarms among the latter. */
export type RuleNote = {
  readonly id: string
  /** The highest it can reach. */
  readonly level: Level
  readonly title: string
  readonly summary: string
  readonly references: readonly Reference[]
  /** Off unless asked for. */
  readonly quiet: boolean
  readonly fires: readonly string[]
  readonly silent: readonly string[]
}

/** The state of the whole, for the status bar. Sizes in octets. */
export type Status = {
  readonly version: string
  readonly proxyUrl: string
  readonly caFile: string
  /** A command with its traffic captured, as it is typed in a shell. */
  readonly runLine: string
  readonly session: Session
  readonly recording: 'on' | 'paused' | 'stopped'
  /** Why recording is not on, in a sentence. */
  readonly reason?: string
  /** Exchanges that the recorder could not keep, and never will. */
  readonly missed: number
  /** While recording is stopped: exchanges that will be kept when it goes on. */
  readonly waiting?: number
  /** Contents given up; their exchanges are kept. */
  readonly shed: number
  readonly exchanges: number
  readonly storeSize: number
  readonly storeLimit: number
  /** Placeholders of secrets are made with it (`http/keyed-hash`): by the page as by exports. */
  readonly redactionKey: string
  readonly perSecond: number
  readonly findings: { readonly error: number; readonly warning: number; readonly note: number }
  readonly seen: {
    readonly proxied: boolean
    readonly connect: boolean
    readonly tlsOpened: boolean
    readonly tlsRejected: boolean
  }
  readonly rejectedBy: readonly string[]
}

/**
 * How far a search through content has come (exchanges looked at, of how many). While it is not `complete`, `rows` and
 * `total` are what was found so far, newest first: ask again for more.
 */
export type SearchProgress = { readonly scanned: number; readonly candidates: number; readonly complete: boolean }

type Nothing = Record<string, never>
type Call<Params, Query, Body, Answer> = {
  readonly params: Params
  readonly query: Query
  readonly body: Body
  readonly answer: Answer
}
type One = { readonly id: string }

export type Calls = {
  /** The one call without a token: trades the one-time code of the start-up line for it. */
  'POST /api/token': Call<Nothing, Nothing, { readonly code: string }, { readonly token: string }>
  /** A fresh one-time code, for another link to the page. */
  'POST /api/codes': Call<Nothing, Nothing, undefined, { readonly code: string }>
  'GET /api/status': Call<Nothing, Nothing, undefined, Status>
  'GET /api/exchanges': Call<
    Nothing,
    {
      readonly filter?: string
      readonly limit?: number
      readonly offset?: number
      readonly before?: string
      readonly after?: string
      readonly sort?: Sort
    },
    undefined,
    { readonly rows: readonly Row[]; readonly total: number; readonly progress?: SearchProgress }
  >
  'DELETE /api/exchanges': Call<Nothing, { readonly filter?: string }, undefined, { readonly removed: number }>
  'GET /api/exchanges/:id': Call<
    One,
    Nothing,
    undefined,
    { readonly exchange: Exchange; readonly findings: readonly Finding[]; readonly row: Row }
  >
  /** Which rules were asked about it and what there was to compare it with. */
  'GET /api/exchanges/:id/checked': Call<One, Nothing, undefined, Checked>
  'GET /api/rules/:group/:name': Call<{ readonly group: string; readonly name: string }, Nothing, undefined, RuleNote>
  'DELETE /api/exchanges/:id': Call<One, Nothing, undefined, { readonly removed: number }>
  'PATCH /api/exchanges/:id': Call<
    One,
    Nothing,
    { readonly pinned?: boolean; readonly mark?: number },
    { readonly row: Row }
  >
  'GET /api/exchanges/:id/messages': Call<
    One,
    { readonly from?: number; readonly limit?: number },
    undefined,
    { readonly messages: readonly SocketMessage[]; readonly total: number }
  >
  'POST /api/exchanges/:id/replay': Call<One, Nothing, ReplayOptions, One>
  'POST /api/requests': Call<Nothing, Nothing, ComposedRequest, One>
  'GET /api/tree': Call<
    Nothing,
    { readonly filter?: string },
    undefined,
    { readonly hosts: readonly TreeNode[]; readonly clients: readonly TreeNode[] }
  >
  'GET /api/sessions': Call<
    Nothing,
    Nothing,
    undefined,
    { readonly sessions: readonly (Session & { readonly exchanges: number })[] }
  >
  'PATCH /api/sessions/:id': Call<One, Nothing, { readonly name: string }, { readonly session: Session }>
  'DELETE /api/sessions/:id': Call<One, Nothing, undefined, { readonly removed: number }>
  /** What is different in this session from an earlier one, `from`. */
  'GET /api/sessions/:id/differences': Call<One, { readonly from: string }, undefined, SessionComparison>
  'POST /api/recording': Call<Nothing, Nothing, { readonly on: boolean }, { readonly recording: Status['recording'] }>
  'GET /api/settings': Call<Nothing, Nothing, undefined, Settings>
  'PUT /api/settings': Call<Nothing, Nothing, Settings, Settings>
  'GET /api/saved-requests': Call<Nothing, Nothing, undefined, { readonly requests: readonly SavedRequest[] }>
  'PUT /api/saved-requests': Call<
    Nothing,
    Nothing,
    { readonly requests: readonly SavedRequest[] },
    { readonly requests: readonly SavedRequest[] }
  >
  'GET /api/mutes': Call<Nothing, Nothing, undefined, { readonly mutes: readonly Mute[] }>
  'PUT /api/mutes': Call<Nothing, Nothing, { readonly mutes: readonly Mute[] }, { readonly mutes: readonly Mute[] }>
  /** Keeps a document for one request of the page's sandboxed frame, within 20 s; `path` is where it is served, once. */
  'POST /api/previews': Call<Nothing, Nothing, { readonly html: string }, { readonly path: string }>
  /** Exchanges that the export with this `job` has written, of how many; of none while there is no such export. */
  'GET /api/exports/:id': Call<One, Nothing, undefined, { readonly done: number; readonly total: number }>
  'POST /api/import': Call<
    Nothing,
    { readonly format?: string; readonly name?: string },
    ReadableStream | Blob | string,
    {
      readonly imported: number
      readonly skipped: readonly { readonly entry: number; readonly reason: string }[]
      readonly sessionId: string
    }
  >
}

/** Calls that answer octets, not JSON: `…/request/content`, `…/response/content` (`?decoded=1`) and `/api/export`. */
export type ContentSide = 'request' | 'response'

/** What a refused or failed call answers, as `application/problem+json` (RFC 9457). `position` points into a filter text. */
export type Problem = {
  readonly title: string
  readonly status: number
  readonly detail: string
  readonly position?: number
}
