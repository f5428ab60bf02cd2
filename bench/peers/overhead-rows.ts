// The rows of the comparison: what is sent in each, what is read off, and the bar that Telltale is held to.
import type { ContestantName } from './contestants.ts'
import type { Job } from './job.ts'

/** Figures of one contestant in one round, by measure. */
export type Figures = Readonly<Partial<Record<Measure, number>>>
export type Measure =
  | 'cpu'
  | 'cold'
  | 'rate'
  | 'p50'
  | 'p99'
  | 'first'
  | 'speed'
  | 'work'
  | 'peak'
  | 'resident'
  | 'growth'
  | 'recorded'

/** Times the bare proxy's figure, where the machine decides the figure; the bars' own machine is the one of the last `bare`. */
export type Bar = { readonly measure: Measure; readonly bound: number; readonly of?: 'bare'; readonly atLeast?: true }

export type OverheadRow = {
  readonly name: string
  readonly title: string
  readonly rounds: number
  readonly bars: readonly Bar[]
  /** Contestants that cannot run it, and why. */
  readonly without?: Partial<Record<ContestantName, string>>
  readonly job: (quick: boolean) => Plan
}

/** A job without its way. */
type Work<J> = J extends unknown ? Omit<J, 'way'> : never
/** `warm` runs first and is not counted; `single` is one request at a time, for latency; `slices` repeat `load`. */
export type Plan = {
  readonly warm?: Work<Job>
  readonly load: Work<Job>
  readonly single?: Work<Job>
  readonly slices?: number
}

export const measures: Readonly<Record<Measure, { readonly title: string; readonly digits: number }>> = {
  cpu: { title: 'CPU s per 1,000', digits: 3 },
  cold: { title: 'the same while warming up', digits: 3 },
  rate: { title: 'per second', digits: 0 },
  p50: { title: 'p50 added, ms', digits: 2 },
  p99: { title: 'p99 added, ms', digits: 2 },
  first: { title: 'median ms', digits: 1 },
  speed: { title: 'MB/s', digits: 0 },
  work: { title: 'CPU s per GiB', digits: 2 },
  peak: { title: 'peak RSS, MiB', digits: 0 },
  resident: { title: 'RSS, MiB', digits: 0 },
  growth: { title: 'RSS gained over the second half, MiB', digits: 0 },
  recorded: { title: 'recorded, %', digits: 1 },
}

const limitMs = 60_000

/** `warm`: V8 compiles most of what is run often within the first 20,000 requests; whoever runs for a day pays that once. */
function requests(protocol: 'http' | 'h1' | 'h2' | 'fresh', full: number, warm: number, concurrency = 32) {
  return (quick: boolean): Plan => {
    const count = quick ? Math.ceil(full / 4) : full
    const base = { kind: 'requests', protocol, limitMs } as const
    return {
      warm: { ...base, requests: quick ? Math.ceil(warm / 8) : warm, concurrency },
      load: { ...base, requests: count, concurrency },
      single: { ...base, requests: Math.ceil(Math.min(count, 4000) / 8), concurrency: 1 },
    }
  }
}

function bulk(kind: 'download' | 'upload') {
  return (quick: boolean): Plan => {
    const octets = (quick ? 256 : 1024) * 1024 * 1024
    return { warm: { kind, octets: octets / 16, limitMs }, load: { kind, octets, limitMs } }
  }
}

const bulkBars: readonly Bar[] = [
  { measure: 'speed', bound: 0.85, of: 'bare', atLeast: true },
  { measure: 'peak', bound: 160 },
]
const all: Bar = { measure: 'recorded', bound: 100, atLeast: true }

export const overheadRows: readonly OverheadRow[] = [
  {
    name: 'plain',
    title: 'Plain HTTP, kept alive',
    rounds: 3,
    bars: [{ measure: 'cpu', bound: 2, of: 'bare' }, all],
    job: requests('http', 16_000, 20_000),
  },
  {
    name: 'h1',
    title: 'HTTPS, HTTP/1.1, kept alive',
    rounds: 3,
    bars: [
      { measure: 'cpu', bound: 2.03, of: 'bare' },
      { measure: 'rate', bound: 0.6, of: 'bare', atLeast: true },
      all,
    ],
    job: requests('h1', 16_000, 20_000),
  },
  {
    name: 'h2',
    title: 'HTTPS, HTTP/2',
    rounds: 3,
    bars: [{ measure: 'cpu', bound: 2.04, of: 'bare' }, all],
    without: { 'http-mitm-proxy': 'no HTTP/2' },
    job: requests('h2', 16_000, 20_000),
  },
  {
    name: 'fresh',
    title: 'HTTPS, a new connection per request',
    rounds: 3,
    bars: [{ measure: 'cpu', bound: 2.13, of: 'bare' }, all],
    job: requests('fresh', 1200, 2000, 8),
  },
  {
    name: 'contact',
    title: 'First contact with a host',
    rounds: 1,
    bars: [{ measure: 'first', bound: 1.36, of: 'bare' }, all],
    job: (quick) => {
      const names = (from: number, count: number) => Array.from({ length: count }, (_, n) => `h${from + n}.test`)
      return {
        warm: { kind: 'hosts', names: names(100, 10), limitMs: 10_000 },
        load: { kind: 'hosts', names: names(0, quick ? 10 : 30), limitMs: 10_000 },
      }
    },
  },
  {
    name: 'download',
    title: '1 GiB downloaded over HTTPS',
    rounds: 3,
    bars: bulkBars,
    job: bulk('download'),
  },
  { name: 'upload', title: '1 GiB uploaded over HTTPS', rounds: 3, bars: bulkBars, job: bulk('upload') },
  {
    name: 'websocket',
    title: 'WebSocket messages of 100 octets over HTTPS',
    rounds: 3,
    bars: [{ measure: 'cpu', bound: 2.5, of: 'bare' }, all],
    job: (quick) => {
      const messages = quick ? 10_000 : 80_000
      const base = { kind: 'messages', connections: 4, limitMs } as const
      return { warm: { ...base, messages }, load: { ...base, messages } }
    },
  },
  {
    name: 'memory',
    title: 'After 100,000 small exchanges (HTTPS, HTTP/1.1)',
    rounds: 1,
    bars: [{ measure: 'resident', bound: 250 }, { measure: 'growth', bound: 25 }, all],
    job: (quick) => ({
      load: { kind: 'requests', protocol: 'h1', requests: quick ? 2500 : 10_000, concurrency: 16, limitMs },
      slices: 10,
    }),
  },
]
