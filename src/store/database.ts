// The one door to SQLite: opens a file with our pragmas, keeps prepared statements, runs transactions.
import { chmodSync, closeSync, existsSync, openSync } from 'node:fs'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'

export type Value = SQLInputValue
export type Fields = Readonly<Record<string, null | number | bigint | string | Uint8Array>>

/** Tells a full disk (or a full quota) from every other trouble; the desk pauses recording on it. */
export type StoreFull = Error & { readonly code: 'STORE_FULL' }

export function isStoreFull(error: unknown): error is StoreFull {
  return error instanceof Error && 'code' in error && error.code === 'STORE_FULL'
}

/** The numbers SQLite gives its errors (sqlite.org/rescode.html): primary code in the low octet. */
export function errorCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : undefined
}

const [PERMISSION, BUSY, LOCKED, NO_MEMORY, READ_ONLY, CORRUPT, FULL, NOT_A_DATABASE] = [3, 5, 6, 7, 8, 11, 13, 26]
const IO_READ = [266, 522] // read, and less there than there should be
const IO_WRITE = [778, 1034, 1290, 1546, 4874, 5386] // write, fsync, directory fsync, truncate, shm size, shm map

export function isCorrupt(error: unknown): boolean {
  const code = errorCode(error)
  return code !== undefined && ([CORRUPT, NOT_A_DATABASE].includes(code & 0xff) || IO_READ.includes(code))
}

/** Says nothing about the file: somebody holds it, or there is no room or right to use it. */
export function isPassing(error: unknown): boolean {
  const code = errorCode(error)
  if (code === undefined) return true
  return [PERMISSION, BUSY, LOCKED, NO_MEMORY, READ_ONLY, FULL].includes(code & 0xff) || IO_WRITE.includes(code)
}

/** Another program writes to the file, or keeps everybody out of it. */
export type StoreHeld = Error & { readonly code: 'STORE_HELD' }

export function isStoreHeld(error: unknown): error is StoreHeld {
  return error instanceof Error && 'code' in error && error.code === 'STORE_HELD'
}

/** As SQLite says it. */
export function isHeld(error: unknown): boolean {
  return [BUSY, LOCKED].includes((errorCode(error) ?? 0) & 0xff)
}

function asStoreTrouble(error: unknown): unknown {
  const code = errorCode(error)
  if (isHeld(error))
    return Object.assign(new Error('Another program holds captures.db.', { cause: error }), { code: 'STORE_HELD' })
  if (code === undefined || !((code & 0xff) === FULL || IO_WRITE.includes(code))) return error
  return Object.assign(new Error('The disk that holds the captures is full.', { cause: error }), { code: 'STORE_FULL' })
}

/** `durable` syncs the disk at every commit; without it a loss of power may cost the last commits, a crash never. */
export type OpenOptions = {
  readonly readOnly?: boolean
  readonly durable?: boolean
  readonly journal?: 'wal' | 'truncate'
  /** Read-only, and read what is left of it: SQLite would refuse a file that has been cut as a whole. */
  readonly damaged?: boolean
  /** A second connection to a file that is open already. */
  readonly beside?: boolean
  /** ms to wait for a file that another program holds (5,000). */
  readonly patience?: number
}

export class Database {
  readonly file: string
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(file: string, options: OpenOptions = {}) {
    this.file = file
    const readOnly = options.readOnly === true || options.damaged === true
    if (!readOnly && !options.beside && !existsSync(file)) closeSync(openSync(file, 'a', 0o600))
    // -wal and -shm take the mode of the file beside them.
    if (!readOnly && !options.beside) chmodSync(file, 0o600)
    this.#db = new DatabaseSync(file, {
      readOnly,
      timeout: options.patience ?? 5_000,
      defensive: options.damaged !== true,
    })
    if (options.damaged) this.#db.exec('PRAGMA writable_schema = 1')
    if (readOnly) {
      this.#db.exec('PRAGMA query_only = 1; PRAGMA cache_size = -16000')
      return
    }
    if (options.beside) return
    // Both must come before the first table: the file can only shrink in slices if it was made to.
    this.#db.exec('PRAGMA page_size = 8192; PRAGMA auto_vacuum = incremental')
    this.#db.exec(`PRAGMA journal_mode = ${options.journal ?? 'wal'}`)
    this.#db.exec(`PRAGMA synchronous = ${options.durable ? 'full' : 'normal'}`)
    this.#db.exec('PRAGMA cache_size = -8000; PRAGMA temp_store = memory')
  }

  exec(sql: string): void {
    this.#db.exec(sql)
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql)
    if (known) return known
    // Statements made from filters differ without end: forget the oldest.
    if (this.#statements.size >= 200)
      for (const first of this.#statements.keys()) {
        this.#statements.delete(first)
        break
      }
    const made = this.#db.prepare(sql)
    this.#statements.set(sql, made)
    return made
  }

  get(sql: string, ...values: readonly Value[]): Fields | undefined {
    return this.#prepared(sql).get(...values)
  }

  all(sql: string, ...values: readonly Value[]): Fields[] {
    return this.#prepared(sql).all(...values)
  }

  /** A fresh statement each time: an iterator that is left early must not hold a cached one. */
  iterate(sql: string, ...values: readonly Value[]): Iterable<Fields> {
    return this.#db.prepare(sql).iterate(...values)
  }

  /** Returns how many rows changed. */
  run(sql: string, ...values: readonly Value[]): number {
    return Number(this.#prepared(sql).run(...values).changes)
  }

  /** Inserts one row and returns its rowid. */
  insert(sql: string, ...values: readonly Value[]): number {
    return Number(this.#prepared(sql).run(...values).lastInsertRowid)
  }

  /** The same where the statement may find that it is there already: undefined then. */
  insertNew(sql: string, ...values: readonly Value[]): number | undefined {
    const { changes, lastInsertRowid } = this.#prepared(sql).run(...values)
    return changes === 0 ? undefined : Number(lastInsertRowid)
  }

  /** All or nothing. A full disk is thrown as `StoreFull`, a file that others hold as `StoreHeld`. */
  transaction<T>(work: () => T): T {
    try {
      this.#db.exec('BEGIN IMMEDIATE')
      const result = work()
      this.#db.exec('COMMIT')
      return result
    } catch (error) {
      // SQLite has already rolled back by itself after some errors (a full disk among them).
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      throw asStoreTrouble(error)
    }
  }

  /** From now on calls wait so many ms for a file that another program holds. */
  wait(patience: number): void {
    this.#db.exec(`PRAGMA busy_timeout = ${Math.max(0, Math.trunc(patience))}`)
  }

  number(sql: string, ...values: readonly Value[]): number {
    const row = this.get(sql, ...values)
    return row === undefined ? 0 : Number(Object.values(row)[0] ?? 0)
  }

  close(): void {
    if (!this.#db.isOpen) return
    this.#statements.clear()
    this.#db.close()
  }
}
