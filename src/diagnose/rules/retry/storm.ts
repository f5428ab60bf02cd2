// The same failing request again and again, without growing pauses.
import { inSession } from '../../evidence.ts'
import { maxSame } from '../../origin-memory.ts'
import type { Past } from '../../past.ts'
import { clock, span } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'
import { failureName, transientPast, transientSubject } from '../../transient.ts'

const least = 4
/** A pause must be this many times longer than the one before to count as growing. */
const growth = 1.5
/** Attempts further apart than this, in ms, are not one storm. */
const together = 120_000

export const retryStorm: Rule = {
  id: 'retry/storm',
  rank: 2,
  level: 'error',
  title: 'The same failing request is repeated without growing pauses',
  summary:
    'Fires from the fourth identical request that fails with 5xx, 429, 408 or a network failure when the pauses between them do not grow. Repeats of successes are polling and never count.',
  references: [
    {
      title: 'Exponential backoff and jitter',
      url: 'https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/',
    },
  ],
  on: 'failure',
  scope: 'group',
  check(subject, context) {
    if (!transientSubject(subject)) return undefined
    const run = lastRun(context.sameRequest, subject.time)
    if (run.length + 1 < least) return undefined
    const times = [...run.map((past) => past.time), subject.time]
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? time))
    const flat = pauses.slice(1).filter((pause, index) => pause <= (pauses[index] ?? 0) * growth).length
    const steady = flat >= (pauses.length - 1) * 0.8
    const rapid = pauses.every((pause) => pause < 1000)
    if (!steady && !rapid) return undefined
    const [first] = run
    // No more repetitions than these are remembered.
    const attempts = run.length >= maxSame ? `more than ${maxSame}` : String(times.length)
    return {
      mayLead: false,
      confidence: 0.85,
      title: `${run.length >= maxSame ? `One of ${attempts} attempts` : `Attempt ${attempts}`} in ${span(subject.time - (first?.time ?? subject.time))}, with pauses that do not grow`,
      brief: 'Retries without backoff',
      explanation: `This request has failed ${attempts} times in a row since ${clock(first?.time ?? subject.time)}, and the client repeated it after ${pauses
        .slice(-5)
        .map(span)
        .join(', ')}. A server in trouble gets no rest that way, and many clients doing so keep it down.`,
      evidence: run.slice(-5).map((past) => inSession(`${clock(past.time)} ${failureName(past)}`, past.id)),
      related: run.map((past) => past.id),
      fix: {
        kind: 'advice',
        text: 'Wait about 1 s, 2 s, 4 s, 8 s …, each with some randomness, give up after a handful of attempts, and follow Retry-After where there is one.',
      },
    }
  },
  examples: [
    {
      name: 'five times a second apart',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/items', times: 5, status: 503 }],
      level: 'error',
      brief: 'Retries without backoff',
    },
    {
      name: 'refused connections in a tight loop',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/items', times: 4, failure: { phase: 'connect', code: 'ECONNREFUSED' } },
      ],
    },
    {
      name: 'pauses that double',
      fires: false,
      exchanges: [0, 1, 3, 7, 15].map((at) => ({ request: 'GET https://api.test/items', status: 503, at })),
    },
    {
      name: 'polling that succeeds',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/jobs/1', times: 8, status: 200, answer: { state: 'running' } }],
    },
    {
      name: 'three attempts',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items', times: 3, status: 503 }],
    },
    {
      name: 'waiting for the user of a device',
      fires: false,
      exchanges: [
        {
          request: 'POST https://id.test/oauth/token',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          body: 'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=a&client_id=b',
          status: 400,
          answer: { error: 'authorization_pending' },
          times: 6,
        },
      ],
    },
  ],
}

/** The unbroken run of failures before this one. */
function lastRun(same: readonly Past[], now: number): Past[] {
  const run: Past[] = []
  let next = now
  for (const past of same.toReversed()) {
    if (!transientPast(past) || next - past.time > together || past.time > next) break
    run.unshift(past)
    next = past.time
  }
  return run
}
