// The token still works and will stop within minutes.
import { authEvidence } from '../../auth-failure.ts'
import { exampleJwt } from '../../example-jwt.ts'
import { moment, span } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'

/** Remaining lifetime, in ms, that is worth a note, and that is worth a warning. */
const soon = 300_000
const verySoon = 60_000
/** Tokens made for one request are always about to expire. */
const oneRequest = 120_000

export const tokenExpiringSoon: Rule = {
  id: 'auth/token-expiring-soon',
  rank: 1,
  level: 'warning',
  title: 'The access token is about to expire',
  summary:
    'Fires once per token on a success whose JSON Web Token ends within five minutes (or a tenth of its lifetime); a warning below one minute.',
  references: [rfc(7519, '4.1.4', '"exp" (Expiration Time) Claim')],
  on: 'success',
  needs: ['captured', 'jwt'],
  scope: 'exchange',
  check(subject, context) {
    if (subject.imported) return undefined
    for (const jwt of subject.jwts) {
      if (jwt.expires === undefined) continue
      const left = jwt.expires - subject.time
      const lifetime = jwt.issued === undefined ? undefined : jwt.expires - jwt.issued
      if (lifetime !== undefined && lifetime <= oneRequest) continue
      if (left <= 0 || left > Math.min(soon, lifetime === undefined ? soon : lifetime / 10)) continue
      if (!context.once(`token-expiring-soon ${context.fingerprint(jwt.token)}`)) continue
      return {
        level: left < verySoon ? 'warning' : 'note',
        title: `The access token expires in ${span(left)}`,
        brief: `Token expires in ${span(left)}`,
        explanation: `The token is valid until ${moment(jwt.expires)}, ${span(left)} after this request. Calls after that will be refused.`,
        evidence: authEvidence(subject, context),
        fix: { kind: 'advice', text: 'Refresh the token ahead of its end, not after the first refusal.' },
      }
    }
    return undefined
  },
  examples: [
    {
      name: 'forty seconds left of an hour',
      fires: true,
      level: 'warning',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: `Bearer ${exampleJwt({ iat: -3560, exp: 40 })}` },
          status: 200,
          answer: {},
        },
      ],
    },
    {
      name: 'a token made for one request',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: `Bearer ${exampleJwt({ iat: -10, exp: 50 })}` },
          status: 200,
          answer: {},
        },
      ],
    },
    {
      name: 'half an hour left',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: `Bearer ${exampleJwt({ iat: -1800, exp: 1800 })}` },
          status: 200,
          answer: {},
        },
      ],
    },
  ],
}
