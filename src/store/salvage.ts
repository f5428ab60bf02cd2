// Brings back what can be read of a damaged store, row by row, in short slices, while the new one is in use already.
import { existsSync, statSync } from 'node:fs'
import type { Session } from '../exchange/session.ts'
import { beginSession } from './capture-sessions.ts'
import { Database } from './database.ts'
import { attempt, followerOf, lastOf, openDamaged, type RowOf, readDamaged } from './read-damaged.ts'
import { writeBatch } from './write-batch.ts'

/** ms of one slice. */
const sliceTime = 12
/** Octets: an exchange takes more. */
const smallestExchange = 200

/** Notes in the new store that this file is to be salvaged, so that a restart goes on with it. */
export function planSalvage(db: Database, file: string): void {
  const old = openDamaged(file, db.file)
  const last = (old && attempt(() => lastOf(old))) ?? 0
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
    db.run('INSERT INTO salvages (file, next, last, saved, lost) VALUES (?, 1, ?, 0, 0)', file, last)
  })
}

/** `restored` counts this slice, `done` the whole. */
export type SalvageSlice = {
  readonly restored: number
  readonly done?: { readonly file: string; readonly saved: number; readonly lost: number }
}

/** One slice. What the new store has recorded itself is never replaced. */
export function salvageSlice(db: Database, now: () => number, rowOf?: RowOf): SalvageSlice | undefined {
  const plan = db.get('SELECT * FROM salvages LIMIT 1')
  if (plan === undefined) return undefined
  const file = String(plan.file)
  const [first, last] = [Number(plan.next), Number(plan.last)]
  let [next, saved, lost] = [first, Number(plan.saved), Number(plan.lost)]
  const old = existsSync(file) ? attempt(() => new Database(file, { damaged: true })) : undefined
  const most = (statSync(file, { throwIfNoEntry: false })?.size ?? 0) / smallestExchange
  const end = now() + sliceTime
  db.transaction(() => {
    for (; next <= last && old && now() < end; next++) {
      const batch = readDamaged(old, next, rowOf)
      if (batch === 'lost') lost += 1
      // More cannot have been there: the end was a number that nobody wrote.
      if (lost > most) next = last
      if (batch === 'none') next = followerOf(old, next, last) - 1
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
