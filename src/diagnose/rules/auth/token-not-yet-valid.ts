// The token begins in the future: the issuer's clock and this machine's disagree.
import { authEvidence, credentialLevel } from '../../auth-failure.ts'
import { exampleJwt } from '../../example-jwt.ts'
import { moment, span } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'

/** Skew, in ms, that says nothing. */
const allowance = 5000

export const tokenNotYetValid: Rule = {
  id: 'auth/token-not-yet-valid',
  rank: 1,
  level: 'error',
  title: 'The token is not valid yet',
  summary:
    'Fires when the nbf or iat claim of a JSON Web Token lies more than five seconds after the request. One of the two clocks is wrong.',
  references: [rfc(7519, '4.1.5', '"nbf" (Not Before) Claim'), rfc(7519, '4.1.6', '"iat" (Issued At) Claim')],
  needs: ['jwt'],
  scope: 'exchange',
  check(subject, context) {
    for (const jwt of subject.jwts) {
      const begins = Math.max(jwt.notBefore ?? 0, jwt.issued ?? 0)
      // Milliseconds where seconds belong are a malformed token, not a wrong clock.
      if (begins / 1000 > 1e12 || begins <= subject.time + allowance) continue
      const ahead = begins - subject.time
      const claim = begins === jwt.notBefore ? 'nbf' : 'iat'
      return {
        level: credentialLevel(subject),
        confidence: 0.96,
        title: `The token becomes valid ${span(ahead)} after this request`,
        brief: `Token valid in ${span(ahead)}`,
        explanation: `The claim ${claim} says that the token begins at ${moment(begins)}, ${span(ahead)} after this request was sent. Either the clock of whoever issued it is fast or this machine’s clock is slow.`,
        evidence: [
          {
            location: { at: 'request.header', name: jwt.credential.name },
            value: `${claim} = ${begins / 1000} (${moment(begins)})`,
          },
          ...authEvidence(subject, context),
        ],
        fix: {
          kind: 'advice',
          text: 'Synchronise the clocks of the issuer and of this machine (NTP), then ask for a new token.',
        },
      }
    }
    return undefined
  },
  examples: [
    {
      name: 'nbf ten minutes ahead',
      fires: true,
      primary: true,
      level: 'error',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: `Bearer ${exampleJwt({ nbf: 600, exp: 4200 })}` },
          status: 401,
        },
      ],
    },
    {
      name: 'issued two seconds ahead, accepted',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: `Bearer ${exampleJwt({ iat: 2, exp: 3600 })}` },
          status: 200,
          answer: {},
        },
      ],
    },
    {
      name: 'an iat in milliseconds is a matter of units',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: `Bearer ${exampleJwt({ iat: 1_780_315_200_000_000, exp: 3600 })}` },
          status: 200,
          answer: [],
        },
      ],
    },
  ],
}
