// The request was signed, and the server computed another signature.
import { authEvidence } from '../../auth-failure.ts'
import type { Context } from '../../context.ts'
import { requestHeader, status } from '../../evidence.ts'
import type { Evidence } from '../../finding.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

const look =
  /signaturedoesnotmatch|invalidsignature|incompletesignature|signatures?[ _-]?(?:(?:do(?:es)? not|did(?: not|n't)|doesn't) match|mismatch|is invalid|invalid|verification)|(?:no|invalid|bad|wrong|incorrect)[ _-](?:webhook )?signatures?\b|signatures? found matching|bad hmac|invalid hash|hmac (?:mismatch|invalid|verification)/
/** Stripe, Slack and Standard Webhooks sign the time as well. */
const stale = /timestamp (?:is )?(?:outside|too old|too far|expired|invalid)|(?:message|request) timestamp too/
/** Where the signature of a webhook stands: X-Hub-Signature-256, Stripe-Signature, X-Shopify-Hmac-Sha256. */
const signatureField = /(?:^|-)(?:signature|hmac)(?:-|$)/

export const signatureMismatch: Rule = {
  id: 'auth/signature-mismatch',
  rank: 1,
  level: 'error',
  title: 'The signature does not fit the request',
  summary:
    'Fires when the server says that the signature, of a request or of a webhook, is wrong or too old. Compares what a signature covers – host, content hash, date and signed fields – with what was sent, and says what was changed after signing.',
  references: [
    { title: 'AWS Signature Version 4', url: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html' },
    { title: 'RFC 9421: HTTP Message Signatures', url: 'https://www.rfc-editor.org/rfc/rfc9421' },
  ],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const field = subject.request.headers.find(({ name }) => signatureField.test(name.toLowerCase()))
    const isStale = field !== undefined && stale.test(subject.errorText)
    if (subject.status >= 500 || !(isStale || look.test(subject.errorText))) return undefined
    const shown = field
      ? [status(subject), requestHeader(subject, field.name, context)]
      : authEvidence(subject, context)
    if (isStale)
      return {
        confidence: 0.96,
        title: 'The signature is too old for the receiver',
        brief: 'Signature is too old',
        explanation: `${field.name} holds the time of signing as well, and the receiver takes no signature from so long ago, or from a clock that is so far off: that is how it keeps recordings from being sent again.`,
        evidence: shown,
        fix: {
          kind: 'advice',
          text: 'Sign anew right before sending; a webhook that was captured before cannot be replayed as it is. If it was just signed, set the clocks of both machines by NTP.',
        },
      }
    const changed = changes(subject, context)
    return {
      confidence: 0.96,
      brief: changed[0]?.brief ?? 'Signature does not match',
      explanation: field
        ? `${field.name} signs the octets of the content; the receiver computed another signature. Either its secret is another one, or it did not compute over the very octets that were sent: content that was parsed and written again differs by white space or order.`
        : `A signature covers the method, the path, the query in its order, the signed fields and a hash of the content. The server computed another one. ${
            changed.length > 0
              ? changed.map(({ text }) => text).join(' ')
              : 'Nothing that can be checked from outside was changed after signing, so the secret, the order of the signed parts or their encoding differs.'
          }`,
      evidence: [...changed.map(({ evidence }) => evidence), ...shown],
      fix: {
        kind: 'advice',
        text: field
          ? 'Compare the signing secrets of both sides (each endpoint and each mode has its own), and verify over the raw body, before anything parses it.'
          : 'Sign the request last, after every field and the content are final, with the secret that belongs to this key id.',
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
      name: 'a webhook whose content was written anew after signing',
      fires: true,
      primary: true,
      brief: 'Signature does not match',
      exchanges: [
        {
          request: 'POST https://app.test/hooks/github',
          headers: { 'X-Hub-Signature-256': `sha256=${'ab'.repeat(32)}`, 'X-GitHub-Event': 'push' },
          body: { ref: 'refs/heads/main' },
          status: 401,
          answer: { message: 'Signatures did not match' },
        },
      ],
    },
    {
      name: 'a webhook that was signed too long ago',
      fires: true,
      primary: true,
      brief: 'Signature is too old',
      exchanges: [
        {
          request: 'POST https://app.test/hooks/stripe',
          headers: { 'Stripe-Signature': `t=1748775000,v1=${'ab'.repeat(32)}` },
          body: { type: 'invoice.paid' },
          status: 400,
          answerHeaders: { 'Content-Type': 'text/plain' },
          answer: 'Webhook Error: Timestamp outside the tolerance zone',
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
