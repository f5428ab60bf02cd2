// Measures the diagnosis on what a desk sees most: many healthy, nearly equal JSON answers over kept-alive connections.
import { createHash } from 'node:crypto'
import { GCProfiler, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createDiagnosis, type Diagnosis } from '../src/diagnose/diagnose.ts'
import type { Observed } from '../src/diagnose/observed.ts'
import type { Content } from '../src/exchange/message.ts'

const exchanges = 50_000
/** Exchanges made at a time, outside the measured time. */
const batch = 500
/** Different items that are asked for, all of one endpoint. */
const items = 500
/** Endpoints of the measurement of memory, and exchanges with each. */
const [endpoints, callsEach] = [1000, 60]
const start = Date.UTC(2026, 0, 5, 9)

const words = ['amber', 'birch', 'cedar', 'delta', 'ember', 'fern', 'grove', 'haze', 'iris', 'jade']

const hash = (octets: Uint8Array | string) => createHash('sha256').update(octets).digest('hex')
const encoder = new TextEncoder()

const asked = (host: string) => [
  { name: 'Host', value: host },
  { name: 'User-Agent', value: 'bench/1.0' },
  { name: 'Accept', value: 'application/json' },
  { name: 'Accept-Encoding', value: 'identity' },
  { name: 'Authorization', value: 'Bearer tok_live_5f3a9c1e7b2d4860' },
  { name: 'X-Client-Version', value: '4.18.2' },
]
const answered = (time: number, size: number) => [
  { name: 'content-type', value: 'application/json' },
  { name: 'cache-control', value: 'no-store' },
  { name: 'x-request-id', value: 'req_5f3a9c1e7b2d' },
  { name: 'content-length', value: String(size) },
  { name: 'Date', value: new Date(time).toUTCString() },
  { name: 'Connection', value: 'keep-alive' },
  { name: 'Keep-Alive', value: 'timeout=60' },
]
const none: Content = { bodySize: 0, codings: [], kept: 'none', why: 'empty' }

/** The answer's content is 1 KiB of JSON that differs in its number, as in the benchmark of the wire. */
function healthy(number: number, path: string): Observed {
  const host = 'api.bench.test:8443'
  const time = start + Math.floor(number / 4)
  const head = `{"id":${number},"object":"order","status":"paid","total":4580,"note":"`
  const response = encoder.encode(`${head}${'abcdefgh '.repeat(120).slice(0, 1022 - head.length)}"}`)
  const took = 2 + (number % 7) / 3
  return {
    exchange: {
      id: number.toString(36).padStart(16, '0'),
      sessionId: 'bench',
      kind: 'http',
      startedDateTime: new Date(time).toISOString(),
      client: { address: '127.0.0.1', port: 50_000 + (number % 32) },
      server: { host: 'api.bench.test', port: 8443, address: '127.0.0.1' },
      connection: { id: number % 32, upstreamId: number % 32, reused: number >= 32, way: 'connect' },
      request: {
        httpVersion: 'HTTP/1.1',
        method: 'GET',
        target: path,
        url: `https://${host}${path}`,
        headers: asked(host),
        trailers: [],
        content: none,
      },
      outcome: {
        state: 'complete',
        response: {
          httpVersion: 'HTTP/1.1',
          status: 200,
          statusText: 'OK',
          headers: answered(time, response.length),
          trailers: [],
          interim: [],
          content: {
            bodySize: response.length,
            mimeType: 'application/json',
            codings: [],
            kept: 'whole',
            keptSize: response.length,
            digest: `sha256-${hash(response)}`,
          },
        },
      },
      marks: { sendStart: 0.1, sendEnd: 0.2, firstByte: took - 0.1, end: took },
      origin: { by: 'capture' },
      messageCount: 0,
    },
    response,
  }
}

/** One of ten words, so that three of them name a thousand endpoints. */
const word = (number: number): string => words[Math.floor(number) % words.length] ?? ''

function watch(diagnosis: Diagnosis, first: number): { ms: number; findings: number } {
  const made = Array.from({ length: batch }, (_, index) =>
    healthy(first + index, `/v1/orders/${(first + index) % items}`),
  )
  const begun = process.threadCpuUsage()
  let findings = 0
  for (const observed of made) for (const changed of diagnosis.observe(observed)) findings += changed.findings.length
  const used = process.threadCpuUsage(begun)
  return { ms: (used.user + used.system) / 1000, findings }
}

/** Octets of heap left once all garbage is gone. */
function retained(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed
}

/** Octets put on the heap while `work` ran: what it grew by from each collection to the next. */
function allocated(work: () => void): number {
  let octets = 0
  let from = 0
  const profiler = new GCProfiler()
  profiler.start()
  from = process.memoryUsage().heapUsed
  work()
  const end = process.memoryUsage().heapUsed
  for (const { beforeGC, afterGC } of profiler.stop()?.statistics ?? []) {
    octets += beforeGC.heapStatistics.usedHeapSize - from
    from = afterGC.heapStatistics.usedHeapSize
  }
  return octets + end - from
}

export function measureRepeat(): string[] {
  const diagnosis = createDiagnosis({ hash, now: () => start })
  const spent: number[] = []
  let findings = 0
  for (let first = 0; first < exchanges; first += batch) {
    const one = watch(diagnosis, first)
    spent.push(one.ms)
    findings += one.findings
  }
  const sum = (list: readonly number[]) => list.reduce((all, ms) => all + ms, 0)
  const each = (list: readonly number[]) => ((1000 * sum(list)) / (list.length * batch)).toFixed(1)
  const more = Array.from({ length: 4 * batch }, (_, index) =>
    healthy(exchanges + index, `/v1/orders/${index % items}`),
  )
  const octets = allocated(() => {
    for (const observed of more) diagnosis.observe(observed)
  })
  const before = retained()
  const wide = createDiagnosis({ hash, now: () => start })
  for (let number = 0; number < endpoints * callsEach; number++)
    wide.observe(healthy(number, `/v1/${word(number)}x/${word(number / 10)}y/${word(number / 100)}z`))
  const kept = retained() - before
  wide.forget([])
  return [
    `${exchanges.toLocaleString('en')} healthy, nearly equal JSON answers of one endpoint, ${findings} findings.`,
    '',
    '| measure | result |',
    '|---|---|',
    `| µs of CPU an exchange: the first ${batch}, all, the second half | ${each(spent.slice(0, 1))}, ${each(spent)}, ${each(spent.slice(spent.length / 2))} |`,
    `| octets put on the heap for one | ${Math.round(octets / more.length).toLocaleString('en')} |`,
    `| octets kept of each of ${endpoints.toLocaleString('en')} endpoints after ${callsEach} calls, what is kept of the calls included | ${Math.round(kept / endpoints).toLocaleString('en')} |`,
  ]
}
