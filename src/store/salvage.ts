// Brings back what can be read of a damaged store, row by row, in short slices, while the new one is in use already.
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import type { Finding } from '../diagnose/finding.ts'
import type { Session } from '../exchange/session.ts'
import { beginSession } from './capture-sessions.ts'
import { Database } from './database.ts'
import { unpackExchange } from './packed-exchange.ts'
import { readMessages } from './read-messages.ts'
import { fromColumns, selectedColumns } from './row-columns.ts'
import type { Batch, Entry } from './store.ts'
import { writeBatch } from './write-batch.ts'

/** ms of one slice. */
const sliceTime = 12

/** Runs something on the damaged file; what cannot be read is undefined. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch {
    return undefined
  }
}

function readContents(old: Database, ids: readonly unknown[]): Batch['contents'] {
  return ids.flatMap((c) => {
    const found =
      c === null ? undefined : attempt(() => old.get('SELECT digest, octets FROM contents WHERE c = ?', Number(c)))
    if (!(found?.octets instanceof Uint8Array)) return []
    const digest = `sha256-${createHash('sha256').update(found.octets).digest('hex')}`
    // Octets may have changed without the database noticing.
    return digest === found.digest ? [{ digest, octets: found.octets }] : []
  })
}

function readDamaged(old: Database, n: number): Batch | 'none' | 'lost' {
  const columns = `e.request_content, e.response_content, ${selectedColumns}`
  const found = attempt(() => old.get(`SELECT ${columns} FROM exchanges e WHERE e.n = ?`, n) ?? 'none')
  if (found === undefined || found === 'none') return found ?? 'lost'
  return (
    attempt((): Batch => {
      const details = old.get('SELECT exchange, request_lines, response_lines FROM details WHERE n = ?', n)
      const row = fromColumns(found)
      const exchange = unpackExchange({
        exchange: String(details?.exchange),
        request: String(details?.request_lines),
        response: details?.response_lines === null ? null : String(details?.response_lines),
      })
      if (exchange.id !== row.id) throw new Error('not the same exchange')
      const findings =
        attempt(() =>
          old
            .all('SELECT finding FROM findings WHERE n = ? ORDER BY f', n)
            .map((one): Finding => JSON.parse(String(one.finding))),
        ) ?? []
      const entry: Entry = { exchange, findings, row }
      const messages = attempt(() => readMessages(old, row.id, 0, 1_000_000).messages) ?? []
      const contents = readContents(old, [found.request_content ?? null, found.response_content ?? null])
      return { contents, entries: [entry], messages }
    }) ?? 'lost'
  )
}

/** Notes in the new store that this file is to be salvaged, so that a restart goes on with it. */
export function planSalvage(db: Database, file: string): void {
  const old = attempt(() => new Database(file, { damaged: true }))
  const highest = ['exchanges', 'details', 'findings'].map(
    (table) => attempt(() => old?.number(`SELECT max(n) FROM ${table}`)) ?? 0,
  )
  const sessions = attempt(() => old?.all('SELECT session, name, ended FROM sessions')) ?? []
  old?.close()
  db.transaction(() => {
    for (const one of sessions) {
      const session = attempt((): Session => JSON.parse(String(one.session)))
      if (session) {
        const ended = one.ended === null ? {} : { endedDateTime: String(one.ended) }
        beginSession(db, { ...session, ...ended, name: String(one.name) })
      }
    }
    db.run('INSERT INTO salvages (file, next, last, saved, lost) VALUES (?, 1, ?, 0, 0)', file, Math.max(...highest))
  })
}

/** `restored` counts this slice, `done` the whole. */
export type SalvageSlice = {
  readonly restored: number
  readonly done?: { readonly file: string; readonly saved: number; readonly lost: number }
}

/** One slice. What the new store has recorded itself is never replaced. */
export function salvageSlice(db: Database, now: () => number): SalvageSlice | undefined {
  const plan = db.get('SELECT * FROM salvages LIMIT 1')
  if (plan === undefined) return undefined
  const file = String(plan.file)
  const [first, last] = [Number(plan.next), Number(plan.last)]
  let [next, saved, lost] = [first, Number(plan.saved), Number(plan.lost)]
  const old = existsSync(file) ? attempt(() => new Database(file, { damaged: true })) : undefined
  const end = now() + sliceTime
  db.transaction(() => {
    for (; next <= last && old && now() < end; next++) {
      const batch = readDamaged(old, next)
      if (batch === 'lost') lost += 1
      if (typeof batch === 'string') continue
      if (db.get('SELECT 1 FROM exchanges WHERE id = ?', batch.entries[0]?.row.id ?? '') !== undefined) continue
      writeBatch(db, batch)
      saved += 1
    }
    if (old && next <= last)
      db.run('UPDATE salvages SET next = ?, saved = ?, lost = ? WHERE file = ?', next, saved, lost, file)
    else db.run('DELETE FROM salvages WHERE file = ?', file)
  })
  old?.close()
  const restored = saved - Number(plan.saved)
  return old && next <= last ? { restored } : { restored, done: { file, saved, lost } }
}
