// A query parameter is missing that every earlier success of this endpoint had.
import type { Edit } from '../../../exchange/edit.ts'
import { credentialQuery, isSensitiveName } from '../../../http/secret-names.ts'
import { queryMember } from '../../evidence.ts'
import { brief, listed } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'

/** Successes needed before "always" means anything. */
const enough = 3

export const queryMissingVersusBaseline: Rule = {
  id: 'request/query-missing-versus-baseline',
  rank: 2,
  level: 'error',
  title: 'A query parameter is missing that successes always had',
  summary:
    'Fires on a 4xx whose query lacks a parameter that all of three or more earlier successes of the endpoint carried.',
  references: [rfc(3986, '3.4', 'Query')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const { baseline } = context
    if (
      subject.status < 400 ||
      subject.status > 499 ||
      subject.status === 429 ||
      !baseline ||
      baseline.samples < enough
    )
      return undefined
    const present = new Set(subject.query.map((pair) => pair.name))
    const missing = [...baseline.query].filter(
      ([name, facts]) =>
        facts.count >= baseline.samples && !present.has(name) && !credentialQuery(name) && !isSensitiveName(name),
    )
    if (missing.length === 0) return undefined
    const names = missing.map(([name]) => name)
    const constant = missing.every(([, facts]) => facts.constant)
    const edits = missing.map(
      ([name, facts]): Edit => ({ op: 'set-query', name, value: facts.constant ? facts.value : `{{${name}}}` }),
    )
    const said = names.some((name) => subject.errorText.includes(name.toLowerCase()))
    return {
      ...(said ? { rank: 1 as const } : {}),
      confidence: said ? 0.95 : 0.75,
      // What is missing from the query explains a refused request, hardly a 404 or a 409.
      mayLead: said || subject.status === 400 || subject.status === 422,
      title: `The query lacks ${listed(names)}`,
      brief: brief(`Parameter ${names[0]} missing`),
      explanation: `All ${baseline.samples} successful calls of this endpoint carried ${listed(names)} in the query; this one does not.${
        said ? ' The server names it, too.' : ''
      }`,
      evidence: names.map((name) => queryMember(subject, name, context)),
      fix: constant
        ? { kind: 'complete', text: `Add ${listed(names)} with the value it always had.`, edits }
        : { kind: 'template', text: `Add ${listed(names)}.`, edits },
    }
  },
  examples: [
    {
      name: 'a constant parameter is missing',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        { request: 'GET https://api.test/items?account=main&page={n}', times: 3, status: 200, answer: [] },
        { request: 'GET https://api.test/items?page=4', status: 400, answer: { error: 'bad request' } },
      ],
      brief: 'Parameter account missing',
    },
    {
      name: 'one that differs from call to call',
      fires: true,
      fix: 'template',
      exchanges: [
        { request: 'GET https://api.test/items?account=main&page={n}', times: 3, status: 200, answer: [] },
        { request: 'GET https://api.test/items?account=main', status: 400 },
      ],
    },
    {
      name: 'two successes prove nothing',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items?account=main&page={n}', times: 2, status: 200, answer: [] },
        { request: 'GET https://api.test/items?page=4', status: 400 },
      ],
    },
    {
      name: 'only some successes had it',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items?page={n}', times: 3, status: 200, answer: [] },
        { request: 'GET https://api.test/items', status: 200, answer: [] },
        { request: 'GET https://api.test/items', status: 400 },
      ],
    },
  ],
}
