// The server wants to know who asks, and the request carries no credential at all.
import { authEvidence, isAuthFailure, isSignIn, reuseCredential, wasRemoved, whereOf } from '../../auth-failure.ts'
import { readChallenges } from '../../challenges.ts'
import type { Fix } from '../../finding.ts'
import type { Past } from '../../past.ts'
import { listed, span } from '../../phrases.ts'
import { rfc, rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'
import { isTokenRequest } from '../../token-request.ts'

export const missingCredentials: Rule = {
  id: 'auth/missing-credentials',
  rank: 1,
  level: 'error',
  title: 'The request carries no credential',
  summary:
    'Fires on 401, or on 400, 403, 422 and hidden failures whose words are about authentication, when no credential is found in fields, cookies, query or body. Names the scheme the server asks for and the one earlier successes used.',
  references: [
    rfc9110('11.6.1', 'WWW-Authenticate'),
    rfc9110('15.5.2', '401 Unauthorized'),
    rfc(6750, '3', 'WWW-Authenticate'),
  ],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (!isAuthFailure(subject) || subject.credentials.some(({ value }) => value !== '') || subject.headersStripped)
      return undefined
    // A token request carries its grant in the body; auth/oauth-token-request-failed reads its refusal.
    if (isTokenRequest(subject) && subject.error?.code !== undefined) return undefined
    // A bare scheme word is a placeholder gone wrong, which has its own rule.
    if (subject.credentials.length > 0) return undefined
    // What signs itself has its own rule (auth/signature-mismatch).
    if (
      /signature|hmac/.test(subject.errorText) &&
      subject.request.headers.some(({ name }) => /signature|hmac/i.test(name))
    )
      return undefined
    // A sign-in that sends its own user name is refused for what it says, not for what is missing.
    if (isSignIn(subject) || wasRemoved(subject)) return undefined
    const challenges = readChallenges(subject.response?.headerAll('www-authenticate') ?? [])
    const schemes = [...new Set(challenges.map(({ scheme }) => scheme))]
    const usual = context.nearest?.credentials[0] ?? context.accepted?.credentials[0]
    const asked = schemes.length > 0 ? ` The server asks for ${listed(schemes, 4, 'or')}.` : ''
    const before = usual ? ` Calls that worked here carried one in ${whereOf(usual)}.` : ''
    const unsure = subject.imported
      ? ' The recording was imported, so a field with a credential may have been removed from it.'
      : ''
    const later = answered(subject, context.nearest)
    if (later)
      return {
        confidence: 0.95,
        title: 'The server asked for a credential, and got one',
        brief: 'Challenge, answered later',
        explanation: `Asked without a credential, the server answered with a challenge.${asked} That is how these schemes begin: ${span(later.time - subject.time)} later the client sent the same request with ${whereOf(later.print)}, and it worked.`,
        evidence: authEvidence(subject, context),
        related: [later.id],
        fix: {
          kind: 'advice',
          text: 'Nothing has to be mended. To spare the extra round trip, let the client send its credential at once, where the scheme allows it.',
        },
      }
    return {
      confidence: subject.imported ? 0.5 : 0.95,
      brief: 'No credential was sent',
      explanation: `The server refused the request because it does not know who is asking: no credential was found in its fields, cookies, query or body.${asked}${before}${unsure}`,
      evidence: authEvidence(subject, context),
      fix: fixFor(),
    }
    function fixFor(): Fix {
      const edit = usual && reuseCredential(usual)
      if (edit)
        return {
          kind: 'complete',
          text: `Send the credential that was accepted before, in ${whereOf(usual)}.`,
          edits: [edit],
        }
      const scheme = schemes[0] ?? 'Bearer'
      if (/^(?:digest|negotiate|ntlm|kerberos|hawk|oauth|signature|aws4?-?\S*)$/i.test(scheme))
        return {
          kind: 'advice',
          text: `Let the client make a ${scheme} credential for this request; it cannot be written by hand.`,
        }
      const hole = /^basic$/i.test(scheme) ? '{{base64 of user:password}}' : '{{token}}'
      return {
        kind: 'template',
        text: `Add an Authorization field with a ${scheme} credential.`,
        edits: [{ op: 'set-header', name: 'Authorization', value: `${scheme} ${hole}` }],
      }
    }
  },
  examples: [
    {
      name: 'a token request whose code was used before',
      fires: false,
      exchanges: [
        {
          request: 'POST https://login.test/oauth/token',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          body: 'grant_type=authorization_code&code=abc&client_id=web',
          status: 400,
          answer: { error: 'invalid_grant' },
        },
      ],
    },
    {
      name: '401 with a Bearer challenge to a request without credentials',
      fires: true,
      primary: true,
      fix: 'template',
      exchanges: [
        {
          request: 'GET https://api.test/me',
          status: 401,
          answerHeaders: { 'WWW-Authenticate': 'Bearer realm="api"' },
          answer: { error: 'unauthorized' },
        },
      ],
    },
    {
      name: 'the credential of an earlier success is offered',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/me',
          headers: { Authorization: 'Bearer abcdefghijklmnopqrstuv' },
          status: 200,
          answer: { id: 1 },
        },
        { request: 'GET https://api.test/me', status: 401, answer: { error: 'unauthorized' } },
      ],
    },
    {
      name: 'a challenge that the client answered',
      fires: true,
      primary: true,
      about: 0,
      fix: 'advice',
      brief: 'Challenge, answered later',
      exchanges: [
        {
          request: 'GET https://api.test/status',
          status: 401,
          answerHeaders: { 'WWW-Authenticate': 'Digest realm="a", nonce="b", qop="auth"' },
        },
        {
          request: 'GET https://api.test/status',
          headers: {
            Authorization: 'Digest username="u", realm="a", nonce="b", uri="/status", response="6629fae49393a053"',
          },
          status: 200,
          answer: { up: true },
        },
      ],
    },
    {
      name: 'a public endpoint that answers without credentials',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/public', status: 200, answer: { message: 'authentication is optional' } },
      ],
    },
    {
      name: 'a key in a header of its own was sent',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/me', headers: { 'X-Api-Key': 'abcdefghijklmnop' }, status: 401 }],
    },
    {
      name: 'a sign-in whose user does not exist',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/login',
          body: { email: 'a@b.test', pin: '1234' },
          status: 401,
          answer: { message: 'Invalid credentials' },
        },
      ],
    },
  ],
}

/** How soon, in ms, a client answers a challenge. */
const soon = 60_000

/** The same request with a credential, sent after this one, that worked. */
function answered({ exchange, time, method }: Subject, nearest: Past | undefined) {
  const print = nearest?.credentials[0]
  if (!nearest || !print || nearest.method !== method || nearest.url !== exchange.request.url) return undefined
  const { id } = nearest
  return nearest.time >= time && nearest.time - time <= soon ? { id, time: nearest.time, print } : undefined
}
