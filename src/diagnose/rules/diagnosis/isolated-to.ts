// How far a failure reaches: one endpoint or all, one method, one credential, one client.
import type { Edit } from '../../../exchange/edit.ts'
import type { Past } from '../../past.ts'
import { count, listed } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

/** Time looked back over, in ms, and exchanges needed to say anything. */
const window = 600_000
const enough = 5

type Cut = { readonly name: string; readonly of: (past: Past) => string }

const cuts: readonly Cut[] = [
  { name: 'endpoint', of: (past) => past.endpoint },
  { name: 'method', of: (past) => past.method },
  { name: 'credential', of: (past) => past.credentials.map(({ fingerprint }) => fingerprint).join() },
  { name: 'client', of: (past) => past.userAgent },
]

export const isolatedTo: Rule = {
  id: 'diagnosis/isolated-to',
  rank: 4,
  level: 'note',
  title: 'How far the failures of this origin reach',
  summary:
    'Notes, once in ten minutes for an origin, what its failures have in common that its successes have not: one endpoint, method, credential or client. Offers a minimal request to reproduce with.',
  references: [rfc9110('15', 'Status Codes')],
  on: 'failure',
  scope: 'group',
  check(subject, context) {
    const recent = context.ofOrigin.filter(
      (past) => subject.time - past.time <= window && (past.outcome === 'success' || past.outcome === 'failure'),
    )
    const failures = recent.filter((past) => past.outcome === 'failure')
    const successes = recent.length - failures.length
    // This failure is the third at least, among at least five exchanges.
    if (failures.length < 2 || recent.length + 1 < enough) return undefined
    const own: Record<string, string> = {
      endpoint: subject.endpoint.key,
      method: subject.method,
      credential: context.prints.map(({ fingerprint }) => fingerprint).join(),
      client: subject.request.header('user-agent') ?? '',
    }
    const isolating = cuts.filter(
      ({ name, of }) =>
        failures.every((past) => of(past) === own[name]) &&
        recent.some((past) => past.outcome === 'success' && of(past) !== own[name]) &&
        !recent.some((past) => past.outcome === 'success' && of(past) === own[name]),
    )
    const everything = successes === 0
    if (!everything && isolating.length === 0) return undefined
    if (!context.once(`isolated-to ${subject.origin}`, window)) return undefined
    const names = isolating.map(({ name }) => name)
    const edits = minimal(subject.request.headers)
    const always = context.sameRequest.filter((past) => subject.time - past.time <= window)
    const again =
      always.length > 0 && always.every((past) => past.outcome === 'failure')
        ? ' The same request fails each time.'
        : ''
    return {
      confidence: 0.8,
      title: everything ? `Everything sent to ${subject.host} fails` : `Only one ${names[0]} of ${subject.host} fails`,
      brief: everything ? 'Everything here fails' : `Only this ${names[0]} fails`,
      explanation: everything
        ? `All of the last ${count(recent.length + 1, 'exchange')} with this origin failed, so they probably have one cause: the network, the credential, or the service as a whole.${again}`
        : `In the last ten minutes ${successes} of ${recent.length + 1} exchanges with this origin worked; the failures share the same ${listed(names)}, which no success has.${again}`,
      evidence: [
        {
          location: { at: 'session' },
          value: `${failures.length + 1} failures, ${successes} successes in ten minutes`,
        },
      ],
      related: failures.slice(-3).map(({ id }) => id),
      ...(edits.length > 0
        ? {
            fix: {
              kind: 'complete' as const,
              text: 'Reproduce it with as little as possible: only the credential, Accept, Content-Type and the body.',
              edits,
            },
          }
        : {}),
    }
  },
  examples: [
    {
      name: 'one endpoint fails, the others work',
      fires: true,
      level: 'note',
      brief: 'Only this endpoint fails',
      exchanges: [
        { request: 'GET https://api.test/users', status: 200, answer: [], times: 3 },
        { request: 'GET https://api.test/items', status: 500, times: 3 },
      ],
    },
    {
      name: 'a single failure',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/users', status: 200, answer: [], times: 5 },
        { request: 'GET https://api.test/items', status: 500 },
      ],
    },
  ],
}

/** Fields a minimal request keeps: those that say who asks, for what, and what the body is. */
const kept =
  /^(?:host|authorization|cookie|accept|content-type|content-length|content-encoding|transfer-encoding|connection|.*(?:key|token|secret|signature|version).*)$/i

function minimal(headers: readonly { readonly name: string }[]): Edit[] {
  const names = new Set(headers.map(({ name }) => name).filter((name) => !kept.test(name)))
  return [...names].map((name) => ({ op: 'remove-header', name }))
}
