// Checks that every place a finding names exists in the exchange it names.
import type { Finding, Location } from '../../src/diagnose/finding.ts'
import { valueAt } from '../../src/diagnose/json-value.ts'
import type { Observed } from '../../src/diagnose/observed.ts'
import { subjectOf } from '../../src/diagnose/read-subject.ts'

/** The evidence of these findings that points at nothing, as text; `(absent)` may point at what is not there. */
export function unresolvedEvidence(findings: readonly Finding[], observed: readonly Observed[]): string[] {
  const byId = new Map(observed.map((one) => [one.exchange.id, one]))
  return findings.flatMap((finding) =>
    finding.evidence.flatMap(({ location, value, exchange }) => {
      const one = byId.get(exchange ?? finding.exchangeId)
      if (!one) return [`${finding.ruleId}: no exchange ${exchange}`]
      return value === '(absent)' || exists(location, one) ? [] : [`${finding.ruleId}: ${JSON.stringify(location)}`]
    }),
  )
}

function exists(location: Location, observed: Observed): boolean {
  const { request, response, query, form, status } = subjectOf(observed)
  switch (location.at) {
    case 'request.header':
    case 'response.header':
    case 'response.trailer': {
      const side = location.at === 'request.header' ? request : response
      const lines = (location.at === 'response.trailer' ? side?.trailers : side?.headers) ?? []
      const line =
        location.index === undefined
          ? lines.find(({ name }) => name.toLowerCase() === location.name.toLowerCase())
          : lines[location.index]
      return line?.name.toLowerCase() === location.name.toLowerCase()
    }
    case 'request.query':
      return query.some(({ name }) => name === location.name)
    case 'request.body':
    case 'response.body': {
      const side = location.at === 'request.body' ? request : response
      if (!side) return false
      if (location.pointer !== undefined)
        return (
          location.pointer === '' ||
          valueAt(side.value, location.pointer) !== undefined ||
          form?.some(({ name }) => `/${name}` === location.pointer) === true
        )
      if (location.line === undefined) return true
      const line = side.text.split('\n')[location.line - 1]
      return line !== undefined && (location.column ?? 1) <= line.length + 1
    }
    case 'response.status':
      return status > 0
    default:
      return true
  }
}
