// A POST or PATCH was repeated although the first attempt may have taken effect.
import { inSession } from '../../evidence.ts'
import { asObject } from '../../json-value.ts'
import type { Past } from '../../past.ts'
import { clock } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'
import { failureName } from '../../transient.ts'

const unsure = new Set([500, 502, 503, 504, 520, 522, 524])
const soon = 300_000

export const nonIdempotent: Rule = {
  id: 'retry/non-idempotent',
  rank: 2,
  level: 'warning',
  title: 'A POST was repeated that may have taken effect',
  summary:
    'Fires when a POST or PATCH is repeated unchanged after a time limit, a broken connection or a 502, 503 or 504, without an idempotency key. It may run twice.',
  references: [
    rfc9110('9.2.2', 'Idempotent Methods'),
    {
      title: 'The Idempotency-Key field (draft)',
      url: 'https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/',
    },
  ],
  needs: ['unsafe-method', 'same-request-failed'],
  scope: 'group',
  check(subject, context) {
    if ((subject.method !== 'POST' && subject.method !== 'PATCH') || guarded(subject)) return undefined
    const before = context.sameRequest.at(-1)
    if (!before || subject.time - before.end > soon || !mayHaveRun(before)) return undefined
    const twice = context.sameRequest.find((past) => past.outcome === 'success' && past.time > before.time - soon)
    const created = subject.outcome.is === 'success' ? createdId(subject) : undefined
    return {
      title: `This ${subject.method} was repeated after ${failureName(before)}, without an idempotency key`,
      brief: 'May have run twice',
      explanation: `The attempt at ${clock(before.time)} ended with ${failureName(before)}, which does not tell whether the server had carried it out. It was sent again unchanged, and nothing in it lets the server recognise the repetition, so it may run twice.${
        twice?.created && created
          ? ` Both created something: ${twice.created.slice(0, 60)} and ${created.slice(0, 60)}.`
          : ''
      }`,
      evidence: [inSession(`${clock(before.time)} ${failureName(before)}`, before.id)],
      related: [before.id],
      fix: {
        kind: 'template',
        text: 'Give each intended action one Idempotency-Key and repeat it with the same key, if the API supports that; else check before repeating.',
        edits: [{ op: 'set-header', name: 'Idempotency-Key', value: '{{one key for this action}}' }],
      },
    }
  },
  examples: [
    {
      name: 'a payment repeated after 504',
      fires: true,
      exchanges: [
        { request: 'POST https://api.test/payments', body: { amount: 5 }, status: 504 },
        { request: 'POST https://api.test/payments', body: { amount: 5 }, status: 201, answer: { id: 9 } },
      ],
      level: 'warning',
      brief: 'May have run twice',
      fix: 'template',
    },
    {
      name: 'repeated after the connection broke',
      fires: true,
      exchanges: [
        {
          request: 'POST https://api.test/payments',
          body: { amount: 5 },
          failure: { phase: 'response', code: 'ECONNRESET' },
        },
        { request: 'POST https://api.test/payments', body: { amount: 5 }, status: 201, answer: { id: 9 } },
      ],
    },
    {
      name: 'with an idempotency key',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/payments',
          headers: { 'Idempotency-Key': 'k1' },
          body: { amount: 5 },
          status: 504,
        },
        {
          request: 'POST https://api.test/payments',
          headers: { 'Idempotency-Key': 'k1' },
          body: { amount: 5 },
          status: 201,
          answer: { id: 9 },
        },
      ],
    },
    {
      name: 'the first attempt never reached the server',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/payments',
          body: { amount: 5 },
          failure: { phase: 'connect', code: 'ECONNREFUSED' },
        },
        { request: 'POST https://api.test/payments', body: { amount: 5 }, status: 201, answer: { id: 9 } },
      ],
    },
    {
      name: 'a PUT may be repeated',
      fires: false,
      exchanges: [
        { request: 'PUT https://api.test/items/1', body: { a: 1 }, status: 504 },
        { request: 'PUT https://api.test/items/1', body: { a: 1 }, status: 200, answer: {} },
      ],
    },
  ],
}

/** Something by which the server can tell a repetition from a second action. */
function guarded(subject: Subject): boolean {
  const keys =
    /^(?:x-)?(?:idempotency-key|idempotency-token|request-id|client-request-id|paypal-request-id|transaction-id)$/i
  if (subject.request.headers.some((line) => keys.test(line.name))) return true
  const body = asObject(subject.request.value) ?? {}
  return Object.keys(body).some((name) =>
    /^(?:client_?token|request_?id|idempotency_?(?:key|token)|dedup\w*|nonce)$/i.test(name),
  )
}

/** Before the request was sent nothing can have happened. */
function mayHaveRun(past: Past): boolean {
  const { outcome } = past.exchange
  if (outcome.state === 'failed') {
    const { phase } = outcome.failure
    return phase === 'request' || phase === 'response' || phase === 'client'
  }
  return unsure.has(past.status)
}

function createdId(subject: Subject): string | undefined {
  const id = asObject(subject.response?.value)?.id
  return (
    subject.response?.header('location') ?? (typeof id === 'string' || typeof id === 'number' ? String(id) : undefined)
  )
}
