// The credential is valid and lacks a permission the operation needs.
import { authEvidence, holeFor } from '../../auth-failure.ts'
import { readChallenges } from '../../challenges.ts'
import type { Context } from '../../context.ts'
import { responseHeader } from '../../evidence.ts'
import type { Evidence } from '../../finding.ts'
import { brief, listed } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

const words = (text: string | undefined): string[] => (text ?? '').split(/[\s,]+/).filter(Boolean)

/** `a` covers `a:b`, `admin:x` covers `write:x` and `read:x`, `repo` covers `public_repo`. */
export function covers(held: string, needed: string): boolean {
  if (held === needed || needed.startsWith(`${held}:`) || (held === 'repo' && needed === 'public_repo')) return true
  const [power, thing] = held.split(':')
  const [wanted, what] = needed.split(':')
  return (
    thing !== undefined &&
    thing === what &&
    ((power === 'admin' && /^(?:write|read)$/.test(wanted ?? '')) || (power === 'write' && wanted === 'read'))
  )
}

type Scopes = {
  readonly needed: readonly string[]
  readonly held: readonly string[] | undefined
  readonly anyOf: boolean
  readonly evidence: readonly Evidence[]
}

export const insufficientScope: Rule = {
  id: 'auth/insufficient-scope',
  rank: 1,
  level: 'error',
  title: 'The token lacks a scope this call needs',
  summary:
    'Fires on a failure that names the scopes: error="insufficient_scope" in the challenge, missing_scope with needed and provided, or accepted scopes of which none is granted. Never on a success.',
  references: [rfc(6750, '3.1', 'insufficient_scope'), rfc(6749, '3.3', 'Access Token Scope')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const found =
      fromChallenge(subject, context) ?? fromBody(subject) ?? fromAccepted(subject, context) ?? fromWords(subject)
    if (!found) return undefined
    const lacking = found.anyOf
      ? found.needed
      : found.needed.filter((one) => !found.held?.some((held) => covers(held, one)))
    const list = lacking.length > 0 ? lacking : found.needed
    const held = found.held ? ` It holds ${found.held.length > 0 ? listed(found.held, 8) : 'none'}.` : ''
    return {
      confidence: 0.96,
      title:
        list.length > 0
          ? `The token lacks the scope ${listed(list, 4, found.anyOf ? 'or' : 'and')}`
          : 'The token lacks a scope this call needs',
      brief: list.length > 0 ? brief(`Scope ${list[0]} missing`) : 'Scope missing',
      explanation: `The server knows who is asking; the token is not allowed to do this. ${
        list.length > 0
          ? `The call needs ${found.anyOf ? 'one of ' : ''}${listed(list, 8, found.anyOf ? 'or' : 'and')}.`
          : 'The server does not name the scope it needs.'
      }${held} The request itself is fine: authorise again with the missing scope.`,
      evidence: [...found.evidence, ...authEvidence(subject, context)],
      fix: {
        kind: 'template',
        text: `Authorise again${list.length > 0 ? ` with ${listed([...new Set([...(found.held ?? []), ...list])], 12)}` : ' with the scope the documentation names'}, then send the same request with the new token.`,
        ...holeFor(subject, subject.credentials[0], 'token with that scope'),
      },
    }
  },
  examples: [
    {
      name: 'the challenge says insufficient_scope',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'POST https://api.test/files',
          headers: { Authorization: 'Bearer abcdefghijklmnopqr' },
          body: { a: 1 },
          status: 403,
          answerHeaders: { 'WWW-Authenticate': 'Bearer error="insufficient_scope", scope="files.write"' },
        },
      ],
    },
    {
      name: 'missing_scope with needed and provided inside a 200',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'POST https://api.test/chat.post',
          headers: { Authorization: 'Bearer abcdefghijklmnopqr' },
          status: 200,
          answer: { ok: false, error: 'missing_scope', needed: 'chat:write', provided: 'users:read' },
        },
      ],
    },
    {
      name: 'accepted scopes that are not granted, on a success',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/user',
          headers: { Authorization: 'Bearer abcdefghijklmnopqr' },
          status: 200,
          answerHeaders: { 'X-OAuth-Scopes': 'gist', 'X-Accepted-OAuth-Scopes': 'repo' },
          answer: {},
        },
      ],
    },
    {
      name: 'a scope that covers the needed one',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/user',
          headers: { Authorization: 'Bearer abcdefghijklmnopqr' },
          status: 404,
          answerHeaders: { 'X-OAuth-Scopes': 'repo', 'X-Accepted-OAuth-Scopes': 'public_repo' },
          answer: { message: 'Not Found' },
        },
      ],
    },
  ],
}

function fromChallenge(subject: Subject, context: Context): Scopes | undefined {
  const challenge = readChallenges(subject.response?.headerAll('www-authenticate') ?? []).find(
    ({ parameters }) => parameters.error === 'insufficient_scope',
  )
  if (!challenge) return undefined
  const jwt = subject.jwts[0]
  const claim = jwt?.claims.scope ?? jwt?.claims.scp
  const held = Array.isArray(claim)
    ? claim.filter((one) => typeof one === 'string')
    : typeof claim === 'string'
      ? words(claim)
      : undefined
  return {
    needed: words(challenge.parameters.scope),
    held,
    anyOf: false,
    evidence: [responseHeader(subject, 'WWW-Authenticate', context)],
  }
}

function fromBody(subject: Subject): Scopes | undefined {
  const { error } = subject
  if (error?.code === 'insufficient_scope')
    return { needed: words(error.needed?.join(' ')), held: error.provided, anyOf: false, evidence: [] }
  if (error?.code !== 'missing_scope') return undefined
  return {
    needed: error.needed ?? [],
    held: error.provided,
    anyOf: false,
    evidence: [{ location: { at: 'response.body', pointer: '/needed' }, value: (error.needed ?? []).join(', ') }],
  }
}

/** Accepted scopes are alternatives: one of them is enough. A 404 of this kind is masked, and has its own rule. */
function fromAccepted(subject: Subject, context: Context): Scopes | undefined {
  if (subject.status !== 401 && subject.status !== 403) return undefined
  const accepted = words(subject.response?.header('x-accepted-oauth-scopes'))
  const granted = subject.response?.header('x-oauth-scopes')
  if (accepted.length === 0 || granted === undefined) return undefined
  const held = words(granted)
  if (accepted.some((needed) => held.some((one) => covers(one, needed)))) return undefined
  const evidence = ['X-Accepted-OAuth-Scopes', 'X-OAuth-Scopes'].map((name) => responseHeader(subject, name, context))
  return { needed: accepted, held, anyOf: true, evidence }
}

/** 403 whose words name something of the form of a scope next to the word itself. */
function fromWords(subject: Subject): Scopes | undefined {
  if (subject.status !== 403 || !/scope/.test(subject.errorText)) return undefined
  const named = [...subject.errorText.matchAll(/[a-z][\w-]*(?:[.:/][\w.-]+)+/g)]
    .map(([one]) => one.replace(/[.:]+$/, ''))
    .filter((one) => !one.includes('//'))
  return { needed: [...new Set(named)].slice(0, 6), held: undefined, anyOf: false, evidence: [] }
}
