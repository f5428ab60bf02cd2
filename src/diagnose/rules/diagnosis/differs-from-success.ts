// What is different from the nearest call that worked.
import { brief, clock, listed } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

/** Differences offered as edits; one after another they isolate the cause. */
const maxEdits = 5

export const differsFromSuccess: Rule = {
  id: 'diagnosis/differs-from-success',
  rank: 2,
  level: 'note',
  title: 'What differs from the nearest call that worked',
  summary:
    'Attached to every failure that has a comparable success within 24 hours: the ordered differences in method, host, path, version, credential, fields, query and body, without what also differs between two successes.',
  references: [rfc9110('3.4', 'Messages')],
  on: 'failure',
  scope: 'group',
  check(_subject, context) {
    const { nearest, differential } = context
    if (!nearest || !differential) return undefined
    const { differences } = differential
    const when = clock(nearest.time)
    const [only] = differences
    const edits = differences.flatMap(({ edit }) => edit ?? []).slice(0, maxEdits)
    const shown = (difference: (typeof differences)[number]) =>
      difference.failed === undefined
        ? `${named(difference.what)} is absent (it was ${difference.worked})`
        : difference.worked === undefined
          ? `${named(difference.what)} is new (${difference.failed})`
          : `${named(difference.what)} is ${difference.failed} instead of ${difference.worked}`
    if (!only)
      return {
        confidence: 0.8,
        title: `Nothing differs from the call that worked at ${when}`,
        brief: 'Same request worked before',
        explanation: `The request is the same as one that worked at ${when}, apart from what always changes. The cause lies on the server’s side, in its data, or in time.`,
        evidence: [{ location: { at: 'session' }, value: `${nearest.status} at ${when}`, exchange: nearest.id }],
        related: [nearest.id],
      }
    return {
      confidence: differences.length === 1 ? 0.9 : 0.7,
      title:
        differences.length === 1
          ? `The only difference from the call that worked at ${when} is ${named(only.what)}`
          : `${differences.length} differences from the call that worked at ${when}`,
      brief:
        differences.length === 1
          ? brief(
              `Differs: ${only.what.replace(/^credential .*/, 'credential').replace(/^(?:header|query|body) /, '')}`,
            )
          : `${differences.length} differences`,
      explanation: `Compared with the call that worked at ${when}: ${listed(differences.slice(0, 6).map(shown), 6)}${differences.length > 6 ? `, and ${differences.length - 6} more` : ''}.`,
      evidence: [{ location: { at: 'session' }, value: `${nearest.status} at ${when}`, exchange: nearest.id }],
      related: [nearest.id],
      ...(edits.length > 0 && edits.length === differences.length
        ? {
            fix: {
              kind: 'complete' as const,
              text:
                differences.length === 1
                  ? 'Send it as the call that worked.'
                  : 'Apply these one at a time: the one that makes it work is the cause.',
              edits,
            },
          }
        : {
            fix: {
              kind: 'advice' as const,
              text: 'Undo the differences one at a time, in this order: the one that makes it work is the cause.',
              ...(edits.length > 0 ? { edits } : {}),
            },
          }),
    }
  },
  examples: [
    {
      name: 'one field is new',
      fires: true,
      level: 'note',
      exchanges: [
        {
          request: 'GET https://api.test/items/1',
          headers: { 'X-Api-Version': '2024-01' },
          status: 200,
          answer: { id: 1 },
        },
        {
          request: 'GET https://api.test/items/1',
          headers: { 'X-Api-Version': '2023-01' },
          status: 400,
          answer: { message: 'bad' },
        },
      ],
    },
    {
      name: 'no comparable success',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/users', status: 200, answer: [] },
        { request: 'GET https://api.test/items/1', status: 400, answer: { message: 'bad' } },
      ],
    },
  ],
}

/** `the header X-Api-Version`, `the credential in the query parameter key`, `the type of the body member /age`. */
function named(what: string): string {
  const [kind = '', ...rest] = what.split(' ')
  const name = rest.join(' ')
  if (kind === 'credential') return `the credential in ${named(name)}`
  if (kind === 'query') return `the query parameter ${name}`
  if (kind !== 'body') return `the ${what}`
  const pointer = name.replace(/ type$/, '')
  const member = pointer === '(whole)' ? 'the body as a whole' : `the body member ${pointer}`
  return pointer === name ? member : `the type of ${member}`
}
