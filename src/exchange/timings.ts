// Phases of an exchange computed from its marks, in HAR 1.2 words; never stored.
import type { Exchange, Marks } from './exchange.ts'

/** Milliseconds; -1 where a phase does not apply (HAR 1.2 §timings). `ssl` is not contained in `connect` here. */
export type Timings = {
  readonly blocked: number
  readonly dns: number
  readonly connect: number
  readonly ssl: number
  readonly send: number
  readonly wait: number
  readonly receive: number
}

const span = (from: number | undefined, to: number | undefined): number =>
  from === undefined || to === undefined ? -1 : Math.max(0, to - from)

export function timings(marks: Marks): Timings {
  const begun = marks.dnsStart ?? marks.connectStart ?? marks.sendStart
  return {
    blocked: span(0, begun),
    dns: span(marks.dnsStart, marks.dnsEnd),
    connect: span(marks.connectStart, marks.connectEnd),
    ssl: span(marks.tlsStart, marks.tlsEnd),
    send: span(marks.sendStart, marks.sendEnd),
    wait: span(marks.sendEnd ?? marks.sendStart, marks.firstByte),
    receive: span(marks.firstByte, marks.end),
  }
}

/** Whole duration in ms, or undefined while the exchange is still running. */
export function duration(exchange: Exchange): number | undefined {
  return exchange.marks.end
}
