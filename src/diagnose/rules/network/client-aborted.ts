// The client itself went away: early, or in the middle of the response.

import { isRecordCutOff, wasCancelled } from '../../cancelled.ts'
import { onTiming } from '../../evidence.ts'
import { failureCause, failureEvidence } from '../../failure-cause.ts'
import { brief, span } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'

export const clientAborted: Rule = {
  id: 'network/client-aborted',
  rank: 3,
  level: 'note',
  title: 'The client closed the connection first',
  summary:
    'Fires when the client hangs up before 5 s have passed, or in the middle of a response: a cancelled request, a closed page, a process that ended. Nothing is wrong with the API.',
  references: [{ title: 'RFC 9112 §9.6: Tear-down', url: 'https://www.rfc-editor.org/rfc/rfc9112#section-9.6' }],
  needs: ['network-failure'],
  scope: 'exchange',
  check(subject) {
    if (failureCause(subject) !== 'client-gone' || !wasCancelled(subject)) return undefined
    const waited = subject.duration ?? 0
    const code = subject.failure?.code ?? ''
    if (code === 'NOT_SENT')
      return {
        title: 'This request has not been sent yet',
        brief: 'Not sent yet',
        explanation: 'It was imported from a file that holds a request and no answer to it.',
        evidence: failureEvidence(subject),
        fix: { kind: 'advice', text: 'Replay it to see what the API answers.' },
      }
    if (isRecordCutOff(code)) {
      if (code === 'UNFINISHED')
        return {
          title: 'This exchange ran on when it was exported',
          brief: 'Exported while it ran',
          explanation: 'It had not ended when the file was written, so the record breaks off here. Nobody is at fault.',
          evidence: failureEvidence(subject),
        }
      return {
        title: 'Telltale was stopped while this exchange ran',
        brief: 'Recording was stopped',
        explanation:
          'The exchange had not ended when Telltale was stopped, so the record breaks off here. Neither the client nor the API is at fault.',
        evidence: failureEvidence(subject),
      }
    }
    const received = subject.response?.content.bodySize ?? 0
    return {
      title: `The client hung up after ${span(waited)}`,
      brief: brief(`Client hung up, ${span(waited)}`),
      explanation: `The client closed the connection ${
        subject.response ? `after ${received} bytes of the response had passed` : 'before the response began'
      }: it was cancelled, its page was closed, or its process ended. The API had no part in it.`,
      evidence: [onTiming(`client closed after ${span(waited)}`), ...failureEvidence(subject)],
      fix: {
        kind: 'advice',
        text: 'Nothing to do if the cancellation was meant; else look at the client’s own time limit and error log.',
      },
    }
  },
  examples: [
    {
      name: 'cancelled after 300 ms',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/search', failure: { phase: 'client', code: 'CLIENT_CLOSED' }, took: 300 },
      ],
      level: 'note',
    },
    {
      name: 'cancelled in the middle of a download',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/file',
          status: 200,
          answer: 'abc',
          failure: { phase: 'client', code: 'CLIENT_CLOSED' },
          took: 9000,
        },
      ],
    },
    {
      name: 'a request imported without an answer has not failed',
      fires: true,
      exchanges: [{ request: 'POST https://api.test/orders', failure: { phase: 'request', code: 'NOT_SENT' } }],
      level: 'note',
    },
    {
      name: 'exported while it ran',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/events', failure: { phase: 'response', code: 'UNFINISHED' } }],
      level: 'note',
    },
    {
      name: 'gave up after a long wait is a timeout',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/search', failure: { phase: 'client', code: 'CLIENT_CLOSED' }, took: 30_000 },
      ],
    },
    {
      name: 'the origin closed the connection',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/search', failure: { phase: 'response', code: 'ECONNRESET' } }],
    },
  ],
}
