// A 404 whose path is almost one that works on this origin: a slash, a case, a version, a prefix, a plural, a typing error.
import type { Context } from '../../context.ts'
import { editDistance } from '../../edit-distance.ts'
import { looksLikeId } from '../../endpoint-key.ts'
import { requestLine, status } from '../../evidence.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

export const pathNearMiss: Rule = {
  id: 'request/path-near-miss',
  rank: 2,
  level: 'error',
  title: 'The path is almost one that works',
  summary:
    'Fires on 404 when a path that worked on this origin differs only by case, slashes, encoding, a version segment, an /api prefix, a plural s or one typing error. Ids do not count as differences.',
  references: [rfc9110('15.5.5', '404 Not Found')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (subject.status !== 404) return undefined
    const near = nearTemplates(subject, context)
    const [best] = near
    if (!best) return undefined
    const path = fill(best.template, subject.path)
    const certain = near.length === 1 && path !== undefined
    return {
      confidence: best.typing ? 0.7 : 0.9,
      title: `${subject.path} is not there, but ${path ?? best.template} is`,
      brief: 'Path slightly wrong',
      explanation: `Nothing answers at ${subject.path}. On this origin ${best.template.replaceAll('{}', '…')} works; the difference is ${best.why}.`,
      evidence: [requestLine(subject, context), status(subject)],
      related: [best.id],
      fix: certain
        ? { kind: 'complete', text: `Send it to ${path}.`, edits: [{ op: 'set-path', value: path }] }
        : { kind: 'advice', text: 'Compare the path with the ones that worked in this session.' },
    }
  },
  examples: [
    {
      name: 'a trailing slash too many',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        { request: 'GET https://api.test/items', status: 200, answer: [] },
        { request: 'GET https://api.test/items/', status: 404, answer: { error: 'not found' } },
      ],
      brief: 'Path slightly wrong',
    },
    {
      name: 'the version segment is missing, the id is kept',
      fires: true,
      fix: 'complete',
      exchanges: [
        { request: 'GET https://api.test/v1/items/1', status: 200, answer: { id: 1 } },
        { request: 'GET https://api.test/items/2', status: 404 },
      ],
    },
    {
      name: 'a typing error in one segment',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/customers/1/orders', status: 200, answer: [] },
        { request: 'GET https://api.test/customers/1/odrers', status: 404 },
      ],
    },
    {
      name: 'another id of a path that works',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items/1', status: 200, answer: { id: 1 } },
        { request: 'GET https://api.test/items/2', status: 404, answer: { error: 'not found' } },
      ],
    },
    {
      name: 'names as ids: one user more or less',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/users/john', status: 200, answer: {} },
        { request: 'GET https://api.test/users/mary', status: 200, answer: {} },
        { request: 'GET https://api.test/users/joan', status: 404, answer: { error: 'no such user' } },
      ],
    },
  ],
}

type Near = { readonly template: string; readonly id: string; readonly why: string; readonly typing: boolean }

function nearTemplates(subject: Subject, context: Context): Near[] {
  const mine = subject.endpoint.template
  const found = new Map<string, Near>()
  const templates = new Map<string, string>()
  for (const past of context.ofOrigin) if (past.outcome === 'success') templates.set(past.template, past.id)
  if (templates.has(mine)) return []
  for (const [template, id] of templates) {
    const why = difference(mine, template) ?? typingError(mine, template, [...templates.keys()])
    if (why !== undefined) found.set(template, { template, id, why, typing: why.startsWith('a typing') })
  }
  // An exact difference beats a guess at a typing error.
  const exact = [...found.values()].filter((near) => !near.typing)
  return exact.length > 0 ? exact : [...found.values()]
}

const tidy = (path: string): string =>
  decoded(path)
    .replace(/\/{2,}/g, '/')
    .replace(/(.)\/$/, '$1')
const withoutVersion = (path: string): string => path.replace(/\/v\d+(?:\.\d+)?(?=\/|$)/gi, '')
const withoutPrefix = (path: string): string => path.replace(/^\/(?:api|rest)(?=\/)/i, '')
const singular = (path: string): string => path.replace(/([a-z]{2,})s(?=\/|$)/gi, '$1')

/** What makes two templates equal, the lightest change first; each is made to what the one before it left. */
const steps: readonly (readonly [words: string, change: (path: string) => string])[] = [
  ['a slash or the encoding of a character', tidy],
  ['upper and lower case', (path) => path.toLowerCase()],
  ['the version segment', withoutVersion],
  ['the /api prefix', withoutPrefix],
  ['singular and plural', singular],
]

function difference(mine: string, other: string): string | undefined {
  let [one, two] = [mine, other]
  for (const [words, change] of steps) {
    one = change(one)
    two = change(two)
    if (one === two) return words
  }
  return undefined
}

/** One literal segment, spelt wrong; not where that place holds names of things (two or more values worked there). */
function typingError(mine: string, other: string, all: readonly string[]): string | undefined {
  const [a, b] = [mine.split('/'), other.split('/')]
  if (a.length !== b.length) return undefined
  const places = a.flatMap((segment, index) => (segment === b[index] ? [] : [index]))
  const [place] = places
  if (places.length !== 1 || place === undefined) return undefined
  const [wrong = '', right = ''] = [a[place], b[place]]
  if (wrong.length > 64 || right.length > 64) return undefined
  if (
    wrong === '{}' ||
    right === '{}' ||
    right.length < 4 ||
    editDistance(wrong, right, 2) > (right.length < 6 ? 1 : 2)
  ) {
    return undefined
  }
  const siblings = all.filter((one) => {
    const parts = one.split('/')
    return parts.length === b.length && parts.every((part, index) => index === place || part === b[index])
  })
  return siblings.length === 1 ? `a typing error: ${wrong} instead of ${right}` : undefined
}

/** The template with this request's own ids, where both have equally many. */
function fill(template: string, path: string): string | undefined {
  const ids = path.split('/').filter(looksLikeId)
  const holes = template.split('{}').length - 1
  if (ids.length !== holes) return undefined
  let next = 0
  return template.replace(/\{\}/g, () => ids[next++] ?? '')
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
