// A variable that was never filled in: undefined, null or a template mark stands in the address.

import { isRedacted } from '../../../http/secret-text.ts'
import { queryMember, requestLine } from '../../evidence.ts'
import { brief } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

/** Most addresses hold nothing of the kind, and need no second look. */
const hint = /undefined|null|NaN|object|None|nil|[{}<$]|%7B|%24|%3C|\/:|[^:]\/\//i
const whole = /^(?:undefined|null|NaN|\[object Object\]|None|nil)$/
const template = /^\{[A-Za-z_][\w.-]*\}$|\$\{[^}]*\}|\{\{[^}]*\}\}|^:[a-z_]\w*$/

export const unresolvedPlaceholder: Rule = {
  id: 'request/unresolved-placeholder',
  rank: 1,
  level: 'error',
  title: 'A variable in the address was not filled in',
  summary:
    'Fires when a path segment or query value is undefined, null, NaN, [object Object] or a template mark such as {id} or :id, or when a segment is empty where others have an id.',
  references: [rfc(6570, '1.2', 'URI Template'), rfc(3986, '3.3', 'Path')],
  scope: 'exchange',
  check(subject, context) {
    if (!hint.test(subject.exchange.request.url)) return undefined
    const found = inPath(subject) ?? inQuery(subject) ?? emptySegment(subject, context.ofOrigin)
    if (!found) return undefined
    const failed = subject.outcome.is === 'failure'
    if (!failed && subject.outcome.is !== 'success') return undefined
    // A success shows that the server takes the word as a value: only what no value looks like is worth a word.
    if (!failed && /^(?:null|None|nil|NaN)$|^$/.test(found.text)) return undefined
    const shown = found.text === '' ? 'nothing' : found.text
    return {
      level: failed ? 'error' : 'warning',
      title: found.query
        ? `The query parameter ${found.query} holds ${shown}`
        : `The path holds ${shown} where a value belongs`,
      brief: brief(
        found.text === '' ? 'Empty path segment' : `${found.text} in ${found.text.length > 11 ? '' : 'the '}address`,
      ),
      explanation: `${found.query ? `The parameter ${found.query} is` : 'A segment of the path is'} ${
        found.text === '' ? 'empty, where calls that worked have an id' : `“${shown}”`
      }: a variable was empty or not substituted when the client built the address, so the server was asked for something that does not exist.`,
      evidence: [found.query ? queryMember(subject, found.query, context) : requestLine(subject, context)],
      fix: {
        kind: 'template',
        text: 'Put the value that was meant in its place, and find out in the client why the variable was empty.',
        edits: found.query
          ? [{ op: 'set-query', name: found.query, value: `{{${found.query}}}` }]
          : [{ op: 'set-path', value: found.path ?? '{{path}}' }],
      },
    }
  },
  examples: [
    {
      name: 'undefined as an id',
      fires: true,
      primary: true,
      fix: 'template',
      exchanges: [
        { request: 'GET https://api.test/users/undefined/orders', status: 404, answer: { error: 'not found' } },
      ],
      brief: 'undefined in the address',
    },
    {
      name: 'a template that was sent as it is',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/users/%7B%7BuserId%7D%7D', status: 400 }],
    },
    {
      name: 'an object turned into text in the query',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/search?filter=%5Bobject%20Object%5D', status: 400 }],
    },
    {
      name: 'an empty segment where an id stood before',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/users/17/orders', status: 200, answer: [] },
        { request: 'GET https://api.test/users//orders', status: 404 },
      ],
    },
    {
      name: 'a mark of the documentation that was copied',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/users/<user-id>', status: 400 }],
    },
    {
      name: 'a mark that scrubbing left in an import',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/users/<LOGIN>',
          status: 404,
          imported: true,
          answerHeaders: { A: '1', B: '2', C: '3' },
        },
      ],
    },
    {
      name: 'a placeholder that our own export put in the place of a secret',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/users?key=%7B%7Bsecret-1f2e3d4c%7D%7D', status: 404 }],
    },
    {
      name: 'a custom method behind a colon',
      fires: false,
      exchanges: [{ request: 'POST https://api.test/v1/jobs/17:cancel', status: 404 }],
    },
    {
      name: 'null as a query value that the server accepts',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items?parent=null', status: 200, answer: [] }],
    },
    {
      name: 'a word that only contains undefined',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/docs/undefined-behaviour', status: 404 }],
    },
  ],
}

type Found = { readonly text: string; readonly query?: string; readonly path?: string }

/** In imports such brackets are what scrubbing left. */
const bracketed = /^<[a-z_][\w-]*>$/i

const isPlaceholder = (subject: Subject, value: string): boolean =>
  whole.test(value) || (template.test(value) && !isRedacted(value)) || (subject.live && bracketed.test(value))

function inPath(subject: Subject): Found | undefined {
  const segments = subject.path.split('/')
  const place = segments.findIndex((segment) => isPlaceholder(subject, decoded(segment)))
  if (place < 0) return undefined
  const before = segments[place - 1]
  const hole = `{{${before && /^[\w-]+$/.test(before) ? `id of ${before}` : 'value'}}}`
  return { text: decoded(segments[place] ?? ''), path: segments.with(place, hole).join('/') }
}

function inQuery(subject: Subject): Found | undefined {
  const pair = subject.query.find(({ value }) => isPlaceholder(subject, value))
  return pair && { text: pair.value, query: pair.name }
}

/** `/users//orders` where `/users/{}/orders` has worked. */
function emptySegment(
  subject: Subject,
  earlier: readonly { readonly template: string; readonly outcome: string }[],
): Found | undefined {
  if (!subject.path.includes('//')) return undefined
  const filled = subject.endpoint.template.replace(/\/\//g, '/{}/')
  const known = earlier.some((past) => past.outcome === 'success' && past.template === filled)
  return known ? { text: '', path: subject.path.replace('//', '/{{id}}/') } : undefined
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
