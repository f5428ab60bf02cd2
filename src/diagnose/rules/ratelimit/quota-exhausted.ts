// The quota of the plan is used up: waiting a little does not help.
import { rateLimits } from '../../../http/rate-limit-fields.ts'
import { retryAfter } from '../../../http/retry-after.ts'
import { businessRefusal, businessRefusals } from '../../business-refusal.ts'
import { status } from '../../evidence.ts'
import { span } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import { words } from '../../word-lists.ts'

/** A wait longer than this, in ms, is a matter of the plan, not of the pace. */
const hour = 3_600_000

export const quotaExhausted: Rule = {
  id: 'ratelimit/quota-exhausted',
  rank: 1,
  level: 'error',
  title: 'The quota of the plan is used up',
  summary:
    'Fires on 402, and on 429 or 403 that speaks of quota, billing or a plan when the reset is more than an hour away or not given. Waiting a moment does not help.',
  references: [rfc9110('15.5.3', '402 Payment Required')],
  on: 'failure',
  scope: 'exchange',
  check(subject) {
    const { status: code, response } = subject
    if (!response) return undefined
    const speaks =
      words.quota.test(subject.errorText) && !/per (?:second|minute)|requests? rate/.test(subject.errorText)
    if (code !== 402 && !((code === 429 || code === 403) && speaks)) return undefined
    // "Monthly report", "credit this invoice": at 403 a single word of money or time is most often about the thing itself.
    if (
      code === 403 &&
      !/quota|limit|exceed|insufficient|payment required|upgrade|used up|out of/.test(subject.errorText)
    )
      return undefined
    const received = subject.time + (subject.duration ?? 0)
    const after = retryAfter(response.headers, received)
    const reset = after && after.kind !== 'invalid' ? after.at : rateLimits(response.headers, received)[0]?.resetAt
    if (code !== 402 && reset !== undefined && reset - received <= hour) return undefined
    // Quota is also the word of plain rate limits: without money or a period it decides nothing.
    if (
      code !== 402 &&
      reset === undefined &&
      !/billing|plan|monthly|daily|insufficient_quota|payment|credit|exceeded your|disk|storage|space/.test(
        subject.errorText,
      )
    ) {
      return undefined
    }
    // Payment services answer 402 where the payment itself was declined: that is no matter of this account's plan.
    const business = code === 402 ? businessRefusal(subject.errorText) : undefined
    if (business) {
      const { title, brief, explanation, advice } = businessRefusals[business]
      return {
        confidence: 0.92,
        title,
        brief,
        explanation,
        evidence: [status(subject)],
        fix: { kind: 'advice', text: advice },
      }
    }
    return {
      confidence: 0.92,
      title: code === 402 ? 'The server wants a payment first' : 'The quota of this account is used up',
      brief: code === 402 ? 'Payment required' : 'Quota used up',
      explanation: `${
        code === 402
          ? 'The server refuses until the account is paid for or has credit.'
          : 'The account has used what its plan allows for this period.'
      } Repeating or slowing down does not help${reset === undefined ? '' : `; the next period begins in ${span(reset - received)}`}.`,
      evidence: [status(subject)],
      fix: {
        kind: 'advice',
        text: 'Look at plan and billing of the account behind this credential, or wait for the next period.',
      },
    }
  },
  examples: [
    {
      name: '402',
      fires: true,
      primary: true,
      exchanges: [
        { request: 'POST https://api.test/send', body: {}, status: 402, answer: { message: 'Account has no credit' } },
      ],
      brief: 'Payment required',
    },
    {
      name: 'a declined card',
      fires: true,
      exchanges: [
        {
          request: 'POST https://pay.test/charges',
          body: { amount: 5 },
          status: 402,
          answer: { error: { type: 'card_error', code: 'card_declined', message: 'Your card was declined.' } },
        },
      ],
      brief: 'Payment declined',
    },
    {
      name: 'a used-up monthly quota',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'POST https://api.test/complete',
          body: {},
          status: 429,
          answer: {
            error: {
              code: 'insufficient_quota',
              type: 'insufficient_quota',
              message: 'You exceeded your current quota, please check your plan and billing details.',
            },
          },
        },
      ],
      brief: 'Quota used up',
    },
    {
      name: 'a quota per minute that resets soon',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          status: 429,
          answerHeaders: { 'Retry-After': '20' },
          answer: { error: 'Quota exceeded for requests per minute' },
        },
      ],
    },
    {
      name: 'a 403 about a role',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/billing',
          status: 403,
          answer: { error: 'Only admins may see billing' },
          answerHeaders: { 'Retry-After': '5' },
        },
      ],
    },
    {
      name: 'a monthly report is no monthly quota',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/reports',
          status: 403,
          answer: { error: 'Monthly report is only visible to admins' },
        },
      ],
    },
  ],
}
