// The token's lifetime is over: by its own claim, by the server's words, or by the expires_in it came with.
import { authEvidence, isAuthFailure, mayBeAuth, replaceCredential } from '../../auth-failure.ts'
import { readChallenges } from '../../challenges.ts'
import type { Context } from '../../context.ts'
import { exampleJwt } from '../../example-jwt.ts'
import type { Evidence, Fix } from '../../finding.ts'
import type { Jwt } from '../../jwt.ts'
import { readJwt } from '../../jwt.ts'
import { moment, span } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'
import { words } from '../../word-lists.ts'

/** On a success the server may allow this much skew, in ms. */
const allowance = 60_000
/** An import this close to now, in ms, has no time of its own. */
const unknownTime = 600_000

export const tokenExpired: Rule = {
  id: 'auth/token-expired',
  rank: 1,
  level: 'error',
  title: 'The access token has expired',
  summary:
    'Fires when a JSON Web Token was sent after the moment in its exp claim, or when a refusal says that the token or session expired or was revoked. On a success it is a warning.',
  references: [rfc(7519, '4.1.4', '"exp" (Expiration Time) Claim'), rfc(6750, '3.1', 'Error Codes')],
  scope: 'exchange',
  check(subject, context) {
    // An import that names no time was given that of its reading, which says nothing about a token.
    const isTimed = subject.live || Math.abs(context.now - subject.time) > unknownTime
    const failed = subject.outcome.is === 'failure'
    const jwt = (isTimed ? subject.jwts : []).find(
      ({ expires }) => expires !== undefined && expires < subject.time - (failed ? 0 : allowance),
    )
    if (jwt?.expires !== undefined && (!failed || mayBeAuth(subject)))
      return byClaim(subject, context, jwt, jwt.expires)
    if (!failed || subject.status >= 500) return undefined
    const said = saysExpired(subject)
    if (!said || subject.credentials.length === 0) return undefined
    return {
      confidence: 0.92,
      brief: /revok/i.test(said) ? 'Token was revoked' : 'Token or session expired',
      title: /revok/i.test(said) ? 'The credential was revoked' : 'The token or session has expired',
      explanation: `The server says that the credential is no longer valid. Its lifetime cannot be read from the credential itself, so only the server knows since when. Ask for a new one and send the request again.`,
      evidence: authEvidence(subject, context),
      fix: newToken(subject, context, undefined),
    }
  },
  examples: [
    {
      name: 'a token twelve minutes past its exp claim',
      fires: true,
      primary: true,
      brief: 'Token expired 12 min ago',
      exchanges: [
        {
          request: 'GET https://api.test/orders',
          headers: { Authorization: `Bearer ${exampleJwt({ iat: -4320, exp: -720 })}` },
          status: 401,
          answerHeaders: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
        },
      ],
    },
    {
      name: 'the server says so of an opaque token',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET https://api.test/orders',
          headers: { Authorization: 'Bearer 0123456789abcdefgh' },
          status: 401,
          answerHeaders: {
            'WWW-Authenticate': 'Bearer error="invalid_token", error_description="The access token expired"',
          },
        },
      ],
    },
    {
      name: 'expired, yet accepted: a warning',
      fires: true,
      level: 'warning',
      exchanges: [
        {
          request: 'GET https://api.test/orders',
          headers: { Authorization: `Bearer ${exampleJwt({ iat: -4320, exp: -720 })}` },
          status: 200,
          answer: [],
        },
      ],
    },
    {
      name: 'a few seconds of skew on a success',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/orders',
          headers: { Authorization: `Bearer ${exampleJwt({ iat: -3600, exp: -20 })}` },
          status: 200,
          answer: [],
        },
      ],
    },
    {
      name: 'an opaque token refused without a word about time',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/orders',
          headers: { Authorization: 'Bearer 0123456789abcdefgh' },
          status: 401,
          answer: { error: 'invalid token' },
        },
      ],
    },
    {
      name: 'an ID token in the content is no credential',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/verify',
          headers: { Authorization: 'Bearer abcdefghijklmnopqr' },
          body: { id_token: exampleJwt({ iat: -7200, exp: -3600 }) },
          status: 200,
          answer: { valid: false },
        },
      ],
    },
  ],
}

function byClaim(subject: Subject, context: Context, jwt: Jwt, expires: number) {
  const failed = subject.outcome.is === 'failure'
  const age = subject.time - expires
  const lifetime =
    jwt.issued === undefined ? '' : ` It was issued ${moment(jwt.issued)}, for ${span(expires - jwt.issued)}.`
  const claim: Evidence = {
    location: {
      at: 'request.header',
      name: jwt.credential.name,
      ...(jwt.credential.index === undefined ? {} : { index: jwt.credential.index }),
    },
    value: `exp = ${expires / 1000} (${moment(expires)})`,
  }
  const evidence: Evidence =
    jwt.credential.location === 'query'
      ? { ...claim, location: { at: 'request.query', name: jwt.credential.name } }
      : claim
  return {
    level: failed ? ('error' as const) : ('warning' as const),
    confidence: isAuthFailure(subject) ? 0.99 : 0.93,
    title: `The token had expired ${span(age)} before this request`,
    brief: `Token expired ${span(age)} ago`,
    explanation: `The token says of itself that it is valid until ${moment(expires)}; the request was sent ${span(age)} later.${lifetime}${
      failed ? '' : ' The server still accepted it, which it may stop doing at any time.'
    }`,
    evidence: [evidence, ...authEvidence(subject, context)],
    fix: newToken(subject, context, jwt),
  }
}

/** What says that the lifetime is over: the challenge or the extracted error. */
function saysExpired(subject: Subject): string | undefined {
  const challenge = readChallenges(subject.response?.headerAll('www-authenticate') ?? [])
    .map(({ parameters }) => parameters.error_description ?? '')
    .find((text) => words.expired.test(text))
  if (challenge !== undefined) return challenge
  if (![400, 401, 403].includes(subject.status) && subject.status >= 300) return undefined
  if (!words.expired.test(subject.errorText)) return undefined
  // "Card expired" or "link expired" is about something else than the credential.
  // What a signed address carries is a credential, whatever the words call it.
  const isSigned = subject.credentials.some(({ location, name }) => location === 'query' && /sig/i.test(name))
  return subject.status === 401 ||
    isSigned ||
    /token|session|key|credential|jwt|signature|login|grant/.test(subject.errorText)
    ? subject.errorText
    : undefined
}

/** A newer token of the same issuer and subject that was seen meanwhile can be swapped in. */
function newToken(subject: Subject, context: Context, old: Jwt | undefined): Fix {
  const credential = old?.credential ?? subject.credentials[0]
  if (old && credential) {
    const looked = new Set(context.prints.map(({ fingerprint }) => fingerprint))
    for (const past of context.ofOrigin.toReversed())
      for (const print of past.credentials) {
        if (looked.has(print.fingerprint)) continue
        looked.add(print.fingerprint)
        const jwt = readJwt(print)
        const isNewer = jwt?.expires !== undefined && jwt.expires > subject.time
        if (!isNewer || jwt.claims.iss !== old.claims.iss || jwt.claims.sub !== old.claims.sub) continue
        const edit = replaceCredential(subject, credential, jwt.token)
        if (edit)
          return {
            kind: 'complete',
            text: 'Send it with the newer token of the same issuer that was seen in this session.',
            edits: [edit],
          }
      }
  }
  const edit = credential && replaceCredential(subject, credential, '{{new token}}')
  return {
    kind: 'template',
    text: 'Refresh the token and send the request with the new one.',
    ...(edit ? { edits: [edit] } : {}),
  }
}
