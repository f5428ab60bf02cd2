// Content-Encoding and the request body disagree about compression.
import { requestHeader } from '../../evidence.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

const compressed = /gzip|zip|x-tar|octet-stream|zstd|protobuf/

export const encodingMismatch: Rule = {
  id: 'header/encoding-mismatch',
  rank: 1,
  level: 'error',
  title: 'Content-Encoding does not describe the body',
  summary:
    'Fires on a failure whose request declares a coding its body is not in, or whose body is gzip without saying so. Captured traffic only.',
  references: [rfc9110('8.4', 'Content-Encoding')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const { request } = subject
    if (!subject.live || request.octets.length === 0 || request.truncated) return undefined
    const coding = request.header('content-encoding')
    const wire = request.wire ?? request.octets
    const isGzip = wire[0] === 0x1f && wire[1] === 0x8b
    const broken =
      coding !== undefined &&
      (request.decodeError !== undefined ||
        (/^\s*(?:x-)?gzip\s*$/i.test(coding) && !isGzip && request.wire === undefined))
    const undeclared = coding === undefined && isGzip && !compressed.test(request.mediaType)
    if (!broken && !undeclared) return undefined
    return {
      confidence: 0.95,
      brief: broken ? `Body is not ${coding}`.slice(0, 26) : 'gzip not declared',
      explanation: broken
        ? `Content-Encoding says ${coding}; the body is not in that coding.`
        : 'The body is compressed with gzip, and no Content-Encoding says so.',
      evidence: [
        requestHeader(subject, 'Content-Encoding', context),
        {
          location: { at: 'request.body' },
          value: `begins ${[...wire.subarray(0, 4)].map((octet) => octet.toString(16).padStart(2, '0')).join(' ')}`,
        },
      ],
      fix: {
        kind: 'complete',
        text: broken ? 'Send it without Content-Encoding.' : 'Declare the coding.',
        edits: broken
          ? [{ op: 'remove-header', name: 'Content-Encoding' }]
          : [{ op: 'set-header', name: 'Content-Encoding', value: 'gzip' }],
      },
    }
  },
  examples: [
    {
      name: 'gzip declared, plain sent',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        { request: 'POST https://api.test/a', headers: { 'Content-Encoding': 'gzip' }, body: { a: 1 }, status: 400 },
      ],
    },
    {
      name: 'an uploaded archive',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: { 'Content-Type': 'application/gzip' },
          body: Uint8Array.from([0x1f, 0x8b, 8, 0]),
          status: 400,
        },
      ],
    },
  ],
}
