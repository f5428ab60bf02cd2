// The idempotency key is missing, in use, or was used for something else.
import { requestHeader, status } from '../../evidence.ts'
import type { Fix } from '../../finding.ts'
import type { Rule } from '../../rule.ts'

/** Stripe: "Keys for idempotent requests can only be used with the same parameters they were first used with." */
const usedBefore = /different|mismatch|another|reuse|not match|same (?:param|payload|body|request)|first used/

export const idempotencyKeyProblem: Rule = {
  id: 'header/idempotency-key-problem',
  rank: 1,
  level: 'error',
  title: 'The server objects to the idempotency key',
  summary:
    'Fires on 400, 409 and 422 whose words are about idempotency: the key is required, its first request is still running, or it came with another body before.',
  references: [
    {
      title: 'The Idempotency-Key HTTP Header Field (draft)',
      url: 'https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/',
    },
  ],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (![400, 409, 422].includes(subject.status) || !/idempoten/.test(subject.errorText)) return undefined
    const key = subject.request.header('idempotency-key')
    const isRunning =
      /progress|processing|concurrent/.test(subject.errorText) ||
      (!usedBefore.test(subject.errorText) && (subject.status === 409 || subject.errorText.includes('in use')))
    const earlier = context.ofOrigin.findLast(
      (past) =>
        key !== undefined &&
        past.exchange.request.headers.some(
          (line) => line.name.toLowerCase() === 'idempotency-key' && line.value === key,
        ),
    )
    const made = `${context.hash(`${subject.id} ${key ?? ''}`).slice(0, 32)}`
    const fix: Fix =
      key !== undefined && isRunning
        ? { kind: 'advice', text: 'Wait until the first request has been answered, then ask again with the same key.' }
        : {
            kind: 'complete',
            text:
              key === undefined ? 'Send a key that is new for this operation.' : 'Use a new key for another operation.',
            edits: [{ op: 'set-header', name: 'Idempotency-Key', value: made }],
          }
    return {
      confidence: 0.95,
      brief:
        key === undefined
          ? 'Idempotency-Key missing'
          : fix.kind === 'advice'
            ? 'Key still in progress'
            : 'Key used before',
      explanation:
        key === undefined
          ? 'The server wants a key by which it can tell a repeat from a new request, and none was sent.'
          : fix.kind === 'advice'
            ? 'A request with this key is still being worked on.'
            : 'This key was used before with another request. A key belongs to one operation, with one body.',
      evidence: [status(subject), requestHeader(subject, 'Idempotency-Key', context)],
      ...(earlier ? { related: [earlier.id] } : {}),
      fix,
    }
  },
  examples: [
    {
      name: 'a key used with another body',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'POST https://api.test/pay',
          headers: { 'Idempotency-Key': 'k1' },
          body: { a: 2 },
          status: 422,
          answer: { message: 'Idempotency key was used with different parameters' },
        },
      ],
    },
    {
      name: 'a 409 that speaks of the first parameters',
      fires: true,
      primary: true,
      fix: 'complete',
      brief: 'Key used before',
      exchanges: [
        {
          request: 'POST https://api.test/pay',
          headers: { 'Idempotency-Key': 'k1' },
          body: { a: 2 },
          status: 409,
          answer: {
            error: {
              message: 'Idempotent requests can only be used with the same parameters they were first used with.',
            },
          },
        },
      ],
    },
    {
      name: 'a 409 while the first request runs',
      fires: true,
      primary: true,
      fix: 'advice',
      brief: 'Key still in progress',
      exchanges: [
        {
          request: 'POST https://api.test/pay',
          headers: { 'Idempotency-Key': 'k1' },
          body: { a: 2 },
          status: 409,
          answer: { message: 'There is currently another in-progress request using this idempotent key' },
        },
      ],
    },
    {
      name: 'another 422',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/pay',
          headers: { 'Idempotency-Key': 'k1' },
          body: { a: 2 },
          status: 422,
          answer: { message: 'amount too small' },
        },
      ],
    },
  ],
}
