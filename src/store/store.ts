// What the desk asks of the store: the shape that everything in this room serves.

import type { Sort, TreeNode } from '../api/contract.ts'
import type { Annotation, Row } from '../api/row.ts'
import type { Finding } from '../diagnose/finding.ts'
import type { Exchange, ExchangeId } from '../exchange/exchange.ts'
import type { Session } from '../exchange/session.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import type { Filter } from '../filter/filter.ts'

/** One exchange as kept: `row` was made from the other two by `toRow`. */
export type Entry = { readonly exchange: Exchange; readonly findings: readonly Finding[]; readonly row: Row }

/** Everything of one commit. Contents come before the entries that name them; a digest may already be there. */
export type Batch = {
  readonly contents: readonly { readonly digest: string; readonly octets: Uint8Array }[]
  readonly entries: readonly Entry[]
  readonly messages: readonly SocketMessage[]
}

export type Query = {
  readonly filter?: Filter
  readonly sort?: Sort
  readonly limit: number
  readonly offset?: number
  /** Ids: only rows that began before or after this one. */
  readonly before?: ExchangeId
  readonly after?: ExchangeId
}

export type StoreStatus = {
  readonly exchanges: number
  readonly size: number
  readonly limit: number
  readonly findings: { error: number; warning: number; note: number }
}

/** What a slice of removing may take beyond the usual: ms, and as many exchanges at least, whatever the time. */
export type Slice = { readonly ms: number; readonly exchanges: number }

export type Store = {
  /** Notices for the terminal from opening: salvaged, migrated, moved aside. */
  readonly notices: readonly string[]
  begin(session: Session): void
  /** The capture that was begun, by the name it has now. */
  readonly running: Session | undefined
  end(sessionId: string): void
  sessions(): readonly (Session & { readonly exchanges: number })[]
  rename(sessionId: string, name: string): void
  /** One transaction. Throws `StoreFull` when the disk is full; nothing of the batch is kept then. */
  write(batch: Batch): void
  entry(id: ExchangeId): Entry | undefined
  /** True where indexes alone answer; others cost a scan, which belongs into the reader's thread (`open-reader.ts`). */
  isIndexed(filter: Filter): boolean
  rows(query: Query): { readonly rows: readonly Row[]; readonly total: number }
  /** Ids of matching exchanges, oldest first, for export and deletion in slices. */
  ids(filter: Filter | undefined): readonly ExchangeId[]
  tree(filter: Filter | undefined): { readonly hosts: readonly TreeNode[]; readonly clients: readonly TreeNode[] }
  content(digest: string): Uint8Array | undefined
  messages(
    id: ExchangeId,
    from: number,
    limit: number,
  ): { readonly messages: readonly SocketMessage[]; readonly total: number }
  annotate(id: ExchangeId, annotation: Partial<Annotation>): Row | undefined
  /**
   * One slice, some milliseconds long: removes exchanges from the front of the list, and content nobody names any more.
   * `done` of the ids have been looked at, `removed` of them were there; go on with the rest, after a pause when it is
   * none: the disk must keep up, or the first has more messages than fit into a slice.
   */
  remove(ids: readonly ExchangeId[]): { readonly done: number; readonly removed: number }
  /** Removes every exchange at once, pinned ones too, by beginning a new file; returns how many there were. */
  clear(): number
  /**
   * One slice of housekeeping: retention, bringing back a damaged store, giving space back; true while more is to do.
   * To be called once after opening, and after commits. `slice`: what was written since, should the usual few ms not do;
   * then it does not wait for the disk either.
   */
  retain(slice?: Slice): { readonly removed: readonly ExchangeId[]; readonly more: boolean; readonly restored?: number }
  status(): StoreStatus
  /** The end is near: from now on no call waits longer than some tenths of a second for another program or a thread. */
  hurry(): void
  close(): void
}
