// The server says that this endpoint or version is on its way out.
import { httpDate } from '../../../http/http-date.ts'
import { parseList } from '../../../http/structured-fields.ts'
import { responseHeader } from '../../evidence.ts'
import type { Evidence } from '../../finding.ts'
import { linkTarget } from '../../link-target.ts'
import { moment, quoted } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

/** Most responses have none of these names, and need no second look. */
const hint = /deprecat|warn|^link$/i
const ownFields =
  /^(?:x-api-warn(?:ing)?|x-api-deprecat.*|x-shopify-api-deprecated-reason|x-deprecat.*|x-.*-deprecated.*)$/i

export const versionDeprecated: Rule = {
  id: 'version/deprecated',
  rank: 1,
  level: 'warning',
  title: 'The endpoint is deprecated',
  summary:
    'Fires once per endpoint on Deprecation (RFC 9745, and the older true), on Link relations deprecation and successor-version, on Warning 299 and on providers’ own fields.',
  references: [
    rfc(9745, '2', 'The Deprecation HTTP Response Header Field'),
    rfc(8594, '3', 'The Sunset HTTP Response Header Field'),
  ],
  needs: ['deprecation-fields'],
  scope: 'exchange',
  check(subject, context) {
    const { response } = subject
    if (!response?.headers.some(({ name }) => hint.test(name))) return undefined
    const deprecation = response.header('deprecation')
    const since = deprecation === undefined ? undefined : sinceOf(deprecation)
    if (deprecation !== undefined && /^\s*(?:false|\?0)\s*$/i.test(deprecation)) return undefined
    const policy = linkTarget(subject, ['deprecation'])
    const successor = linkTarget(subject, ['successor-version', 'latest-version'])
    const own = response.headers.find(
      (line) => ownFields.test(line.name) && line.value !== '' && !/^(?:false|0|no)$/i.test(line.value),
    )
    const warning = response.headerAll('warning').find((value) => /^\s*299\b/.test(value))
    const warns = warning !== undefined && /deprecat|sunset|removed|retire|no longer/i.test(warning)
    if (deprecation === undefined && policy === undefined && !own && !warns) return undefined
    if (!context.once(`version/deprecated ${subject.endpoint.key}`)) return undefined
    const sunset = response.header('sunset')
    const reason = own?.value ?? (warns ? warning : undefined)
    const evidence: Evidence[] = []
    if (deprecation !== undefined) evidence.push(responseHeader(subject, 'Deprecation', context))
    if (own) evidence.push(responseHeader(subject, own.name, context))
    if (warns) evidence.push(responseHeader(subject, 'Warning', context))
    if (policy !== undefined || successor !== undefined) evidence.push(responseHeader(subject, 'Link', context))
    return {
      mayLead: false,
      title:
        since && since > subject.time
          ? `${subject.path} will be deprecated at ${moment(since)}`
          : `${subject.path} is deprecated`,
      brief: 'Endpoint is deprecated',
      explanation: `It still works, but the provider has marked it as deprecated${since ? ` (${since > subject.time ? 'from' : 'since'} ${moment(since)})` : ''}${
        sunset ? `, and means to switch it off at ${sunset}` : ''
      }.${reason ? ` It says ${quoted(reason)}.` : ''}${successor ? ` Its successor is ${pathOf(successor, subject)}.` : ''}${
        policy ? ` Details: ${policy.slice(0, 120)}.` : ''
      }`,
      evidence,
      fix: successor
        ? { kind: 'complete', text: 'Send it to the successor.', edits: [{ op: 'set-url', value: successor }] }
        : { kind: 'advice', text: 'Plan the move to what replaces it; the provider’s change notes name it.' },
    }
  },
  examples: [
    {
      name: 'Deprecation with a date and a successor',
      fires: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/v1/items',
          status: 200,
          answer: [],
          answerHeaders: { Deprecation: '@1767225600', Link: '<https://api.test/v2/items>; rel="successor-version"' },
        },
      ],
      level: 'warning',
      brief: 'Endpoint is deprecated',
    },
    {
      name: 'the older form and a reason of the provider’s own',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/v1/items',
          status: 200,
          answer: [],
          answerHeaders: { Deprecation: 'true', 'X-API-Deprecated-Info': 'use v2' },
        },
      ],
    },
    {
      name: 'said once per endpoint',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/v1/items',
          times: 2,
          status: 200,
          answer: [],
          answerHeaders: { Deprecation: 'true' },
        },
      ],
    },
    {
      name: 'a link to another version without deprecation',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/v1/docs',
          status: 200,
          answer: [],
          answerHeaders: { Link: '</v2/docs>; rel="alternate"', Deprecation: 'false' },
        },
      ],
    },
    {
      name: 'a package whose own data says deprecated',
      fires: false,
      exchanges: [
        {
          request: 'GET https://registry.test/a',
          status: 200,
          answer: { versions: { '1.0.0': { deprecated: 'use b' } } },
        },
      ],
    },
  ],
}

/** RFC 9745 §2.1 writes a structured date (@seconds); the drafts before wrote `true` or an HTTP-date. */
function sinceOf(value: string): number | undefined {
  const bare = parseList(value)?.[0]?.bare
  if (bare?.type === 'date') return bare.value * 1000
  return httpDate(value)
}

function pathOf(url: string, subject: Subject): string {
  const target = new URL(url)
  return target.host === subject.url?.host ? target.pathname : (url.split('?')[0] ?? url)
}
