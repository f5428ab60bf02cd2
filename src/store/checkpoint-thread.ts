// The checkpointer's thread: copies the write-ahead log into captures.db, so that waiting for the disk is not the desk's part.
import { parentPort, workerData } from 'node:worker_threads'
import { Database } from './database.ts'
import { slots } from './open-checkpointer.ts'

const { file, state } = workerData as { readonly file: string; readonly state: Int32Array }

parentPort?.on('message', () => {
  try {
    // A connection for each time: the file may be another one by then.
    const db = new Database(file, { beside: true, patience: 0 })
    try {
      // Passive: waits for nobody and keeps nobody waiting (sqlite.org/pragma.html#pragma_wal_checkpoint).
      const { log, checkpointed } = db.get('PRAGMA wal_checkpoint(PASSIVE)') ?? {}
      Atomics.store(state, slots.log, Number(log ?? 0))
      Atomics.store(state, slots.left, Number(log ?? 0) - Number(checkpointed ?? 0))
    } finally {
      db.close()
    }
  } catch {
    // A full disk, a file just replaced: the writer meets the same trouble and tells of it.
  }
  Atomics.store(state, slots.busy, 0)
  Atomics.notify(state, slots.busy)
})
