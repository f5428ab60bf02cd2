// The request announces another length than it has.
import { requestHeader } from '../../evidence.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const contentLengthMismatch: Rule = {
  id: 'header/content-length-mismatch',
  rank: 1,
  level: 'error',
  title: 'Content-Length is not the length of the body',
  summary:
    'Fires when the request’s Content-Length differs from the bytes that came. Captured traffic only: imports keep lengths of bodies that were decoded since.',
  references: [rfc(9112, '6.3', 'Message Body Length')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const declared = subject.request.header('content-length')
    if (!subject.live || declared === undefined || !/^\d+$/.test(declared.trim()) || subject.exchange.kind !== 'http')
      return undefined
    const { content } = subject.request
    if (content.kept === 'none' && content.why !== 'empty') return undefined
    const length = content.bodySize
    if (Number(declared) === length || subject.request.header('transfer-encoding') !== undefined) return undefined
    // An answer that came early ends the upload on purpose.
    if (subject.status >= 400 && subject.status !== 400 && subject.status !== 408) return undefined
    const short = length < Number(declared)
    return {
      confidence: 0.94,
      brief: 'Content-Length is wrong',
      explanation: `The field announces ${declared} bytes, ${length} came. ${short ? 'The server waits for the rest until one side gives up.' : 'What follows is read as the next request.'}`,
      evidence: [requestHeader(subject, 'Content-Length', context)],
      fix: {
        kind: 'complete',
        text: `Leave the length to the HTTP library, which sends ${length}.`,
        edits: [{ op: 'set-header', name: 'Content-Length', value: String(length) }],
      },
    }
  },
  examples: [
    {
      name: 'a length that is too large',
      fires: true,
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: { 'Content-Length': '100', 'Content-Type': 'text/plain' },
          body: 'short',
          status: 400,
        },
      ],
    },
    {
      name: 'the right length',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: { 'Content-Length': '5', 'Content-Type': 'text/plain' },
          body: 'short',
          status: 400,
        },
      ],
    },
    {
      name: 'an import',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: { 'Content-Length': '100', 'Content-Type': 'text/plain' },
          body: 'short',
          status: 400,
          imported: true,
        },
      ],
    },
    {
      name: 'HEAD tells the length of what GET would answer',
      fires: false,
      exchanges: [{ request: 'HEAD https://api.test/a', status: 200, answerHeaders: { 'Content-Length': '1000' } }],
    },
  ],
}
