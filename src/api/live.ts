// What passes over the WebSocket between page and desk; every frame is one JSON text message of these shapes.
import type { SocketMessage } from '../exchange/socket-message.ts'
import type { Status } from './contract.ts'
import type { Row } from './row.ts'

/**
 * Page to desk. `auth` must be the first frame unless the upgrade carried an Authorization header. `watch` says what the
 * page shows: the filter of its list, the exchange whose messages are open, and the last change number it has seen in
 * this desk's life (`boot`), so that nothing is missed after a reconnect.
 */
export type LiveRequest =
  | { readonly type: 'auth'; readonly token: string }
  | {
      readonly type: 'watch'
      readonly filter: string
      readonly exchangeId?: string
      readonly boot?: string
      readonly since?: number
    }

/**
 * Desk to page. `rows` holds new and changed rows that match the filter, oldest first, each id at most once, at most ten frames a
 * second; `left` names changed rows that do not match (any more). `resync` says that too much happened: fetch again.
 */
export type LiveMessage =
  | { readonly type: 'hello'; readonly boot: string; readonly change: number; readonly status: Status }
  | { readonly type: 'rows'; readonly change: number; readonly rows: readonly Row[]; readonly left: readonly string[] }
  | { readonly type: 'removed'; readonly change: number; readonly ids: readonly string[] | 'all' }
  | { readonly type: 'messages'; readonly exchangeId: string; readonly messages: readonly SocketMessage[] }
  | { readonly type: 'status'; readonly status: Status }
  | { readonly type: 'resync'; readonly change: number; readonly reason: string }
