// An answer that took far longer than this endpoint usually needs, and the phase that took the time.
import { timings } from '../../../exchange/timings.ts'
import { onTiming } from '../../evidence.ts'
import { brief, span } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

/** Samples before the slowest twentieth of an endpoint means anything. */
const enough = 20
const least = 1000

export const slow: Rule = {
  id: 'perf/slow',
  rank: 3,
  level: 'warning',
  title: 'The answer was slow',
  summary:
    'Fires when an answer took more than a second and three times the endpoint’s median (a note), or twice its slowest twentieth and more than 2 s (a warning). Names the phase that took the time. The time to set a connection up does not count; streams and uploads are left alone.',
  references: [{ title: 'HAR 1.2: timings', url: 'http://www.softwareishard.com/blog/har-12-spec/#timings' }],
  quiet: true,
  on: 'success',
  scope: 'exchange',
  check(subject, context) {
    const phases = timings(subject.exchange.marks)
    // Setting a connection up is not the endpoint's doing.
    const setUp = [phases.dns, phases.connect, phases.ssl].reduce((sum, time) => sum + Math.max(0, time), 0)
    const took = subject.duration === undefined ? undefined : subject.duration - setUp
    const { baseline } = context
    if (took === undefined || took < least || !baseline || streams(subject)) return undefined
    const { latencies, median, p95 } = baseline
    const outlier = latencies.length >= enough && took > Math.max(p95 * 2, 2000)
    if (!outlier && !(latencies.length >= 5 && took > median * 3)) return undefined
    const longest = (Object.entries(phases) as [keyof typeof words, number][])
      .filter(([name]) => name in words)
      .toSorted((a, b) => b[1] - a[1])[0]
    return {
      level: outlier ? 'warning' : 'note',
      title: `It took ${span(took)}; usual is ${span(median)}`,
      brief: brief(`Slow: ${span(took)}`),
      explanation: `This answer took ${span(took)}. The median of the last ${latencies.length} is ${span(median)}.${
        longest && longest[1] > 0 ? ` ${span(longest[1])} of it went into ${words[longest[0]]}.` : ''
      }`,
      evidence: (Object.entries(phases) as [keyof typeof words, number][])
        .filter(([name, time]) => name in words && time >= 1)
        .map(([name, time]) => onTiming(`${name} ${span(time)}`)),
    }
  },
  examples: [
    {
      name: 'ten times the usual wait',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/items', times: 21, status: 200, answer: [], took: 100 },
        { request: 'GET https://api.test/items', status: 200, answer: [], took: 3000 },
      ],
      level: 'warning',
    },
    {
      name: 'few samples: a note',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/items', times: 6, status: 200, answer: [], took: 100 },
        { request: 'GET https://api.test/items', status: 200, answer: [], took: 1500 },
      ],
      level: 'note',
    },
    {
      name: 'always that slow',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items', times: 22, status: 200, answer: [], took: 3000 }],
    },
    {
      name: 'an event stream is meant to last',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/events',
          times: 21,
          status: 200,
          answerHeaders: { 'Content-Type': 'text/event-stream' },
          answer: 'data: 1\n\n',
          took: 100,
        },
        {
          request: 'GET https://api.test/events',
          status: 200,
          answerHeaders: { 'Content-Type': 'text/event-stream' },
          answer: 'data: 1\n\n',
          took: 60_000,
        },
      ],
    },
    {
      name: 'the first call of a connection, among fast ones',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/a', status: 200, answer: [], took: 900 }],
    },
  ],
}

const words = {
  dns: 'looking up the name',
  connect: 'connecting',
  ssl: 'the TLS handshake',
  send: 'sending the request',
  wait: 'waiting for the server',
  receive: 'receiving the answer',
} as const

function streams(subject: Subject): boolean {
  const type = subject.response?.mediaType ?? ''
  const wait = subject.query.some((pair) => /^(?:wait|timeout|watch|follow|longpoll)$/i.test(pair.name))
  return (
    wait ||
    /event-stream|ndjson|x-mixed-replace|grpc/.test(type) ||
    subject.exchange.kind !== 'http' ||
    subject.request.content.bodySize > 1024 * 1024
  )
}
