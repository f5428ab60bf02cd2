// A member that was always there is absent.
import { responseOf } from '../../../exchange/exchange.ts'
import type { Context } from '../../context.ts'
import { bodyMember } from '../../evidence.ts'
import { jsonType } from '../../json-paths.ts'
import { isObject, pointerPart } from '../../json-value.ts'
import { brief, listed } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

/** Observations in which it was there, before its absence means anything. */
const enough = 10
/** Query members that choose what comes back. */
const selects =
  /^(?:fields?|select|include|expand|embed|view|part|projection|excludes?|omit|columns|attributes|\$select|\$expand)$/i

type Gone = { readonly pointer: string; readonly name: string; readonly parent: unknown; readonly count: number }

function vanished(subject: Subject, context: Context): Gone[] {
  const { baseline } = context
  const { response } = subject
  if (!baseline || !response || response.truncated || response.value === undefined || baseline.responseSamples < enough)
    return []
  const children = new Map<string, string[]>()
  for (const [path, facts] of baseline.response) {
    if (facts.count < enough || facts.count < facts.parentCount || path.endsWith('/[]') || path.endsWith('/*')) continue
    const slash = path.lastIndexOf('/')
    if (slash < 0) continue
    const parent = path.slice(0, slash)
    children.set(parent, [...(children.get(parent) ?? []), path.slice(slash + 1)])
  }
  const found: Gone[] = []
  const told = new Set<string>()
  const walk = (value: unknown, path: string, pointer: string, depth: number): void => {
    if (depth > 8 || found.length >= 10) return
    if (Array.isArray(value)) {
      for (const [index, one] of value.slice(0, 5).entries()) walk(one, `${path}/[]`, `${pointer}/${index}`, depth + 1)
      return
    }
    if (!isObject(value) || baseline.isResponseMap(path, value)) return
    const names = new Set(Object.keys(value).map(pointerPart))
    for (const name of children.get(path) ?? [])
      if (!names.has(name) && !told.has(`${path}/${name}`)) {
        told.add(`${path}/${name}`)
        found.push({ pointer, name, parent: value, count: baseline.response.get(`${path}/${name}`)?.count ?? 0 })
      }
    for (const [key, member] of Object.entries(value))
      walk(member, `${path}/${pointerPart(key)}`, `${pointer}/${pointerPart(key)}`, depth + 1)
  }
  walk(response.value, '', '', 0)
  return found
}

/** Another selection or another Accept explains an absence. */
function asksOtherwise(subject: Subject, context: Context): boolean {
  const { baseline } = context
  if (subject.query.some(({ name, value }) => selects.test(name) && baseline?.query.get(name)?.value !== value))
    return true
  const accept = subject.request.header('accept')
  return (
    accept !== undefined && baseline !== undefined && baseline.accepts.length > 0 && !baseline.accepts.includes(accept)
  )
}

export const responseMemberVanished: Rule = {
  id: 'schema/response-member-vanished',
  rank: 2,
  level: 'warning',
  title: 'A member of the answer has vanished',
  summary:
    'Fires when a member that was in every one of at least ten observations of its parent object is absent while the parent is there. Silent below maps, and where the request selects other members or asks for another format.',
  references: [{ title: 'RFC 8259 §4: Objects', url: 'https://www.rfc-editor.org/rfc/rfc8259#section-4' }],
  on: 'success',
  scope: 'exchange',
  check(subject, context) {
    const gone = vanished(subject, context)
    const [first] = gone
    if (!first || asksOtherwise(subject, context)) return undefined
    // Where most of an object is gone it is another kind of object.
    const size = isObject(first.parent) ? Object.keys(first.parent).length : 0
    if (gone.length > Math.max(3, size)) return undefined
    const names = gone.map(({ pointer, name }) => `${pointer}/${name}`)
    const earlier = context.ofOrigin.findLast(
      (past) =>
        past.endpoint === subject.endpoint.key && past.outcome === 'success' && responseOf(past.exchange) !== undefined,
    )
    return {
      confidence: 0.85,
      title: `${listed(names, 3)} ${names.length === 1 ? 'is' : 'are'} absent from the answer`,
      brief: brief(`${first.name} has vanished`),
      explanation: `${listed(names, 6)} ${names.length === 1 ? 'was' : 'were'} in each of the ${first.count} earlier observations of this endpoint and ${names.length === 1 ? 'is' : 'are'} absent now. A client that relies on ${names.length === 1 ? 'it' : 'them'} will fail.`,
      evidence: gone.slice(0, 5).map(({ pointer, name, parent }) => ({
        ...bodyMember('response.body', pointer, parent, context),
        value: `${jsonType(parent)} without ${name}`,
      })),
      ...(earlier ? { related: [earlier.id] } : {}),
      fix: {
        kind: 'advice',
        text: 'Ask the provider whether the member was removed; until then treat it as optional.',
      },
    }
  },
  examples: [
    {
      name: 'a member that was there eleven times',
      fires: true,
      level: 'warning',
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { id: 1, name: 'a', price: 2 }, times: 11 },
        { request: 'GET https://api.test/items/99', status: 200, answer: { id: 1, name: 'a' } },
      ],
    },
    {
      name: 'the request selects other members',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { id: 1, name: 'a', price: 2 }, times: 11 },
        { request: 'GET https://api.test/items/99?fields=id,name', status: 200, answer: { id: 1, name: 'a' } },
      ],
    },
    {
      name: 'a member that comes and goes',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { id: 1, name: 'a', price: 2 }, times: 6 },
        { request: 'GET https://api.test/items/{n}', status: 200, answer: { id: 1, name: 'a' }, times: 6 },
        { request: 'GET https://api.test/items/99', status: 200, answer: { id: 1, name: 'a' } },
      ],
    },
  ],
}
