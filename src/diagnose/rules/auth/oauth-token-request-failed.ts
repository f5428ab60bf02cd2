// A request for a token was refused; the error code says which part of it.
import { status } from '../../evidence.ts'
import type { Fix } from '../../finding.ts'
import { asObject, asWords } from '../../json-value.ts'
import { brief } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'
import { isTokenRequest } from '../../token-request.ts'

/** What each code means and what to look at (RFC 6749 §5.2, RFC 8628 §3.5). */
const meanings: Readonly<Record<string, readonly [brief: string, text: string]>> = {
  invalid_client: [
    'Client id or secret wrong',
    'The client id, its secret, or the way they are sent (Basic field or body) is not what the server knows of this client.',
  ],
  incorrect_client_credentials: [
    'Client id or secret wrong',
    'The client id or its secret is not what the server knows.',
  ],
  invalid_grant: [
    'Code or token not valid',
    'The authorization code or refresh token was used before, has expired or was revoked, the redirect_uri differs from the one of the first step, or the PKCE verifier does not fit.',
  ],
  bad_verification_code: ['Code used up or expired', 'The authorization code was used before or has expired.'],
  unauthorized_client: ['Grant not allowed here', 'This client may not use this kind of grant.'],
  unsupported_grant_type: [
    'Grant type unsupported',
    'The server does not know this grant_type, or the body did not arrive as a form so that it could not be read.',
  ],
  invalid_scope: ['Scope unknown', 'A requested scope is unknown, malformed, or more than was granted.'],
  invalid_request: ['Token request incomplete', 'A parameter is missing, repeated or malformed.'],
  access_denied: ['User denied access', 'The user, or a policy, declined the authorization.'],
  expired_token: ['Device code expired', 'The device code has expired; the flow has to begin anew.'],
  redirect_uri_mismatch: ['redirect_uri differs', 'The redirect_uri is not the registered one.'],
}

/** invalid_grant has many meanings; the server's words, or else what was granted, leave one. */
const grants: readonly (readonly [said: RegExp, grant: RegExp, brief: string, text: string, fix: string])[] = [
  [
    /redirect/,
    /^/,
    'redirect_uri differs',
    'The redirect_uri is not the one the flow began with: each character counts, a slash at the end too.',
    'Send exactly the redirect_uri of the first step, with a fresh code.',
  ],
  [
    /verifier|pkce|challenge/,
    /^/,
    'PKCE verifier does not fit',
    'The code_verifier is not the one whose hash began the flow as code_challenge.',
    'Keep the code_verifier with the state of its own flow, and begin anew.',
  ],
  [
    /^/,
    /^refresh_token$/,
    'Refresh token not valid',
    'The refresh token has expired, was revoked or was used before (many servers give a new one with each answer), or it belongs to another client.',
    'Keep the newest refresh token of each answer. If it is refused all the same, the user has to sign in again.',
  ],
  [
    /^/,
    /^authorization_code$/,
    'Code used up or expired',
    'The authorization code was used before or has expired (it lives for minutes), the redirect_uri differs from the one of the first step, or the PKCE verifier does not fit.',
    'Begin the flow anew and use the fresh code once.',
  ],
  [
    /^/,
    /^password$/,
    'User or password wrong',
    'The user name or the password is not right, or the user may not sign in this way.',
    'Check the user name and the password.',
  ],
]

export const oauthTokenRequestFailed: Rule = {
  id: 'auth/oauth-token-request-failed',
  rank: 1,
  level: 'error',
  title: 'The request for a token was refused',
  summary:
    'Fires when a token request is answered with an OAuth error, whatever the status. Explains the code and names the parameter that is absent. A pending device authorization is only a note.',
  references: [
    rfc(6749, '5.2', 'Error Response'),
    rfc(8628, '3.5', 'Device Access Token Response'),
    rfc(7636, '4.6', 'Server Verifies code_verifier'),
  ],
  needs: ['unsafe-method'],
  scope: 'exchange',
  check(subject) {
    if (!subject.response || !isTokenRequest(subject)) return undefined
    const body = asObject(subject.response.value)
    const code = asWords(body?.error) ?? (subject.error?.format === 'OAuth 2' ? subject.error.code : undefined)
    if (code === undefined || code === 'slow_down') return undefined
    const sent = (name: string) =>
      subject.form?.find((pair) => pair.name === name)?.value ?? asWords(asObject(subject.request.value)?.[name])
    const evidence = [
      status(subject),
      { location: { at: 'response.body' as const, ...(body ? { pointer: '/error' } : {}) }, value: code },
    ]
    if (code === 'authorization_pending')
      return {
        level: 'note',
        title: 'The user has not confirmed the device yet',
        brief: 'Waiting for the user',
        explanation: 'The device flow asks again and again until the user has confirmed; this answer is part of it.',
        evidence,
      }
    const missing = requiredFor(sent('grant_type')).filter(
      (name) =>
        sent(name) === undefined &&
        !(name.startsWith('client_') && subject.credentials.some(({ location }) => location === 'header')),
    )
    const grant =
      code === 'invalid_grant'
        ? grants.find(([said, type]) => said.test(subject.errorText) && type.test(sent('grant_type') ?? ''))
        : undefined
    const [short, text] = (grant && [grant[2], grant[3]]) ??
      meanings[code] ?? ['Token request refused', 'The authorization server refused to issue a token.']
    const asJson = subject.request.declaredJson && (code === 'invalid_request' || code === 'unsupported_grant_type')
    return {
      confidence: 0.95,
      title: `The request for a token was refused: ${code}`,
      brief: brief(missing[0] && code === 'invalid_request' ? `${missing[0]} is missing` : short),
      explanation: `${text}${missing.length > 0 ? ` Not found in the request: ${missing.join(', ')}.` : ''}${asJson ? ' The parameters were sent as JSON; a token endpoint reads a form (RFC 6749 §4).' : ''}`,
      evidence,
      fix: asJson ? asForm(subject) : adviceFor(missing, grant?.[4]),
    }
  },
  examples: [
    {
      name: 'a used authorization code',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'POST https://id.test/oauth/token',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          body: 'grant_type=authorization_code&code=abc&redirect_uri=https%3A%2F%2Fapp.test&client_id=c1&client_secret=secret-of-c1',
          status: 400,
          answer: { error: 'invalid_grant', error_description: 'Code not valid' },
        },
      ],
    },
    {
      name: 'a redirect_uri with another ending',
      fires: true,
      primary: true,
      brief: 'redirect_uri differs',
      exchanges: [
        {
          request: 'POST https://id.test/oauth/token',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          body: 'grant_type=authorization_code&code=abc&redirect_uri=https%3A%2F%2Fapp.test%2F&client_id=c1&client_secret=secret-of-c1',
          status: 400,
          answer: { error: 'invalid_grant', error_description: 'The redirect_uri does not match.' },
        },
      ],
    },
    {
      name: 'a refresh token that was used before',
      fires: true,
      primary: true,
      brief: 'Refresh token not valid',
      exchanges: [
        {
          request: 'POST https://id.test/oauth/token',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          body: 'grant_type=refresh_token&refresh_token=rt-abcdefgh&client_id=c1&client_secret=secret-of-c1',
          status: 400,
          answer: { error: 'invalid_grant', error_description: 'Token has been expired or revoked.' },
        },
      ],
    },
    {
      name: 'parameters sent as JSON',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'POST https://id.test/oauth/token',
          body: { grant_type: 'client_credentials', client_id: 'c1', client_secret: 'secret-of-c1' },
          status: 400,
          answer: { error: 'invalid_request' },
        },
      ],
    },
    {
      name: 'a device flow that waits for the user',
      fires: true,
      level: 'note',
      exchanges: [
        {
          request: 'POST https://id.test/oauth/token',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          body: 'grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code&device_code=abc&client_id=c1',
          status: 200,
          answer: { error: 'authorization_pending' },
        },
      ],
    },
    {
      name: 'a token that was issued',
      fires: false,
      exchanges: [
        {
          request: 'POST https://id.test/oauth/token',
          headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
          body: 'grant_type=client_credentials',
          status: 200,
          answer: { access_token: 'abcdefghijkl', expires_in: 3600 },
        },
      ],
    },
  ],
}

/** Parameters each grant needs (RFC 6749 §4.1.3, §6; RFC 8628 §3.4). */
function requiredFor(grant: string | undefined): string[] {
  if (grant === undefined) return ['grant_type']
  if (grant === 'authorization_code') return ['code', 'client_id']
  if (grant === 'refresh_token') return ['refresh_token']
  if (grant === 'password') return ['username', 'password']
  if (grant.endsWith('device_code')) return ['device_code', 'client_id']
  return grant === 'client_credentials' ? ['client_id', 'client_secret'] : []
}

function asForm(subject: Subject): Fix {
  const pairs = Object.entries(asObject(subject.request.value) ?? {}).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  )
  return {
    kind: 'complete',
    text: 'Send the same parameters as a form.',
    edits: [
      { op: 'set-header', name: 'Content-Type', value: 'application/x-www-form-urlencoded' },
      { op: 'set-body', text: new URLSearchParams(pairs).toString() },
    ],
  }
}

const adviceFor = (missing: readonly string[], advice: string | undefined): Fix => ({
  kind: 'template',
  text:
    missing.length > 0
      ? `Add ${missing.join(' and ')} to the request.`
      : (advice ?? 'Compare the parameters with what is registered for this client at the authorization server.'),
})
