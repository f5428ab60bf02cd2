// A plain 404: the address is well formed, and nothing is there.
import { requestLine, status } from '../../evidence.ts'
import { clock, count } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const notFound: Rule = {
  id: 'request/not-found',
  rank: 3,
  level: 'error',
  title: 'Nothing was found at this address',
  summary:
    'Fires on 404 when no closer cause is known. Says whether the same endpoint works with other ids, and whether this very resource was deleted earlier in the session.',
  references: [rfc9110('15.5.5', '404 Not Found')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (subject.status !== 404) return undefined
    const here = context.ofOrigin.filter((past) => past.path === subject.path)
    const deleted = here.findLast((past) => past.method === 'DELETE' && past.outcome === 'success')
    const worked = here.findLast((past) => past.outcome === 'success' && past.method !== 'DELETE')
    const others = context.ofOrigin.filter(
      (past) => past.outcome === 'success' && past.endpoint === subject.endpoint.key,
    )
    const anything = context.ofOrigin.some((past) => past.outcome === 'success')
    const route = /Cannot (GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) \//.exec(
      subject.response?.truncated === false ? subject.response.text.slice(0, 2000) : '',
    )
    const router = route
      ? ` Its router has no route for ${route[1]} at this path, so the path or the method is wrong, not an id.`
      : ''
    const base = {
      evidence: [requestLine(subject, context), status(subject)],
      title: `Nothing was found at ${subject.path}`,
    }
    if (deleted) {
      return {
        ...base,
        rank: 1,
        title: `${subject.path} was deleted earlier`,
        brief: 'Was deleted earlier',
        explanation: `This resource was deleted at ${clock(deleted.time)} in this session, so the server no longer finds it.`,
        related: [deleted.id],
        fix: { kind: 'advice', text: 'Create it again, or ask for another one.' },
      }
    }
    const why = worked
      ? `It was there at ${clock(worked.time)}: it has been removed since, or another account is asking.`
      : others.length > 0
        ? `The endpoint itself works (${count(others.length, 'success')} with other ids), so this id is wrong, deleted, or belongs to another account.`.replace(
            'successs',
            'successes',
          )
        : anything
          ? 'Other paths of this origin worked, this one never has: check the path itself before the id.'
          : 'Nothing on this origin has worked yet: check host, base path and version before the id.'
    return {
      ...base,
      brief: others.length > 0 ? 'No such id' : 'Not found',
      explanation: `The server is up and understood the request, but has nothing at this address.${router} ${why}`,
      fix: {
        kind: 'template',
        text:
          others.length > 0
            ? 'Ask for an id that exists; list the collection to see which do.'
            : 'Correct the address.',
        edits: [{ op: 'set-path', value: '{{path}}' }],
      },
    }
  },
  examples: [
    {
      name: 'a missing id',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/items/1', status: 200, answer: { id: 1 } },
        { request: 'GET https://api.test/items/999', status: 404, answer: { error: 'no such item' } },
      ],
      brief: 'No such id',
      primary: true,
    },
    {
      name: 'deleted a moment ago',
      fires: true,
      exchanges: [
        { request: 'DELETE https://api.test/items/1', status: 204 },
        { request: 'GET https://api.test/items/1', status: 404 },
      ],
      brief: 'Was deleted earlier',
    },
    {
      name: '410 has its own rule',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items/1', status: 410 }],
    },
    {
      name: 'a success',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items/404', status: 200, answer: { id: 404 } }],
    },
  ],
}
