// The answer declares a content coding it is not in.

import { endsEarly } from '../../ends-early.ts'
import { responseHeader } from '../../evidence.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

const signatures: Readonly<Record<string, readonly number[]>> = {
  gzip: [0x1f, 0x8b],
  'x-gzip': [0x1f, 0x8b],
  zstd: [0x28, 0xb5],
}

export const contentEncodingInvalid: Rule = {
  id: 'response/content-encoding-invalid',
  rank: 1,
  level: 'error',
  title: 'The answer is not in the coding it declares',
  summary:
    'Fires when Content-Encoding of the answer names a coding and the bytes do not decode. Captured traffic only: imports keep the field over decoded bodies.',
  references: [rfc9110('8.4', 'Content-Encoding')],
  needs: ['captured', 'content-encoding'],
  scope: 'exchange',
  check(subject, context) {
    const { response } = subject
    if (
      !subject.live ||
      !response ||
      response.content.kept !== 'whole' ||
      subject.exchange.outcome.state !== 'complete'
    )
      return undefined
    const coding = response.header('content-encoding')?.trim().toLowerCase()
    if (coding === undefined || coding === '' || coding === 'identity' || subject.method === 'HEAD') return undefined
    const wire = response.wire ?? (response.octets.length === response.content.bodySize ? response.octets : undefined)
    const signature = signatures[coding]
    const isNot =
      wire !== undefined &&
      signature !== undefined &&
      response.wire === undefined &&
      signature.some((octet, index) => wire[index] !== octet)
    if (response.decodeError === undefined && !isNot) return undefined
    // A stream that begins well and ends early was cut: response/truncated-body.
    if (response.decodeError !== undefined && endsEarly(response.decodeError)) return undefined
    return {
      confidence: 0.95,
      brief: `Answer is not ${coding}`.slice(0, 26),
      explanation: `Content-Encoding says ${coding}, and the body cannot be decoded as that${response.decodeError ? ` (${response.decodeError})` : ''}. Clients that believe the field show garbage or fail.`,
      evidence: [
        responseHeader(subject, 'Content-Encoding', context),
        {
          location: { at: 'response.body' },
          value: `begins ${[...(wire ?? response.octets).subarray(0, 4)].map((octet) => octet.toString(16).padStart(2, '0')).join(' ')}`,
        },
      ],
      fix: {
        kind: 'complete',
        text: 'Ask for an answer without compression.',
        edits: [{ op: 'set-header', name: 'Accept-Encoding', value: 'identity' }],
      },
    }
  },
  examples: [
    {
      name: 'gzip declared over plain text',
      fires: true,
      level: 'error',
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 200,
          answerHeaders: { 'Content-Encoding': 'gzip', 'Content-Type': 'text/plain' },
          answer: 'plain',
        },
      ],
    },
    {
      name: 'an import',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 200,
          answerHeaders: { 'Content-Encoding': 'gzip', 'Content-Type': 'text/plain' },
          answer: 'plain',
          imported: true,
        },
      ],
    },
  ],
}
