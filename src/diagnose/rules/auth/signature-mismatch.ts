// The request was signed, and the server computed another signature.
import { authEvidence } from '../../auth-failure.ts'
import type { Context } from '../../context.ts'
import { requestHeader } from '../../evidence.ts'
import type { Evidence } from '../../finding.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

const look =
  /signaturedoesnotmatch|invalidsignature|incompletesignature|signature[ _-]?(?:mismatch|is invalid|invalid|verification)|invalid[ _-]signature|bad hmac|invalid hash|hmac (?:mismatch|invalid)/

export const signatureMismatch: Rule = {
  id: 'auth/signature-mismatch',
  rank: 1,
  level: 'error',
  title: 'The signature does not fit the request',
  summary:
    'Fires when the server says that the signature is wrong. Compares what a signature covers – host, content hash, date and signed fields – with what was sent, and says what was changed after signing.',
  references: [
    { title: 'AWS Signature Version 4', url: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html' },
    { title: 'RFC 9421: HTTP Message Signatures', url: 'https://www.rfc-editor.org/rfc/rfc9421' },
  ],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (subject.status >= 500 || !look.test(subject.errorText)) return undefined
    const changed = changes(subject, context)
    return {
      confidence: 0.96,
      brief: changed[0]?.brief ?? 'Signature does not match',
      explanation: `A signature covers the method, the path, the query in its order, the signed fields and a hash of the content. The server computed another one. ${
        changed.length > 0
          ? changed.map(({ text }) => text).join(' ')
          : 'Nothing that can be checked from outside was changed after signing, so the secret, the order of the signed parts or their encoding differs.'
      }`,
      evidence: [...changed.map(({ evidence }) => evidence), ...authEvidence(subject, context)],
      fix: {
        kind: 'advice',
        text: 'Sign the request last, after every field and the content are final, with the secret that belongs to this key id.',
      },
    }
  },
  examples: [
    {
      name: 'an S3 answer',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'PUT https://bucket.api.test/key',
          headers: {
            Authorization:
              'AWS4-HMAC-SHA256 Credential=AKID/20260601/eu/s3/aws4_request, SignedHeaders=host, Signature=abcdef0123456789',
          },
          body: 'x',
          status: 403,
          answerHeaders: { 'Content-Type': 'application/xml' },
          answer:
            '<Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match</Message></Error>',
        },
      ],
    },
    {
      name: 'a 403 without a word about signatures',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: 'Bearer abcdefghijklmn' },
          status: 403,
          answer: { message: 'forbidden' },
        },
      ],
    },
    {
      name: 'a signature field of the content',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/contracts',
          headers: { Authorization: 'Bearer abcdefghijklmnopqr' },
          body: { signature: 'x' },
          status: 422,
          answer: { message: 'Signature image is too small' },
        },
      ],
    },
  ],
}

type Change = { readonly brief: string; readonly text: string; readonly evidence: Evidence }

function changes(subject: Subject, context: Context): Change[] {
  const found: Change[] = []
  const authorization = subject.request.header('authorization') ?? ''
  const declared = subject.request.header('x-amz-content-sha256')
  if (
    declared &&
    /^[0-9a-f]{64}$/.test(declared) &&
    !subject.request.truncated &&
    context.hash(subject.request.wire ?? subject.request.octets) !== declared
  )
    found.push({
      brief: 'Content changed since sign',
      text: 'X-Amz-Content-Sha256 is not the hash of the content that was sent.',
      evidence: requestHeader(subject, 'x-amz-content-sha256', context),
    })
  const date = subject.request.header('x-amz-date')
  const scope = /Credential=[^/,\s]+\/(\d{8})\//.exec(authorization)?.[1]
  if (date && scope && !date.startsWith(scope))
    found.push({
      brief: 'Signing date differs',
      text: `The credential scope says ${scope}, X-Amz-Date says ${date.slice(0, 8)}.`,
      evidence: requestHeader(subject, 'x-amz-date', context),
    })
  const signed = /SignedHeaders=([^,\s]+)/.exec(authorization)?.[1]?.split(';') ?? []
  for (const name of signed)
    if (subject.request.header(name) === undefined && name !== 'host' && subject.live)
      found.push({
        brief: 'A signed field is missing',
        text: `The signature covers ${name}, which was not sent.`,
        evidence: requestHeader(subject, name, context),
      })
  const host = subject.request.header('host')
  if (host && subject.url && host.toLowerCase() !== subject.url.host)
    found.push({
      brief: 'Host changed since signing',
      text: `Host is ${host}, the URL goes to ${subject.url.host}.`,
      evidence: requestHeader(subject, 'host', context),
    })
  return found
}
