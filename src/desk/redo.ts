// Diagnoses the store again after a mute or an import changed what is known, a few exchanges at a time, newest first.
import type { Store } from '../store/store.ts'
import type { Recorder } from './recorder.ts'

export type Redo = { start(ids?: readonly string[]): void; stop(): void }

const most = 2000
const slice = 20

export function createRedo(store: Store, recorder: Recorder, report: (error: Error) => void): Redo {
  let round = 0
  return {
    start(given) {
      round += 1
      const mine = round
      const ids = given ?? store.rows({ limit: most }).rows.map((row) => row.id)
      const next = (from: number): void => {
        if (mine !== round) return
        try {
          for (const id of ids.slice(from, from + slice)) recorder.rediagnose(id)
        } catch (error) {
          return report(error as Error)
        }
        if (from + slice < ids.length) setImmediate(next, from + slice)
      }
      setImmediate(next, 0)
    },
    stop() {
      round += 1
    },
  }
}
