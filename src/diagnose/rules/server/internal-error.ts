// Speaks of 500 and of every 5xx nothing else explains: the provider's side broke, and says so in its own words at best.
import { requestLine, status } from '../../evidence.ts'
import { isLoopbackHost, isPrivateHost } from '../../host-reach.ts'
import { brief, clock, count, span } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import { requestIdEvidence } from '../../request-id.ts'
import type { Rule } from '../../rule.ts'

const explainedElsewhere = new Set([501, 502, 503, 504, 505, 506, 507, 508, 510, 511, 561, 598, 599])

export const internalError: Rule = {
  id: 'server/internal-error',
  rank: 3,
  level: 'error',
  title: 'The server failed internally',
  summary:
    'Fires on 500 and on 5xx codes without a rule of their own. Says whether this endpoint worked lately and whether the same request always fails, which tells a passing fault from a reproducible one.',
  references: [rfc9110('15.6.1', '500 Internal Server Error')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const { status: code, endpoint } = subject
    if (code < 500 || explainedElsewhere.has(code) || (code >= 520 && code <= 530 && code !== 528)) return undefined
    const worked = context.ofOrigin.findLast(
      (past) => past.endpoint === endpoint.key && past.outcome === 'success' && subject.time - past.time < 3_600_000,
    )
    const same = context.sameRequest.filter((past) => subject.time - past.time < 3_600_000)
    const failedAlike = same.filter((past) => past.status === code).length
    const history = worked
      ? ` The same endpoint last worked at ${clock(worked.time)}, ${span(subject.time - worked.time)} before.`
      : ''
    const repeated =
      failedAlike > 0 && failedAlike === same.length
        ? ` This very request has failed the same way ${count(failedAlike, 'time')} before, so it is reproducible, not a passing fault.`
        : ''
    const safe = subject.method === 'GET' || subject.method === 'HEAD'
    const id = subject.error?.requestId
    const isOwn = isLoopbackHost(subject.host) || isPrivateHost(subject.host)
    return {
      confidence: code === 500 ? 0.9 : 0.8,
      title: `The server answered ${code}: it failed while handling this request`,
      brief: brief(code === 500 ? 'Server failed internally' : `Server failed with ${code}`),
      explanation: `The request arrived, and something broke inside the server while it was handled. As a rule that is the server’s fault, even where an input it does not expect sets it off.${history}${repeated}`,
      evidence: [status(subject), requestLine(subject, context), ...requestIdEvidence(subject, context)],
      fix: {
        kind: 'advice',
        text: `${
          isOwn
            ? `Look into the server’s log at ${clock(subject.time)}${id ? ` for request id ${id}` : ''}: the error behind the ${code} stands there.`
            : `Report it to the provider with ${id ? `request id ${id}, ` : ''}the time (${clock(subject.time)}), method and address.`
        } ${
          safe
            ? 'Repeating it later is safe; wait longer before each attempt.'
            : 'Before repeating it, check whether it took effect.'
        }`,
      },
      ...(worked ? { related: [worked.id] } : {}),
    }
  },
  examples: [
    {
      name: 'a 500 with a message',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/orders',
          status: 500,
          answer: { error: { message: 'Unexpected null' } },
          answerHeaders: { 'X-Request-Id': 'req-1' },
        },
      ],
      brief: 'Server failed internally',
      primary: true,
    },
    {
      name: 'an empty 500 on an endpoint that worked before',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/orders/1', status: 200, answer: { id: 1 } },
        { request: 'GET https://api.test/orders/2', status: 500 },
      ],
    },
    {
      name: 'a 502 has its own rule',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/orders', status: 502 }],
    },
    {
      name: 'a 400 is not the server’s fault',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/orders', status: 400, answer: { error: 'internal error code 500' } },
      ],
    },
  ],
}
