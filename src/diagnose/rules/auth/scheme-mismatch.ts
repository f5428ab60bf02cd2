// The credential is announced under another scheme than the server offers or accepted before.
import { isAuthFailure, replaceCredential } from '../../auth-failure.ts'
import { readChallenges } from '../../challenges.ts'
import { requestHeader, responseHeader } from '../../evidence.ts'
import type { CredentialPrint, Past } from '../../past.ts'
import { listed } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

/** `Bearer:abc`, `Bearerabc`, `Bearer Bearer abc`. */
const glued = /^(bearer|basic|token)(?::\s*|(?=[A-Za-z0-9._-]{16,}$))(.+)$/i
const doubled = /^(bearer|basic|token)\s+(.+)$/i

/** Words about the value of the credential, which only who has read it can say. */
const readsKey = /\b(?:invalid|incorrect|wrong|unknown|expired|revoked) (?:api|secret|access)[ _-]?(?:key|token)\b/

export const schemeMismatch: Rule = {
  id: 'auth/scheme-mismatch',
  rank: 1,
  level: 'error',
  title: 'The authentication scheme is not one the server takes',
  summary:
    'Fires on an authentication failure when the scheme of Authorization is not among those offered, differs from what succeeded here, is missing, doubled, or glued to its value. Never on a success: many servers take `token` or no scheme at all.',
  references: [rfc9110('11.6.1', 'WWW-Authenticate'), rfc9110('11.4', 'Credentials')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (!isAuthFailure(subject) && subject.status !== 403) return undefined
    const credential = subject.credentials.find(
      ({ name, location }) => location === 'header' && name.toLowerCase() === 'authorization',
    )
    if (!credential || credential.value === '') return undefined
    const offered = [
      ...new Set(readChallenges(subject.response?.headerAll('www-authenticate') ?? []).map(({ scheme }) => scheme)),
    ]
    const line = credential.scheme === undefined ? credential.value : `${credential.scheme} ${credential.value}`
    const twice = credential.scheme ? doubled.exec(credential.value) : null
    const stuck =
      glued.exec(credential.scheme === undefined ? credential.value : '') ??
      (credential.scheme?.endsWith(':') ? [line, credential.scheme.slice(0, -1), credential.value] : null)
    // A 403 that asks for nothing knows who asks: the scheme was read.
    const isRead = subject.status === 403 && offered.length === 0 && !isAuthFailure(subject)
    const accepted = isRead ? undefined : usualCredential(context.ofOrigin, credential.scheme)
    const evidence = [
      requestHeader(subject, 'Authorization', context),
      ...(offered.length > 0 ? [responseHeader(subject, 'WWW-Authenticate', context)] : []),
    ]
    const say = (what: string, brief: string, scheme: string | undefined, value: string, confidence = 0.95) => {
      const { scheme: _, ...plain } = credential
      const edit = replaceCredential(subject, scheme === undefined ? plain : { ...plain, scheme }, value)
      const isBasic = /^basic$/i.test(scheme ?? '') !== /^basic$/i.test(credential.scheme ?? '') && !twice && !stuck
      return {
        confidence,
        brief,
        explanation: `${what} The scheme tells the server how to read the rest of the field; under a wrong one the credential is not even looked at.`,
        evidence,
        fix: isBasic
          ? {
              kind: 'template' as const,
              text: `Use the ${scheme} scheme with its own kind of credential.`,
              edits: [{ op: 'set-header' as const, name: 'Authorization', value: `${scheme} {{credential}}` }],
            }
          : {
              kind: 'complete' as const,
              text: `Send the same value ${scheme === undefined ? 'without a scheme' : `as ${scheme}`}.`,
              ...(edit ? { edits: [edit] } : {}),
            },
      }
    }
    if (twice)
      return say(`The scheme ${twice[1]} stands there twice.`, 'Scheme is doubled', credential.scheme, twice[2] ?? '')
    if (stuck)
      return say(
        `The scheme ${stuck[1]} is not separated from the value by one space.`,
        'Scheme glued to the token',
        stuck[1],
        stuck[2] ?? '',
      )
    const fits = (scheme: string | undefined) => offered.some((one) => one.toLowerCase() === scheme?.toLowerCase())
    if (accepted && !fits(credential.scheme))
      return say(
        `Authorization was sent ${credential.scheme ? `as ${credential.scheme}` : 'without a scheme'}; calls that worked here sent it ${accepted.scheme ? `as ${accepted.scheme}` : 'without a scheme'}.`,
        accepted.scheme ? `Scheme should be ${accepted.scheme}`.slice(0, 26) : 'Scheme should be absent',
        accepted.scheme,
        credential.value,
      )
    if (offered.length === 0 || fits(credential.scheme)) return undefined
    // Stripe offers Basic and takes Bearer: what it accepted before, or calls an invalid key, it has read.
    if (wasAccepted(context.ofOrigin, credential.scheme) || readsKey.test(subject.errorText)) return undefined
    const wanted = offered.find((one) => /^bearer$/i.test(one)) ?? offered[0]
    if (credential.scheme === undefined && !offered.some((one) => /^bearer$/i.test(one))) return undefined
    // A scheme the server does not offer may still be one it takes: GitHub offers Basic and takes `token`.
    const confidence = credential.scheme === undefined || /^(?:basic|bearer)$/i.test(credential.scheme) ? 0.93 : 0.6
    return say(
      `Authorization was sent ${credential.scheme ? `as ${credential.scheme}` : 'without a scheme'}; the server offers ${listed(offered, 4, 'or')}.`,
      `Scheme should be ${wanted}`.slice(0, 26),
      wanted,
      credential.value,
      confidence,
    )
  },
  examples: [
    {
      name: 'a 403 about permission, where other calls used another scheme',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          headers: { Authorization: 'token abcdefghijklmnopqrst' },
          status: 200,
          answer: [],
        },
        {
          request: 'GET https://api.test/admin',
          headers: { Authorization: 'Bearer abcdefghijklmnopqrst' },
          status: 403,
          answer: { message: 'Must have admin rights' },
        },
      ],
    },
    {
      name: 'a scheme that worked here before, beside another one',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/items',
          headers: { Authorization: 'Bearer abcdefghijklmnopqrst' },
          status: 200,
          answer: [],
        },
        {
          request: 'GET https://api.test/items',
          headers: { Authorization: 'token abcdefghijklmnopqrst' },
          status: 200,
          answer: [],
        },
        {
          request: 'GET https://api.test/user',
          headers: { Authorization: 'Bearer abcdefghijklmnopqrsu' },
          status: 401,
          answer: { message: 'Bad credentials' },
        },
      ],
    },
    {
      name: 'a bare token where Bearer is offered',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: 'abcdefghijklmnop0123' },
          status: 401,
          answerHeaders: { 'WWW-Authenticate': 'Bearer realm="api"' },
        },
      ],
    },
    {
      name: 'Bearer Bearer',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: 'Bearer Bearer abcdefghijklmnop0123' },
          status: 401,
        },
      ],
    },
    {
      name: 'Token where earlier calls used Bearer',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: 'Bearer abcdefghijklmnop0123' },
          status: 200,
          answer: {},
        },
        { request: 'GET https://api.test/a', headers: { Authorization: 'Token abcdefghijklmnop0123' }, status: 401 },
      ],
    },
    {
      name: 'a key the server calls invalid was read, whatever it offers',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/v1/charges',
          headers: { Authorization: 'Bearer sk_test_abcdefghijkl' },
          status: 401,
          answerHeaders: { 'WWW-Authenticate': 'Basic realm="Stripe"' },
          answer: { error: { message: 'Invalid API Key provided: sk_test_****ijkl', type: 'invalid_request_error' } },
        },
      ],
    },
    {
      name: 'a scheme that was accepted before, though another is offered',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: 'Bearer abcdefghijklmnop0123' },
          status: 200,
          answer: {},
        },
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: 'Bearer zyxwvutsrqponmlk9876' },
          status: 401,
          answerHeaders: { 'WWW-Authenticate': 'Basic realm="api"' },
        },
      ],
    },
    {
      name: 'the offered scheme in another case',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: 'bearer abcdefghijklmnop0123' },
          status: 401,
          answerHeaders: { 'WWW-Authenticate': 'Bearer' },
        },
      ],
    },
    {
      name: 'an unusual scheme on a success',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: 'token abcdefghijklmnop0123' },
          status: 200,
          answer: {},
        },
      ],
    },
  ],
}

/** How successes sent Authorization, oldest first. */
const acceptedOnes = (past: readonly Past[]): readonly CredentialPrint[] =>
  past.flatMap(({ outcome, credentials }) =>
    outcome === 'success' ? (credentials.find(({ name }) => name.toLowerCase() === 'authorization') ?? []) : [],
  )

const wasAccepted = (past: readonly Past[], scheme: string | undefined): boolean =>
  acceptedOnes(past).some((one) => (one.scheme ?? '').toLowerCase() === (scheme ?? '').toLowerCase())

/** How the newest success sent Authorization, unless any of them used this very scheme. */
const usualCredential = (past: readonly Past[], scheme: string | undefined): CredentialPrint | undefined =>
  wasAccepted(past, scheme) ? undefined : acceptedOnes(past).at(-1)
