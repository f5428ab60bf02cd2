// A gateway waited for the server behind it and gave up.
import { answeredBy } from '../../answered-by.ts'
import { onTiming, status } from '../../evidence.ts'
import { brief, span } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

/** Limits people configure, in ms. */
const usualLimits = [10_000, 15_000, 29_000, 30_000, 60_000, 90_000, 100_000, 120_000, 300_000]

export const gatewayTimeout: Rule = {
  id: 'server/gateway-timeout',
  rank: 3,
  level: 'error',
  title: 'A gateway gave up waiting for the server behind it',
  summary:
    'Fires on 504, on 598 and 599, and on 408 written by a gateway. A wait that is the same each time is a configured limit, and is named as one.',
  references: [rfc9110('15.6.5', '504 Gateway Timeout')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const { status: code } = subject
    const who = answeredBy(subject)
    if (code !== 504 && code !== 598 && code !== 599 && !(code === 408 && who.kind === 'intermediary')) return undefined
    const waited = subject.duration ?? 0
    const before = context.ofOrigin.filter((past) => past.status === code && past.duration !== undefined).slice(-5)
    const constant =
      before.length > 0 && before.every((past) => Math.abs((past.duration ?? 0) - waited) < waited * 0.05)
    const configured = usualLimits.find((limit) => waited >= limit && waited < limit * 1.03 + 300)
    const limit =
      waited > 1000 && (constant || configured !== undefined)
        ? ` The wait of ${span(constant ? waited : (configured ?? waited))} ${constant ? 'is the same each time' : 'is a round number'}, so it is most likely a configured limit.`
        : ''
    return {
      confidence: code === 504 ? 0.9 : 0.85,
      title: `${who.kind === 'intermediary' ? who.product : 'The gateway'} ${waited < 1000 ? 'says that its backend took too long' : `gave up after ${span(waited)}`}`,
      brief: waited < 1000 ? 'Backend too slow' : brief(`Backend too slow, ${span(waited)}`),
      explanation: `The gateway passed the request on and got no answer from the server behind it in time (${code}).${limit} The work may still be going on there.`,
      evidence: [status(subject), onTiming(`${span(waited)} until the gateway answered`), ...who.evidence],
      fix: {
        kind: 'advice',
        text: 'Ask for less at once, or find out what the server spends the time on. Before repeating a POST, check whether it was carried out after all.',
      },
    }
  },
  examples: [
    {
      name: '504 after exactly a minute',
      fires: true,
      primary: true,
      exchanges: [{ request: 'GET https://api.test/report', status: 504, took: 60_050 }],
      brief: 'Backend too slow, 60 s',
    },
    {
      name: '408 written by a balancer',
      fires: true,
      exchanges: [
        { request: 'POST https://api.test/up', status: 408, answerHeaders: { Server: 'HAProxy' }, took: 10_000 },
      ],
    },
    {
      name: '408 by the application itself',
      fires: false,
      exchanges: [{ request: 'POST https://api.test/up', status: 408, answer: { error: 'too slow' } }],
    },
    {
      name: 'a slow success',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/report', status: 200, answer: {}, took: 60_000 }],
    },
  ],
}
