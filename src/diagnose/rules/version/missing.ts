// The request names no version where every call that worked did.
import type { Edit } from '../../../exchange/edit.ts'
import type { Baseline } from '../../baseline.ts'
import { queryMember, requestHeader } from '../../evidence.ts'
import { brief } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import { versionMarkers } from '../../version-markers.ts'

const enough = 3

export const versionMissing: Rule = {
  id: 'version/missing',
  rank: 2,
  level: 'error',
  title: 'The API version is not named',
  summary:
    'Fires on a 4xx without a version field or parameter that all of three or more successes of the endpoint carried.',
  references: [rfc9110('15.5.1', '400 Bad Request')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const { baseline } = context
    if (![400, 404, 406, 415, 422, 426].includes(subject.status) || !baseline || baseline.samples < enough)
      return undefined
    const missing =
      absentField(
        baseline,
        subject.request.headers.map((line) => line.name.toLowerCase()),
      ) ?? absentParameter(baseline, subject.query)
    if (!missing) return undefined
    const { name, value, constant, field } = missing
    const filled = constant ? value : '{{version}}'
    const edit: Edit = field ? { op: 'set-header', name, value: filled } : { op: 'set-query', name, value: filled }
    const said = /version/.test(subject.errorText)
    return {
      rank: said ? 1 : 2,
      // More exact than header/missing-versus-baseline, which sees the same gap.
      confidence: said ? 0.98 : 0.92,
      title: `${field ? 'The field' : 'The parameter'} ${name} is missing`,
      brief: brief(`${name} is missing`),
      explanation: `All ${baseline.samples} successful calls of this endpoint named the API version in ${name}${
        constant ? ` (${value})` : ''
      }; this one names none, so the server chose a version by itself, or refused.`,
      evidence: [field ? requestHeader(subject, name, context) : queryMember(subject, name, context)],
      fix: constant
        ? { kind: 'complete', text: `Add ${name}: ${value}.`, edits: [edit] }
        : { kind: 'template', text: `Add ${name} with the version you mean.`, edits: [edit] },
    }
  },
  examples: [
    {
      name: 'the version field is missing',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/pages/{n}',
          headers: { 'Notion-Version': '2022-06-28' },
          times: 3,
          status: 200,
          answer: {},
        },
        {
          request: 'GET https://api.test/pages/4',
          status: 400,
          answer: { code: 'missing_version', message: 'Notion-Version header should be defined' },
        },
      ],
      brief: 'notion-version is missing',
    },
    {
      name: 'the version parameter is missing',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/pages/{n}?api-version=2024-01', times: 3, status: 200, answer: {} },
        { request: 'GET https://api.test/pages/4', status: 400 },
      ],
    },
    {
      name: 'a 404 with the version named',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/pages/{n}',
          headers: { 'Notion-Version': '2022-06-28' },
          times: 3,
          status: 200,
          answer: {},
        },
        { request: 'GET https://api.test/pages/4', headers: { 'Notion-Version': '2022-06-28' }, status: 404 },
      ],
    },
    {
      name: 'an API that never had one',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/pages/{n}', times: 3, status: 200, answer: {} },
        { request: 'GET https://api.test/pages/4', status: 400 },
      ],
    },
  ],
}

type Missing = { readonly name: string; readonly value: string; readonly constant: boolean; readonly field: boolean }

function absentField(baseline: Baseline, present: readonly string[]): Missing | undefined {
  for (const [name, facts] of baseline.requestHeaders) {
    if (facts.count < baseline.samples || present.includes(name)) continue
    const marker = versionMarkers({ url: '', path: '', headers: [{ name, value: facts.value }] }).find(
      (one) => one.place === 'header',
    )
    if (marker) return { name, value: facts.value, constant: facts.constant, field: true }
  }
  return undefined
}

function absentParameter(baseline: Baseline, query: readonly { readonly name: string }[]): Missing | undefined {
  for (const [name, facts] of baseline.query) {
    if (facts.count < baseline.samples || query.some((pair) => pair.name === name)) continue
    const [marker] = versionMarkers({ url: `http://x/?${name}=${facts.value}`, path: '/', headers: [] })
    if (marker) return { name, value: facts.value, constant: facts.constant, field: false }
  }
  return undefined
}
