// The answer began and did not arrive whole.

import { endsEarly } from '../../ends-early.ts'
import { onConnection, responseHeader, status } from '../../evidence.ts'
import { size } from '../../phrases.ts'
import { rfc, rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const truncatedBody: Rule = {
  id: 'response/truncated-body',
  rank: 1,
  level: 'error',
  title: 'The answer was cut off',
  summary:
    'Fires when the connection ended before the announced length, before the last chunk or in the middle of an HTTP/2 stream. Says how much came and who closed. Captured traffic only.',
  references: [rfc(9112, '8', 'Handling Incomplete Messages'), rfc9110('6.4', 'Content')],
  needs: ['captured'],
  scope: 'exchange',
  check(subject, context) {
    const { response, failure } = subject
    if (!subject.live || !response || subject.exchange.kind !== 'http') return undefined
    const declared = response.header('content-length')
    const came = response.content.bodySize
    const isShort =
      declared !== undefined &&
      /^\d+$/.test(declared) &&
      came < Number(declared) &&
      subject.method !== 'HEAD' &&
      subject.status !== 304 &&
      (response.content.kept !== 'none' || response.content.why === 'empty')
    const coding = response.header('content-encoding')
    const isCutInside = response.decodeError !== undefined && endsEarly(response.decodeError)
    if (!failure && isCutInside && subject.exchange.outcome.state === 'complete') {
      return {
        confidence: 0.96,
        title: `The ${coding ?? 'compressed'} stream ends early`,
        brief: 'Answer was cut off',
        explanation: `The answer arrived as long as it was announced, but the ${coding ?? 'compressed'} stream in it breaks off (${response.decodeError}): the server, or a cache before it, sent a part and took it for the whole.`,
        evidence: [responseHeader(subject, 'Content-Encoding', context), status(subject)],
        fix: {
          kind: 'advice',
          text: 'Send it again; if it breaks off each time, empty the cache in front of the server or look at what writes the stream.',
        },
      }
    }
    if (!failure) {
      // A whole exchange whose length is short came from a server that said more than it sent.
      if (!isShort || subject.exchange.outcome.state !== 'complete') return undefined
    } else if (failure.phase !== 'response' && failure.phase !== 'request') return undefined
    // A body can only be cut once it began, or once its length was announced.
    if (
      failure &&
      came === 0 &&
      !isShort &&
      declared === undefined &&
      response.header('transfer-encoding') === undefined &&
      !response.httpVersion.startsWith('2')
    )
      return undefined
    const timeout = /TIMEOUT|TIMEDOUT/.test(failure?.code ?? '')
    const who = timeout ? 'nothing more came for a long time' : 'the server’s side closed the connection'
    return {
      confidence: 0.96,
      title: `The answer was cut off after ${size(came)}`,
      brief: 'Answer was cut off',
      explanation: `The status and ${size(came)}${declared === undefined ? '' : ` of ${size(Number(declared))}`} arrived, then ${who}. What came is a part: it must not be taken for the whole.`,
      evidence: [
        status(subject),
        ...(failure ? [onConnection(`${failure.code}: ${failure.message}`)] : []),
        declared === undefined
          ? responseHeader(subject, 'Transfer-Encoding', context)
          : responseHeader(subject, 'Content-Length', context),
      ],
      fix: {
        kind: 'advice',
        text: ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'].includes(subject.method)
          ? 'Send it again; if it is cut at the same place, the server fails while writing.'
          : 'Check first whether the operation took effect; then decide whether to repeat it.',
      },
    }
  },
  examples: [
    {
      name: 'reset in the middle of the body',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 200,
          answerHeaders: { 'Content-Length': '1000', 'Content-Type': 'text/plain' },
          answer: 'the beginning',
          failure: { phase: 'response', code: 'ECONNRESET' },
        },
      ],
    },
    {
      name: 'a HEAD answer has no body',
      fires: false,
      exchanges: [{ request: 'HEAD https://api.test/a', status: 200, answerHeaders: { 'Content-Length': '1000' } }],
    },
    {
      name: 'an import with the length of the compressed body',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 200,
          answerHeaders: { 'Content-Length': '1000' },
          answer: 'x',
          imported: true,
        },
      ],
    },
  ],
}
