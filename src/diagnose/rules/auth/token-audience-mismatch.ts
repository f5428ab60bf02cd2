// The token was made for another service than the one it was sent to.
import { authEvidence } from '../../auth-failure.ts'
import type { Context } from '../../context.ts'
import { exampleJwt } from '../../example-jwt.ts'
import { readJwt } from '../../jwt.ts'
import { brief, listed } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

const audiences = (claim: unknown): string[] =>
  (Array.isArray(claim) ? claim : [claim]).filter((one): one is string => typeof one === 'string' && one !== '')

/** The host an audience names; opaque audiences (GUIDs, API names) name none. */
function hostOf(audience: string): string | undefined {
  if (URL.canParse(audience) && /^https?:/.test(audience)) return new URL(audience).hostname
  return /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(audience) ? audience.toLowerCase() : undefined
}

export const tokenAudienceMismatch: Rule = {
  id: 'auth/token-audience-mismatch',
  rank: 1,
  level: 'error',
  title: 'The token was made for another service',
  summary:
    'Fires on 401 and 403 when the aud claim names hosts and none is the one that was asked, and either the server speaks of the audience or a token with another audience worked here.',
  references: [rfc(7519, '4.1.3', '"aud" (Audience) Claim'), rfc(8707, '2', 'Resource Parameter')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (subject.status !== 401 && subject.status !== 403) return undefined
    for (const jwt of subject.jwts) {
      const claimed = audiences(jwt.claims.aud)
      const hosts = claimed.map(hostOf)
      if (claimed.length === 0) continue
      const spoken =
        /audience|\baud\b/.test(subject.errorText) ||
        /audience/i.test(subject.response?.header('www-authenticate') ?? '')
      const fits = hosts.some(
        (host) =>
          host !== undefined &&
          (subject.host === host || subject.host.endsWith(`.${host}`) || host.endsWith(`.${subject.host}`)),
      )
      // An opaque audience is normal: then the server's own words are needed.
      if (fits || (hosts.includes(undefined) && !spoken)) continue
      const other = otherAudience(subject, context, claimed)
      if (!spoken && other === undefined) continue
      return {
        confidence: 0.95,
        brief: brief(`Token is for ${hosts[0] ?? claimed[0]}`),
        explanation: `The token’s audience is ${listed(claimed)}, and it was sent to ${subject.host}.${other ? ` Calls that worked here used a token for ${other}.` : ''} A service refuses tokens that were made for another one.`,
        evidence: [
          { location: { at: 'request.header', name: jwt.credential.name }, value: `aud = ${listed(claimed)}` },
          ...authEvidence(subject, context),
        ],
        fix: {
          kind: 'template',
          text: `Ask for a token with the audience ${other ?? subject.origin} and send it instead.`,
          edits: [{ op: 'set-header', name: 'Authorization', value: 'Bearer {{token for this service}}' }],
        },
      }
    }
    return undefined
  },
  examples: [
    {
      name: 'the server says the audience is invalid',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: `Bearer ${exampleJwt({ aud: 'https://other.test', exp: 600 })}` },
          status: 401,
          answer: { error: 'invalid_token', error_description: 'The audience is invalid' },
        },
      ],
    },
    {
      name: 'an opaque audience on an ordinary refusal',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: `Bearer ${exampleJwt({ aud: 'account', exp: 600 })}` },
          status: 403,
          answer: { message: 'no' },
        },
      ],
    },
  ],
}

function otherAudience(subject: Subject, context: Context, claimed: readonly string[]): string | undefined {
  const looked = new Set<string>()
  for (const past of context.ofOrigin)
    if (past.outcome === 'success' && past.origin === subject.origin)
      for (const print of past.credentials) {
        if (looked.has(print.fingerprint)) continue
        looked.add(print.fingerprint)
        const worked = audiences(readJwt(print)?.claims.aud)
        if (worked.length > 0 && !worked.some((one) => claimed.includes(one))) return worked[0]
      }
  return undefined
}
