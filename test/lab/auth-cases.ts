// Faults of keys, tokens, sessions and scopes.
import type { LabCase } from './lab-case.ts'
import { labToken } from './lab-token.ts'

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })
const opaque = 'tok_live_5f3a9c1e7b2d4860aa'
const refused = { status: 401, headers: { 'WWW-Authenticate': 'Bearer realm="api"' }, body: { error: 'unauthorized' } }

export const authCases: readonly LabCase[] = [
  {
    name: 'no-credential',
    answers: [refused],
    rule: 'auth/missing-credentials',
    at: { at: 'response.header', name: 'WWW-Authenticate' },
  },
  {
    name: 'wrong-token',
    asks: [{ headers: bearer(opaque) }],
    answers: [
      {
        status: 401,
        headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
        body: { error: 'invalid_token' },
      },
    ],
    rule: 'auth/invalid-credentials',
    at: { at: 'request.header', name: 'Authorization' },
  },
  {
    name: 'wrong-token-by-curl',
    asks: [{ headers: bearer(opaque), by: 'curl' }],
    answers: [
      {
        status: 401,
        headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
        body: { error: 'invalid_token' },
      },
    ],
    rule: 'auth/invalid-credentials',
    at: { at: 'request.header', name: 'Authorization' },
  },
  {
    name: 'wrong-token-by-fetch',
    asks: [{ headers: bearer(opaque), by: 'fetch' }],
    answers: [
      {
        status: 401,
        headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
        body: { error: 'invalid_token' },
      },
    ],
    rule: 'auth/invalid-credentials',
    at: { at: 'request.header', name: 'Authorization' },
  },
  {
    name: 'expired-jwt',
    asks: [{ headers: bearer(labToken({ iat: -7200, exp: -720 })) }],
    answers: [refused],
    rule: 'auth/token-expired',
    at: { at: 'request.header', name: 'Authorization' },
  },
  {
    name: 'jwt-not-yet-valid',
    asks: [{ headers: bearer(labToken({ iat: 0, nbf: 600, exp: 7200 })) }],
    answers: [refused],
    rule: 'auth/token-not-yet-valid',
    at: { at: 'request.header', name: 'Authorization' },
  },
  {
    name: 'wrong-audience',
    asks: [{ headers: bearer(labToken({ exp: 3600, aud: 'https://other.test' })) }],
    answers: [
      {
        status: 401,
        headers: { 'WWW-Authenticate': 'Bearer' },
        body: { error: 'invalid_token', error_description: 'The audience is invalid' },
      },
    ],
    rule: 'auth/token-audience-mismatch',
    at: { at: 'request.header', name: 'Authorization' },
  },
  {
    name: 'missing-scope',
    asks: [{ headers: bearer(labToken({ exp: 3600, scope: 'read' })) }],
    answers: [
      {
        status: 403,
        headers: { 'WWW-Authenticate': 'Bearer error="insufficient_scope", scope="orders:write"' },
        body: { error: 'insufficient_scope' },
      },
    ],
    rule: 'auth/insufficient-scope',
    at: { at: 'response.header', name: 'WWW-Authenticate' },
  },
  {
    name: 'forbidden-role',
    asks: [{ headers: bearer(opaque) }],
    answers: [{ status: 403, body: { message: 'Only owners may do this' } }],
    rule: 'auth/forbidden',
    at: { at: 'response.status' },
  },
  {
    name: 'token-with-two-spaces',
    asks: [{ headers: { Authorization: `Bearer  ${opaque}` } }],
    answers: [refused],
    rule: 'auth/credential-whitespace',
    at: { at: 'request.header', name: 'Authorization' },
  },
  {
    name: 'token-in-quotes',
    asks: [{ headers: { Authorization: `Bearer "${opaque}"` } }],
    answers: [refused],
    rule: 'auth/credential-whitespace',
    at: { at: 'request.header', name: 'Authorization' },
  },
  {
    name: 'token-undefined',
    asks: [{ headers: bearer('undefined') }],
    answers: [refused],
    rule: 'auth/credential-placeholder',
    at: { at: 'request.header', name: 'Authorization' },
  },
  {
    name: 'scheme-not-offered',
    asks: [{ headers: { Authorization: `token ${opaque}` } }],
    answers: [refused],
    rule: 'auth/scheme-mismatch',
    at: { at: 'response.header', name: 'WWW-Authenticate' },
  },
  {
    name: 'basic-without-base64',
    asks: [{ headers: { Authorization: 'Basic ada:secret-word' } }],
    answers: [{ status: 401, headers: { 'WWW-Authenticate': 'Basic realm="api"' } }],
    rule: 'auth/malformed-basic',
    at: { at: 'request.header', name: 'Authorization' },
  },
  {
    name: 'jwt-cut-off',
    asks: [{ headers: bearer(labToken({ exp: 3600 }).split('.').slice(0, 2).join('.')) }],
    answers: [refused],
    rule: 'auth/malformed-jwt',
    at: { at: 'request.header', name: 'Authorization' },
  },
  {
    name: 'code-used-twice',
    asks: [
      {
        method: 'POST',
        path: '/oauth/token',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: 'grant_type=authorization_code&code=abc&redirect_uri=https%3A%2F%2Fapp.test%2Fcb&client_id=web',
      },
    ],
    answers: [{ status: 400, body: { error: 'invalid_grant', error_description: 'Code was already redeemed' } }],
    rule: 'auth/oauth-token-request-failed',
    at: { at: 'response.body' },
  },
  {
    name: 'csrf-token-missing',
    asks: [{ method: 'POST', body: { a: 1 }, headers: { Cookie: 'sessionid=8f3a9c1e7b2d4860' } }],
    answers: [{ status: 403, body: { message: 'CSRF token missing or incorrect' } }],
    rule: 'auth/session-expired-or-csrf',
    at: { at: 'response.status' },
  },
  {
    name: 'redirect-to-login',
    answers: [{ status: 302, headers: { Location: 'https://login.test/signin?next=%2Fapi' } }],
    rule: 'auth/redirected-to-login',
    beside: true,
    at: { at: 'response.header', name: 'Location' },
  },
  {
    name: 'wrong-signature',
    asks: [
      {
        headers: {
          Authorization:
            'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7/20260601/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0123456789abcdef',
        },
      },
    ],
    answers: [
      {
        status: 403,
        headers: { 'Content-Type': 'application/xml' },
        body: '<?xml version="1.0"?><Error><Code>SignatureDoesNotMatch</Code><Message>The request signature we calculated does not match</Message></Error>',
      },
    ],
    rule: 'auth/signature-mismatch',
    at: { at: 'request.header', name: 'Authorization' },
  },
  {
    name: 'second-factor-wanted',
    asks: [{ headers: bearer(opaque) }],
    answers: [
      {
        status: 401,
        headers: { 'X-GitHub-OTP': 'required; app' },
        body: { message: 'Must specify two-factor authentication OTP code.' },
      },
    ],
    rule: 'auth/second-factor-or-sso',
    at: { at: 'response.header', name: 'X-GitHub-OTP' },
  },
  {
    name: 'another-token-worked-before',
    asks: [{ headers: bearer(opaque) }, { headers: bearer('tok_live_0000000000000000bb') }],
    answers: [
      { status: 200, body: { id: 1 } },
      { status: 401, body: { error: 'unauthorized' } },
    ],
    rule: 'auth/credential-changed',
    at: { at: 'request.header', name: 'Authorization' },
  },
]
