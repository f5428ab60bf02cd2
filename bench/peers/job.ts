// What the load client is asked to do, and what it answers: plain values for the channel between processes.
import type { Way } from './way.ts'

export type Job = { readonly way: Way; readonly limitMs: number } & (
  | {
      readonly kind: 'requests'
      readonly protocol: 'http' | 'h1' | 'h2' | 'fresh'
      readonly requests: number
      /** Requests outstanding at a time. */
      readonly concurrency: number
    }
  | { readonly kind: 'hosts'; readonly names: readonly string[] }
  | { readonly kind: 'download' | 'upload'; readonly octets: number }
  | { readonly kind: 'messages'; readonly messages: number; readonly connections: number }
)

export type Result = {
  /** Requests, hosts, octets or messages that went through. */
  readonly done: number
  readonly seconds: number
  /** Milliseconds of each, sorted. */
  readonly times: readonly number[]
  /** What went wrong, counted by its words. */
  readonly errors: Readonly<Record<string, number>>
}

export type Tally = {
  ok(ms: number): void
  bad(error: unknown): void
  result(done?: number): Result
}

export function createTally(): Tally {
  const began = performance.now()
  const times: number[] = []
  const errors: Record<string, number> = {}
  return {
    ok: (ms) => void times.push(ms),
    bad(error) {
      const words = error instanceof Error ? error.message || error.name : String(error)
      errors[words] = (errors[words] ?? 0) + 1
    },
    result: (done = times.length) => ({
      done,
      seconds: (performance.now() - began) / 1000,
      times: times.toSorted((a, b) => a - b),
      errors,
    }),
  }
}
