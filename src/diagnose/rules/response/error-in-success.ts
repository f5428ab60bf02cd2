// HTTP says success, the body says failure.

import { isAuthFailure } from '../../auth-failure.ts'
import { businessRefusal, businessRefusals } from '../../business-refusal.ts'
import { bodyMember, bodyPosition, status } from '../../evidence.ts'
import { hiddenError } from '../../hidden-error.ts'
import { valueAt } from '../../json-value.ts'
import { brief, quoted } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import { streamError } from '../../stream-error.ts'
import type { Subject } from '../../subject.ts'
import { words } from '../../word-lists.ts'

export const errorInSuccess: Rule = {
  id: 'response/error-in-success',
  rank: 1,
  level: 'error',
  title: 'The status says success, the body says failure',
  summary:
    'Fires on a 2xx whose body reports a failure by its structure: a false success flag, a failing status word or error number, a non-empty error, or a result code unlike nearly all earlier ones of the origin. The word “error” alone proves nothing; a body that says it succeeded did.',
  references: [rfc9110('15.3', 'Successful 2xx')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (subject.outcome.by !== 'body') return undefined
    // Result codes learned from earlier answers were judged with the outcome; the structure is judged again here.
    const hidden = hiddenError(subject)
    const streamed = streamError(subject)
    const pointer = hidden?.pointer ?? subject.outcome.pointer ?? ''
    const said = subject.error?.message ?? subject.error?.code
    const marker = hidden?.marker ?? 'its result code is unlike that of nearly all earlier answers'
    return {
      // Where the answer is about who asks, auth/* names the cause, and this only where it hid.
      ...(isAuthFailure(subject) ? { rank: 4 as const } : {}),
      confidence: Math.min(0.85, subject.outcome.confidence),
      title: streamed ? 'The stream ends in an error' : `HTTP ${subject.status}, but the API reports a failure`,
      brief: brief(said ? `${subject.status}: ${said.replace(/\s+/g, ' ')}` : `${subject.status}, error in the body`),
      explanation: `The status is ${subject.status}, ${streamed ? 'sent before anything had gone wrong' : 'so HTTP clients take it for a success'}; in the ${streamed ? 'stream' : 'body'} ${marker}.${said ? ` The API says ${quoted(said)}.` : ''}${kind(subject)}`,
      evidence: [
        status(subject),
        streamed
          ? bodyPosition('response.body', { line: streamed.line, column: 1 }, streamed.data)
          : bodyMember('response.body', pointer, valueAt(subject.response?.value, pointer), context),
      ],
      fix: {
        kind: 'advice',
        text: streamed
          ? 'Read error events in the client, take what came before as incomplete, and repeat the call where the message says that it may pass.'
          : 'Check this member of the body in the client, not only the status; then mend what the message names.',
      },
    }
  },
  examples: [
    {
      name: 'ok is false',
      fires: true,
      primary: true,
      exchanges: [
        { request: 'POST https://api.test/post', status: 200, answer: { ok: false, error: 'channel_is_archived' } },
      ],
    },
    {
      name: 'a non-empty error object',
      fires: true,
      primary: true,
      exchanges: [
        { request: 'GET https://api.test/a', status: 200, answer: { error: { code: 17, message: 'no such zone' } } },
      ],
    },
    {
      name: 'a result code that never came before',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/a/{n}', status: 200, answer: { code: 1000, msg: 'fine', data: {} }, times: 6 },
        { request: 'GET https://api.test/a/7', status: 200, answer: { code: 2400, msg: 'command failed' } },
      ],
    },
    {
      name: 'a stream that ends in an error event',
      fires: true,
      primary: true,
      brief: '200: Overloaded',
      exchanges: [
        {
          request: 'POST https://api.test/v1/messages',
          status: 200,
          answerHeaders: { 'Content-Type': 'text/event-stream' },
          answer:
            'event: delta\ndata: {"text":"Hel"}\n\nevent: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n',
        },
      ],
    },
    {
      name: 'a stream of data whose last piece is an error, and its closing mark',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'POST https://api.test/v1/chat/completions',
          status: 200,
          answerHeaders: { 'Content-Type': 'text/event-stream; charset=utf-8' },
          answer:
            'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: {"error":{"message":"The server had an error","type":"server_error"}}\n\ndata: [DONE]\n\n',
        },
      ],
    },
    {
      name: 'a stream that tells of an error and goes on',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/jobs/events',
          status: 200,
          answerHeaders: { 'Content-Type': 'text/event-stream' },
          answer: 'event: error\ndata: {"job":7}\n\nevent: done\ndata: {"job":8}\n\n',
        },
      ],
    },
    {
      name: 'success with a message called error',
      fires: false,
      exchanges: [
        {
          request: 'DELETE https://api.test/a',
          status: 200,
          answer: { success: true, error: 'Record successfully deleted' },
        },
      ],
    },
    {
      name: 'an empty list of errors',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/a', status: 200, answer: { errors: [], data: { id: 1 } } }],
    },
    {
      name: 'an error object that says nothing',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/a', status: 200, answer: { error: { message: null }, id: 3 } }],
    },
    {
      name: 'a job that failed, read with success',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/jobs/7',
          status: 200,
          answer: { id: 7, status: 'failed', message: 'disk full' },
        },
      ],
    },
    {
      name: 'texts to be shown',
      fires: false,
      exchanges: [
        {
          request: 'GET https://app.test/locales/en.json',
          status: 200,
          answer: { error: 'Something went wrong', save: 'Save' },
        },
      ],
    },
  ],
}

/** What the words make of it (catalogue 1.11). */
function kind(subject: Subject): string {
  const text = subject.errorText
  const business = businessRefusal(text)
  if (business) return ` ${businessRefusals[business].explanation}`
  if (words.authn.test(text)) return ' It is about the credential.'
  if (words.rate.test(text)) return ' It is a rate limit.'
  if (words.conflict.test(text)) return ' The thing exists already.'
  if (words.notFound.test(text)) return ' Something it refers to does not exist.'
  return words.authz.test(text) ? ' It is about permissions.' : ''
}
