// Two fields disagree about where the request ends.
import { requestHeader } from '../../evidence.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const framingConflict: Rule = {
  id: 'header/framing-conflict',
  rank: 1,
  level: 'error',
  title: 'The request is framed in two ways',
  summary:
    'Fires on Content-Length together with Transfer-Encoding, on a Transfer-Encoding whose last coding is not chunked, and on Transfer-Encoding in HTTP/2. Captured traffic only.',
  references: [rfc(9112, '6.1', 'Transfer-Encoding'), rfc(9113, '8.2.2', 'Connection-Specific Header Fields')],
  needs: ['captured', 'transfer-encoding-sent'],
  scope: 'exchange',
  check(subject, context) {
    if (!subject.live) return undefined
    const coding = subject.request.header('transfer-encoding')
    if (coding === undefined) return undefined
    const length = subject.request.header('content-length')
    const isLater = /^[23]/.test(subject.request.httpVersion)
    const isOpen = !/(?:^|,)\s*chunked\s*$/i.test(coding)
    if (length === undefined && !isLater && !isOpen) return undefined
    const what =
      length !== undefined
        ? 'both Content-Length and Transfer-Encoding'
        : isLater
          ? `Transfer-Encoding over HTTP/${subject.request.httpVersion}`
          : `Transfer-Encoding: ${coding}, which does not end in chunked`
    const edit = length !== undefined ? 'Content-Length' : 'Transfer-Encoding'
    return {
      level: subject.status === 400 || subject.failure ? 'error' : 'warning',
      confidence: 0.93,
      brief: 'Framing is contradictory',
      explanation: `The request has ${what}. Where it ends depends on who reads it; that is how requests are smuggled, so strict servers refuse it.`,
      evidence: [
        requestHeader(subject, 'Transfer-Encoding', context),
        ...(length === undefined ? [] : [requestHeader(subject, 'Content-Length', context)]),
      ],
      fix: { kind: 'complete', text: `Send it without ${edit}.`, edits: [{ op: 'remove-header', name: edit }] },
    }
  },
  examples: [
    {
      name: 'both fields',
      fires: true,
      level: 'error',
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: { 'Content-Length': '5', 'Transfer-Encoding': 'chunked', 'Content-Type': 'text/plain' },
          body: 'short',
          status: 400,
        },
      ],
    },
    {
      name: 'chunked alone',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: { 'Transfer-Encoding': 'chunked', 'Content-Type': 'text/plain' },
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
          headers: { 'Content-Length': '5', 'Transfer-Encoding': 'chunked' },
          body: 'short',
          status: 400,
          imported: true,
        },
      ],
    },
  ],
}
