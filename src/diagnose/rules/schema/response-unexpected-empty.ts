// A member, or the whole answer, is empty where it never was.
import { bodyMember } from '../../evidence.ts'
import { isEmpty, walkJson } from '../../json-paths.ts'
import { brief, listed } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'

const enough = 10
/** Lists of results are empty whenever a search finds nothing. */
const results = /^(?:|\/(?:data|items|results|records|value|entries|edges|hits|rows|list|objects))$/

export const responseUnexpectedEmpty: Rule = {
  id: 'schema/response-unexpected-empty',
  rank: 2,
  level: 'warning',
  title: 'A member of the answer is empty for the first time',
  summary:
    'Fires when a text, list or object that was never empty in ten or more observations is empty. Lists of results do not count where the query is a new one.',
  references: [{ title: 'RFC 8259 §3: Values', url: 'https://www.rfc-editor.org/rfc/rfc8259#section-3' }],
  on: 'success',
  scope: 'exchange',
  check(subject, context) {
    const { baseline } = context
    const { response } = subject
    if (
      !baseline ||
      !response ||
      response.truncated ||
      response.value === undefined ||
      baseline.responseSamples < enough
    )
      return undefined
    const isNewQuery =
      subject.query.some(({ name, value }) => baseline.query.get(name)?.value !== value) ||
      !context.ofOrigin.some((past) => past.url === subject.exchange.request.url && past.outcome === 'success')
    const found: { pointer: string; value: unknown; count: number }[] = []
    walkJson(response.value, baseline.isResponseMap, (path, value, pointer) => {
      if (!isEmpty(value) || found.length >= 5 || path.includes('/*')) return
      const facts = baseline.response.get(path)
      if (!facts || facts.count < enough || facts.empties > 0) return
      if (Array.isArray(value) && isNewQuery && results.test(path)) return
      found.push({ pointer, value, count: facts.count })
    })
    const [first] = found
    if (!first) return undefined
    const name = first.pointer.split('/').at(-1) || 'answer'
    return {
      confidence: 0.8,
      title: `${first.pointer || 'The answer'} is empty for the first time`,
      brief: brief(`${name} is empty`),
      explanation: `${listed(
        found.map(({ pointer }) => pointer || 'the whole answer'),
        5,
      )} was never empty in ${first.count} earlier observations of this endpoint and is empty now.`,
      evidence: found.map(({ pointer, value }) => bodyMember('response.body', pointer, value, context)),
      fix: { kind: 'advice', text: 'Check what the request asks for, and whether the data behind it is complete.' },
    }
  },
  examples: [
    {
      name: 'a list of roles that is empty',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/users/{n}', status: 200, answer: { id: 1, roles: ['a'] }, times: 11 },
        { request: 'GET https://api.test/users/99', status: 200, answer: { id: 1, roles: [] } },
      ],
    },
    {
      name: 'a search that finds nothing',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/search?q={n}', status: 200, answer: { items: [{ id: 1 }] }, times: 11 },
        { request: 'GET https://api.test/search?q=none', status: 200, answer: { items: [] } },
      ],
    },
  ],
}
