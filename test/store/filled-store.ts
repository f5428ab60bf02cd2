// Stores for the durability tests: filled, housekept, and looked at for gaps.
import { join } from 'node:path'
import { Database } from '../../src/store/database.ts'
import { openStore } from '../../src/store/open-store.ts'
import { batchOf, idOf } from './entries.ts'

export const base = { durable: false, version: '0.0.0', now: () => Date.UTC(2026, 10, 22) }
export const limits = { ...base, maxStore: 1 << 30, maxExchanges: 100_000 }

/** The store is sound, and holds the exchanges from 0 on without a gap; returns how many. */
export function soundPrefix(dataDir: string): number {
  const store = openStore({ ...limits, dataDir })
  const ids = store.ids(undefined)
  const gap = ids.findIndex((id, i) => id !== idOf(i))
  store.close()
  const db = new Database(join(dataDir, 'captures.db'), { readOnly: true })
  const check = String(db.get('PRAGMA integrity_check')?.integrity_check)
  db.close()
  if (check !== 'ok' || gap >= 0 || store.notices.length > 0)
    throw new Error(`${check}, gap at ${gap}, ${store.notices}`)
  return ids.length
}

export function fill(dataDir: string, count: number, pad = 900): void {
  const store = openStore({ ...limits, dataDir })
  store.begin({ id: 's1', name: 'first', startedDateTime: '2026-01-01T00:00:00.000Z', kind: 'capture' })
  for (let from = 0; from < count; from += 100)
    store.write(
      batchOf(
        Array.from({ length: 100 }, (_, i) => from + i),
        (n) => ({ body: `{"n":${n},"pad":"${'y'.repeat(pad > 900 ? pad : n % pad)}"}` }),
      ),
    )
  store.close()
}

/** Until nothing is left to do; returns how many exchanges came back. */
export function housekeep(store: ReturnType<typeof openStore>): number {
  let restored = 0
  for (let more = true; more; ) {
    const slice = store.retain()
    more = slice.more
    restored += slice.restored ?? 0
  }
  return restored
}
