// The failing request asks for another version than the calls that worked.
import type { Context } from '../../context.ts'
import type { Past } from '../../past.ts'
import { brief, clock } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'
import { markerName, type VersionMarker, versionMarkers } from '../../version-markers.ts'

export const versionMismatch: Rule = {
  id: 'version/mismatch-versus-baseline',
  rank: 2,
  level: 'error',
  title: 'Another API version than in the calls that worked',
  summary:
    'Fires on a failure whose version marker (path segment, version field, Accept parameter, api-version parameter) differs from the nearest success.',
  references: [rfc9110('12.1', 'Proactive Negotiation')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    // A version never decides who may ask, how often, or whether the gateway is up.
    if (subject.status < 400 || [401, 403, 429, 502, 503, 504].includes(subject.status)) return undefined
    const mine = markersOf(subject)
    if (mine.length === 0) return undefined
    const worked = comparable(subject, context)
    if (!worked) return undefined
    const theirs = versionMarkers({ url: worked.url, path: worked.path, headers: worked.exchange.request.headers })
    const differing = mine.flatMap((marker) => {
      const other = theirs.find(
        (one) => one.place === marker.place && (marker.place === 'path' || one.name === marker.name),
      )
      return other && other.value !== marker.value ? [{ marker, other }] : []
    })
    const [first] = differing
    if (!first) return undefined
    const said = /version/.test(subject.errorText)
    return {
      confidence: said ? 0.85 : 0.65,
      // Beside other differences the version is one suspect of several.
      // A recording may mix clients of many years: there only a refusal that could be about the version proves anything.
      mayLead:
        said ||
        (context.differential?.differences.length === 1 &&
          (subject.live ? subject.status < 500 : [400, 404, 406, 410, 415, 426].includes(subject.status))),
      title: sentence(`${markerName(first.marker)} says ${first.marker.value}; ${first.other.value} worked`),
      brief: brief(versus(first.marker.value, first.other.value)),
      explanation: `The call that worked at ${clock(worked.time)} asked for version ${first.other.value} in ${markerName(first.other)}; this one asks for ${first.marker.value}. Versions may differ in paths, members and types.`,
      evidence: differing.flatMap(({ marker, other }) => [
        { location: marker.location, value: marker.value.slice(0, 80) },
        { location: other.location, value: other.value.slice(0, 80), exchange: worked.id },
      ]),
      related: [worked.id],
      fix: {
        kind: 'complete',
        text: `Ask for version ${first.other.value}, as the call that worked did.`,
        edits: differing.map(({ marker, other }) => marker.edit(other.value)),
      },
    }
  },
  examples: [
    {
      name: 'another date in the version field',
      fires: true,
      fix: 'complete',
      exchanges: [
        { request: 'GET https://api.test/items', headers: { 'Api-Version': '2024-01' }, status: 200, answer: [] },
        {
          request: 'GET https://api.test/items',
          headers: { 'Api-Version': '2025-07' },
          status: 400,
          answer: { error: 'unknown version' },
        },
      ],
      brief: '2025-07, not 2024-01',
      primary: false,
    },
    {
      name: 'another version in the path',
      fires: true,
      fix: 'complete',
      exchanges: [
        { request: 'GET https://api.test/v1/items', status: 200, answer: [] },
        { request: 'GET https://api.test/v2/items', status: 404 },
      ],
    },
    {
      name: 'the same version',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/v1/items', status: 200, answer: [] },
        { request: 'GET https://api.test/v1/items?x=1', status: 400 },
      ],
    },
    {
      name: 'refused for its token',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items', headers: { 'Api-Version': '2024-01' }, status: 200, answer: [] },
        { request: 'GET https://api.test/items', headers: { 'Api-Version': '2025-07' }, status: 401 },
      ],
    },
  ],
}

function markersOf(subject: Subject): VersionMarker[] {
  return versionMarkers({ url: subject.exchange.request.url, path: subject.path, headers: subject.request.headers })
}

const withoutVersion = (template: string): string =>
  template.replace(/\/v\d+[\w.]*(?=\/|$)/i, '/*').replace(/\/\d{4}-\d{2}(?:-\d{2})?(?=\/|$)/, '/*')

/** The nearest success, or the newest one whose path differs by its version alone. */
function comparable(subject: Subject, context: Context): Past | undefined {
  if (context.nearest) return context.nearest
  const mine = withoutVersion(subject.endpoint.template)
  return context.ofOrigin.findLast(
    (past) => past.outcome === 'success' && past.method === subject.method && withoutVersion(past.template) === mine,
  )
}

function versus(mine: string, other: string): string {
  const whole = `Version ${mine}, not ${other}`
  return whole.length <= 26 ? whole : `${mine}, not ${other}`
}

const sentence = (text: string): string => (text.startsWith('the ') ? `T${text.slice(1)}` : text)
