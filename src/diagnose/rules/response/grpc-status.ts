// A gRPC call ended with another status than OK, or with none.
import { responseHeader, responseTrailer } from '../../evidence.ts'
import { grpcStatus } from '../../hidden-error.ts'
import { brief, quoted } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'

const names: readonly (readonly [name: string, text: string])[] = [
  ['OK', ''],
  ['CANCELLED', 'The call was cancelled, usually by the caller.'],
  ['UNKNOWN', 'The server failed in a way it has no code for.'],
  ['INVALID_ARGUMENT', 'An argument is wrong whatever the state of the system.'],
  ['DEADLINE_EXCEEDED', 'The deadline passed before the call was done.'],
  ['NOT_FOUND', 'The thing asked for does not exist.'],
  ['ALREADY_EXISTS', 'The thing to be created exists already.'],
  ['PERMISSION_DENIED', 'The caller is known and may not do this.'],
  ['RESOURCE_EXHAUSTED', 'A quota or a resource is used up.'],
  ['FAILED_PRECONDITION', 'The system is not in the state the call needs.'],
  ['ABORTED', 'A conflict with another call; the whole sequence may be tried again.'],
  ['OUT_OF_RANGE', 'The call went past the valid range.'],
  ['UNIMPLEMENTED', 'The server does not know this method.'],
  ['INTERNAL', 'The server failed inside.'],
  ['UNAVAILABLE', 'The service is not available now; the call may be tried again with a backoff.'],
  ['DATA_LOSS', 'Data was lost or corrupted.'],
  ['UNAUTHENTICATED', 'The call carries no valid credential.'],
]

export const grpcStatusRule: Rule = {
  id: 'response/grpc-status',
  rank: 1,
  level: 'error',
  title: 'The gRPC call failed',
  summary:
    'Fires when grpc-status is not 0, in the trailers or in the fields of an answer without content, or is absent at the end of the stream.',
  references: [{ title: 'gRPC status codes', url: 'https://grpc.io/docs/guides/status-codes/' }],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (subject.exchange.outcome.state !== 'complete') return undefined
    const found = grpcStatus(subject)
    if (!found?.failed || subject.status >= 400) return undefined
    const where = found.at === 'response.trailer' ? responseTrailer : responseHeader
    if (found.status === undefined)
      return {
        brief: 'gRPC status is missing',
        title: 'The gRPC stream ended without a status',
        explanation:
          'A gRPC answer ends with the trailer grpc-status. This one ended without it, so the client cannot know whether the call succeeded: a proxy in between may have dropped the trailers, or the server stopped.',
        evidence: [responseTrailer(subject, 'grpc-status', context)],
        fix: {
          kind: 'advice',
          text: 'Check that everything between client and server speaks HTTP/2 and passes trailers on.',
        },
      }
    const [name, text] = names[Number(found.status)] ?? [`code ${found.status}`, '']
    const message = subject.error?.message
    return {
      confidence: 0.95,
      title: `The gRPC call failed with ${name}`,
      brief: brief(`gRPC ${name}`),
      explanation: `The call ended with status ${found.status} (${name}). ${text}${message ? ` The server says ${quoted(message)}.` : ''}`,
      evidence: [where(subject, 'grpc-status', context), ...(message ? [where(subject, 'grpc-message', context)] : [])],
      fix: {
        kind: 'advice',
        text:
          found.status === '14' || found.status === '4'
            ? 'Try again with a growing pause, or a longer deadline.'
            : 'Mend the call as the message says.',
      },
    }
  },
  examples: [
    {
      name: 'NOT_FOUND in the trailers',
      fires: true,
      primary: true,
      brief: 'gRPC NOT_FOUND',
      exchanges: [
        {
          request: 'POST https://api.test/pkg.Service/Get',
          headers: { 'Content-Type': 'application/grpc' },
          body: '\0\0\0\0\0',
          status: 200,
          answerHeaders: { 'Content-Type': 'application/grpc' },
          trailers: { 'grpc-status': '5', 'grpc-message': 'no%20such%20item' },
        },
      ],
    },
    {
      name: 'OK',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/pkg.Service/Get',
          headers: { 'Content-Type': 'application/grpc' },
          body: '\0\0\0\0\0',
          status: 200,
          answerHeaders: { 'Content-Type': 'application/grpc' },
          answer: '\0\0\0\0\0',
          trailers: { 'grpc-status': '0' },
        },
      ],
    },
    {
      name: 'gRPC-Web carries its trailers in the content',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/s.S/Get',
          headers: { 'Content-Type': 'application/grpc-web+proto' },
          body: 'x',
          status: 200,
          answerHeaders: { 'Content-Type': 'application/grpc-web+proto' },
          answer: 'x',
        },
      ],
    },
  ],
}
