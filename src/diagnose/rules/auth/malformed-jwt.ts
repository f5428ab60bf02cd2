// A Bearer value that begins like a JSON Web Token and is not a whole one.
import { credentialEvidence, replaceCredential } from '../../auth-failure.ts'
import { exampleJwt } from '../../example-jwt.ts'
import { decodePart } from '../../jwt.ts'
import type { CredentialPrint } from '../../past.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'

/** What is wrong with it, in words; undefined where it is a whole token or something else. */
function faultOf(token: string): string | undefined {
  // eyJ is base64url of `{"`: only what decodes that way is meant as a JWT.
  if (!/^eyJ[A-Za-z0-9_-]*/.test(token)) return undefined
  const parts = token.split('.')
  if (parts.length === 1 || !decodePart(parts[0] ?? '')) {
    if (parts.length > 1 && /[+/=]/.test(parts[0] ?? '')) return 'its first part is base64 instead of base64url'
    return decodePart(parts[0] ?? '') || /^eyJ[A-Za-z0-9_-]{10,}$/.test(parts[0] ?? '')
      ? `it has ${parts.length} part${parts.length === 1 ? '' : 's'} instead of 3`
      : undefined
  }
  if (parts.length !== 3 && parts.length !== 5) return `it has ${parts.length} parts instead of 3`
  if (parts.length === 5) return undefined
  const header = decodePart(parts[0] ?? '')
  const claims = decodePart(parts[1] ?? '')
  if (!claims) return 'its second part cannot be decoded'
  if (parts[2] === '' && header?.alg !== 'none') return 'its signature was cut off'
  if (!/^[A-Za-z0-9_-]*$/.test(parts[2] ?? '')) return 'its signature holds characters that base64url has not'
  for (const name of ['exp', 'iat', 'nbf'])
    if (typeof claims[name] === 'number' && claims[name] > 1e11)
      return `its claim ${name} is in milliseconds, not seconds`
  return undefined
}

export const malformedJwt: Rule = {
  id: 'auth/malformed-jwt',
  rank: 1,
  level: 'error',
  title: 'The JSON Web Token is damaged',
  summary:
    'Fires when a credential begins like a JSON Web Token and has the wrong number of parts, a part that cannot be decoded, no signature, or times in milliseconds. A note where the server does not mind.',
  references: [rfc(7515, '3', 'JSON Web Signature Overview'), rfc(7519, '2', 'NumericDate')],
  needs: ['credentials'],
  scope: 'exchange',
  check(subject, context) {
    if (subject.scrubbed) return undefined
    for (const print of context.prints) {
      const token = print.value.trim()
      const fault = faultOf(token)
      if (!fault) continue
      const accepted = context.ofOrigin
        .toReversed()
        .flatMap((past) => (past.outcome === 'success' ? past.credentials : []))
        .find(({ name, location }) => name === print.name && location === print.location)
      const length =
        accepted && accepted.length > token.length
          ? ` The one accepted earlier had ${accepted.length} characters, this one has ${token.length}.`
          : ''
      const isRefused = subject.outcome.is === 'failure' && [400, 401, 403].includes(subject.status)
      return {
        level: isRefused ? 'error' : 'note',
        confidence: 0.95,
        title: `The JSON Web Token is damaged: ${fault}`,
        brief: /parts?\b.*instead|cut off/.test(fault) ? 'Token is cut or incomplete' : 'Token is damaged',
        explanation: `The value looks like a JSON Web Token, yet ${fault}.${length} It was probably cut when it was copied, stored or passed on.`,
        evidence: [credentialEvidence(print, context)],
        fix: { kind: 'template', text: 'Send the whole token.', ...edits(print) },
      }
    }
    return undefined
    function edits(print: CredentialPrint) {
      const edit = replaceCredential(subject, print, '{{whole token}}')
      return edit ? { edits: [edit] } : {}
    }
  },
  examples: [
    {
      name: 'a token without its signature',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: `Bearer ${exampleJwt({ exp: 600 }).split('.').slice(0, 2).join('.')}` },
          status: 401,
        },
      ],
    },
    {
      name: 'a whole token refused',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: `Bearer ${exampleJwt({ exp: 600 })}` },
          status: 401,
        },
      ],
    },
    {
      name: 'an opaque token that happens to begin with eyJ',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/a', headers: { Authorization: 'Bearer eyJ~opaque' }, status: 401 }],
    },
  ],
}
