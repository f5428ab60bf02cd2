// The desk's side of the reader: long reads run in a thread of their own, started when first needed.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { TreeNode } from '../api/contract.ts'
import type { Row } from '../api/row.ts'
import type { ExchangeId } from '../exchange/exchange.ts'
import type { Filter } from '../filter/filter.ts'
import type { Query } from './store.ts'

/** How far the scan behind an answer has come. An answer that is not `complete` grows: ask again. */
export type Progress = { readonly scanned: number; readonly candidates: number; readonly complete: boolean }
type Tree = { readonly hosts: readonly TreeNode[]; readonly clients: readonly TreeNode[] }

/** `touched`: what was recorded, changed or removed since the last call. */
type Numbered = {
  readonly call: number
  readonly touched: readonly ExchangeId[] | 'all'
  readonly patience?: number
}
export type ReaderCall =
  | (Numbered & { readonly do: 'rows'; readonly query: Query })
  | (Numbered & { readonly do: 'ids' | 'tree'; readonly filter: Filter | undefined })
  /** Nobody waits for the answer of this call any more. */
  | (Numbered & { readonly do: 'cancel' })
export type ReaderAnswer = { readonly call: number } & Progress & {
    readonly rows?: readonly Row[]
    readonly total?: number
    readonly ids?: readonly ExchangeId[]
    readonly tree?: Tree
    /** `refused`: because of the filter. */
    readonly failed?: { readonly message: string; readonly refused: boolean }
  }

/** A regular expression that takes too long: whoever wrote it is told. */
export function isSearchRefused(error: unknown): error is Error {
  return error instanceof Error && 'code' in error && error.code === 'SEARCH_REFUSED'
}

export type Reader = {
  /**
   * One page. Without `patience` (ms) it is answered when the scan is over; with it, as soon as the page is full in
   * the order of time, or when the time has passed: with what was found until then. A second after nobody waits for
   * it or asks for it any more, the scan rests; asked again, it goes on.
   */
  rows(query: Query, patience?: number): Promise<{ readonly rows: readonly Row[]; readonly total: number } & Progress>
  /** Oldest first, of the finished scan. */
  ids(filter: Filter | undefined, signal?: AbortSignal): Promise<readonly ExchangeId[]>
  tree(filter: Filter | undefined, signal?: AbortSignal): Promise<Tree>
  /** These have been recorded, changed or removed: what was found so far is to be looked at again. */
  touched(ids: Iterable<ExchangeId> | 'all'): void
  close(): Promise<void>
}

type Pending = {
  readonly resolve: (answer: ReaderAnswer) => void
  readonly reject: (reason: unknown) => void
}

/**
 * ms without a sign of life, while somebody waits, after which the thread is ended. One slice is 8 ms of work; but a
 * machine that is out of breath, or a cold disk, may take a thousand times as long for it.
 */
const silence = 120_000

/** Touched exchanges that are remembered until the next call; beyond, searches begin anew. */
const mostTouched = 5_000

export function openReader(dataDir: string): Reader {
  const file = join(dataDir, 'captures.db')
  const pending = new Map<number, Pending>()
  let worker: Worker | undefined
  let watchdog: NodeJS.Timeout | undefined
  let calls = 0
  let inode = 0
  let touched: Set<ExchangeId> | 'all' = new Set()

  function takeTouched(): readonly ExchangeId[] | 'all' {
    const taken = touched === 'all' ? touched : [...touched]
    touched = new Set()
    return taken
  }

  function fail(message: string): void {
    const ended = worker
    worker = undefined
    clearTimeout(watchdog)
    for (const { reject } of pending.values()) reject(new Error(message))
    pending.clear()
    void ended?.terminate()
  }

  function watch(): void {
    clearTimeout(watchdog)
    // An idle thread does not keep the process alive.
    if (pending.size === 0) return worker?.unref()
    worker?.ref()
    watchdog = setTimeout(() => fail('The search took too long and was ended.'), silence)
    watchdog.unref()
  }

  function start(): Worker {
    const started = new Worker(new URL(`./reader-thread${import.meta.url.slice(-3)}`, import.meta.url), {
      workerData: { file },
      // A search must not take the memory that the recording needs.
      resourceLimits: { maxOldGenerationSizeMb: 160, maxYoungGenerationSizeMb: 16 },
    })
    started.on('message', (answer: ReaderAnswer) => {
      const waiting = pending.get(answer.call)
      pending.delete(answer.call)
      watch()
      const { failed } = answer
      if (failed === undefined) waiting?.resolve(answer)
      else if (failed.refused) waiting?.reject(Object.assign(new Error(failed.message), { code: 'SEARCH_REFUSED' }))
      else waiting?.reject(new Error(`The search failed: ${failed.message}`))
    })
    started.on('error', (error: Error) => worker === started && fail(`The search ended: ${error.message}`))
    started.on('exit', () => worker === started && fail('The search ended.'))
    return started
  }

  function send(
    make: (next: Pick<ReaderCall, 'call' | 'touched'>) => ReaderCall,
    signal?: AbortSignal,
  ): Promise<ReaderAnswer> {
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted()
      // A damaged store is replaced while it is in use: the thread would go on reading the old one.
      const now = statSync(file).ino
      if (worker && now !== inode) fail('The store was replaced.')
      inode = now
      worker ??= start()
      calls += 1
      const call = calls
      pending.set(call, { resolve, reject })
      worker.postMessage(make({ call, touched: takeTouched() }))
      watch()
      signal?.addEventListener('abort', () => leave(call, signal.reason), { once: true })
    })
  }

  function leave(call: number, reason: unknown): void {
    const waiting = pending.get(call)
    if (!waiting) return
    pending.delete(call)
    worker?.postMessage({ call, touched: takeTouched(), do: 'cancel' } satisfies ReaderCall)
    watch()
    waiting.reject(reason)
  }

  const progress = ({ scanned, candidates, complete }: Progress): Progress => ({ scanned, candidates, complete })

  return {
    async rows(query, patience) {
      const timed = patience === undefined ? {} : { patience }
      const answer = await send((next) => ({ ...next, do: 'rows', query, ...timed }))
      return { rows: answer.rows ?? [], total: answer.total ?? 0, ...progress(answer) }
    },
    async ids(filter, signal) {
      const answer = await send((next) => ({ ...next, do: 'ids', filter }), signal)
      return answer.ids ?? []
    },
    async tree(filter, signal) {
      const { tree } = await send((next) => ({ ...next, do: 'tree', filter }), signal)
      return tree ?? { hosts: [], clients: [] }
    },
    touched(ids) {
      // Without a thread nothing has been found yet.
      if (!worker || touched === 'all') return
      if (ids !== 'all') for (const id of ids) touched.add(id)
      if (ids === 'all' || touched.size > mostTouched) touched = 'all'
    },
    async close() {
      const ended = worker
      fail('The store is closed.')
      await ended?.terminate()
    },
  }
}
