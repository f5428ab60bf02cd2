// The request is right and allowed; the server declines it because of money or stock.
import { businessRefusal, businessRefusals } from '../../business-refusal.ts'
import { requestLine, status } from '../../evidence.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

/** Statuses by which such refusals come; 402 says it by itself (ratelimit/quota-exhausted), and so does a 2xx (response/error-in-success). */
const refusals = new Set([400, 403, 409, 412, 417, 422])

export const businessRefusalRule: Rule = {
  id: 'request/business-refusal',
  rank: 1,
  level: 'error',
  title: 'The server declined for a reason of its business',
  summary:
    'Fires on 400, 403, 409, 412, 417 and 422 whose words speak of a declined payment, missing funds or missing stock. It is told apart from permissions and invalid requests, since neither has to change.',
  references: [rfc9110('15.5', 'Client Error 4xx')],
  on: 'failure',
  needs: ['response-body'],
  scope: 'exchange',
  check(subject, context) {
    const { status: code } = subject
    if (!refusals.has(code)) return undefined
    const kind = businessRefusal(subject.errorText)
    if (!kind) return undefined
    const { title, brief, explanation, advice } = businessRefusals[kind]
    return {
      confidence: 0.92,
      title,
      brief,
      explanation,
      evidence: [status(subject), requestLine(subject, context)],
      fix: { kind: 'advice', text: advice },
    }
  },
  examples: [
    {
      name: 'a declined card told by 403',
      fires: true,
      primary: true,
      brief: 'Payment declined',
      exchanges: [
        {
          request: 'POST https://pay.test/payments',
          headers: { Authorization: 'Bearer abcdefghijklmnopqr' },
          body: { amount: 5 },
          status: 403,
          answer: { error: 'card_declined', message: 'card_declined: insufficient funds' },
        },
      ],
    },
    {
      name: 'an empty account told by 400',
      fires: true,
      primary: true,
      brief: 'Not enough funds',
      exchanges: [
        {
          request: 'POST https://pay.test/transfers',
          headers: { Authorization: 'Bearer abcdefghijklmnopqr' },
          body: { amount: 5 },
          status: 400,
          answer: { code: 'INSUFFICIENT_BALANCE', message: 'Balance is too low' },
        },
      ],
    },
    {
      name: 'nothing left to sell',
      fires: true,
      primary: true,
      brief: 'Out of stock',
      exchanges: [
        {
          request: 'POST https://shop.test/orders',
          body: { sku: 'a', quantity: 5 },
          status: 422,
          answer: { error: 'Product a is out of stock' },
        },
      ],
    },
    {
      name: 'a permission that is insufficient',
      fires: false,
      exchanges: [
        {
          request: 'POST https://pay.test/payments',
          headers: { Authorization: 'Bearer abcdefghijklmnopqr' },
          body: { amount: 5 },
          status: 403,
          answer: { message: 'Insufficient permissions to create a card' },
        },
      ],
    },
    {
      name: 'a declined payment that is read',
      fires: false,
      exchanges: [
        {
          request: 'GET https://pay.test/payments/7',
          status: 200,
          answer: { id: 7, status: 'declined', message: 'card_declined' },
        },
      ],
    },
  ],
}
