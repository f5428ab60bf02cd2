// An endpoint has become slower than it was earlier in the session.
import { inSession } from '../../evidence.ts'
import { span } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'

const recent = 20
const before = 50
const hour = 3_600_000

export const latencyRegression: Rule = {
  id: 'perf/latency-regression',
  rank: 3,
  level: 'warning',
  title: 'The endpoint has become slower',
  summary:
    'Fires once an hour when the median of an endpoint’s last 20 answers is at least twice that of the 50 before, and 100 ms more.',
  references: [{ title: 'HAR 1.2: timings', url: 'http://www.softwareishard.com/blog/har-12-spec/#timings' }],
  quiet: true,
  on: 'success',
  scope: 'group',
  check(subject, context) {
    const latencies = context.baseline?.latencies ?? []
    if (latencies.length < recent + before) return undefined
    const [old, now] = [middle(latencies.slice(-recent - before, -recent)), middle(latencies.slice(-recent))]
    if (now < old * 2 || now - old < 100) return undefined
    if (!context.once(`perf/latency-regression ${subject.endpoint.key}`, hour)) return undefined
    return {
      title: `${subject.endpoint.template} went from ${span(old)} to ${span(now)}`,
      brief: 'Has become slower',
      explanation: `The last ${recent} answers of this endpoint took ${span(now)} at the median, the ${before} before them ${span(old)}. Something changed: data grew, an index is missing, or the server is busier.`,
      evidence: [inSession(`median ${span(old)}, now ${span(now)}`)],
    }
  },
  examples: [
    {
      name: 'from 100 ms to 400 ms',
      fires: true,
      about: 70,
      exchanges: [
        { request: 'GET https://api.test/items', times: 50, status: 200, answer: [], took: 100 },
        { request: 'GET https://api.test/items', times: 21, status: 200, answer: [], took: 400 },
      ],
    },
    {
      name: 'twice as slow on another endpoint',
      fires: true,
      about: 70,
      exchanges: [
        { request: 'GET https://api.test/orders', times: 50, status: 200, answer: [], took: 200 },
        { request: 'GET https://api.test/orders', times: 21, status: 200, answer: [], took: 500 },
      ],
    },
    {
      name: 'twice as slow, but both fast',
      fires: false,
      about: 70,
      exchanges: [
        { request: 'GET https://api.test/items', times: 50, status: 200, answer: [], took: 20 },
        { request: 'GET https://api.test/items', times: 21, status: 200, answer: [], took: 60 },
      ],
    },
    {
      name: 'one slow answer',
      fires: false,
      about: 70,
      exchanges: [
        { request: 'GET https://api.test/items', times: 70, status: 200, answer: [], took: 100 },
        { request: 'GET https://api.test/items', status: 200, answer: [], took: 4000 },
      ],
    },
  ],
}

const middle = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
