// The request names no version where every call that worked did.
import type { Edit } from '../../../exchange/edit.ts'
import type { Baseline } from '../../baseline.ts'
import { queryMember, requestHeader } from '../../evidence.ts'
import type { Evidence, Location } from '../../finding.ts'
import type { Past } from '../../past.ts'
import { brief } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule, Verdict } from '../../rule.ts'
import type { Subject } from '../../subject.ts'
import { versionMarkers } from '../../version-markers.ts'

const enough = 3

export const versionMissing: Rule = {
  id: 'version/missing',
  rank: 2,
  level: 'error',
  title: 'The API version is not named',
  summary:
    'Fires on a 4xx without a version field or parameter that all of three or more successes of the endpoint carried, or that the server’s own words ask for.',
  references: [rfc9110('15.5.1', '400 Bad Request')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const { baseline } = context
    if (![400, 404, 406, 415, 422, 426].includes(subject.status)) return undefined
    const named = namedByServer(subject)
    if (named) return asked(named, context.nearest)
    if (!baseline || baseline.samples < enough) return undefined
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
      // A recording may mix clients of many years.
      mayLead: said || subject.live || subject.status !== 422,
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
      brief: 'Notion-Version is missing',
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
      name: 'the server says which field it misses',
      fires: true,
      primary: true,
      fix: 'template',
      exchanges: [
        {
          request: 'POST https://api.test/v1/messages',
          body: { text: 'a' },
          status: 400,
          answer: { error: { type: 'invalid_request_error', message: 'shop-version: header is required' } },
        },
      ],
      brief: 'shop-version is missing',
    },
    {
      name: 'a member of the body that is called version',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/v1/apps',
          body: { a: 1 },
          status: 400,
          answer: { error: 'version is required' },
        },
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

type Named = { readonly name: string; readonly field: boolean; readonly evidence: Evidence }

/** `anthropic-version: header is required`, `The api-version query parameter is required`, `Notion-Version header should be defined`. */
const demand =
  /([\w-]{0,40}version)\b[^.]{0,60}\b(?:is required|are required|required|is missing|was missing|not specified|should be defined|must be (?:set|provided|specified|given|present))|missing[^.]{0,30}?([\w-]{0,40}version)\b/i

/** The field or parameter the server itself says it misses, where the request really lacks it. */
function namedByServer(subject: Subject): Named | undefined {
  const text = subject.error?.message ?? ''
  const match = demand.exec(text)
  const name = match?.[1] ?? match?.[2]
  // A word such as “version” alone may be a member of the body.
  if (!match || !name || !/^[a-z]+[-_]/i.test(name)) return undefined
  if (subject.request.header(name) !== undefined || subject.query.some((pair) => pair.name === name)) return undefined
  const field = !/query|parameter/i.test(match[0])
  const location: Location = field ? { at: 'request.header', name } : { at: 'request.query', name }
  return { name, field, evidence: { location, value: '(absent)' } }
}

function asked({ name, field, evidence }: Named, worked: Past | undefined): Verdict {
  const before = worked?.exchange.request.headers.find((line) => line.name.toLowerCase() === name.toLowerCase())?.value
  const value = before ?? '{{version}}'
  const edit: Edit = field ? { op: 'set-header', name, value } : { op: 'set-query', name, value }
  return {
    rank: 1,
    confidence: 0.98,
    title: `${field ? 'The field' : 'The parameter'} ${name} is missing`,
    brief: brief(`${name} is missing`),
    explanation: `The server wants to know which version of the API is meant and looks for it in ${name}, which this request does not have.`,
    evidence: [evidence],
    fix: before
      ? { kind: 'complete', text: `Add ${name}: ${before}.`, edits: [edit] }
      : { kind: 'template', text: `Add ${name} with the version you mean.`, edits: [edit] },
  }
}
