// Goes from a piece of evidence to the place where it stands, in this exchange or in another one.
import { batch } from '@preact/signals'
import type { Evidence, Finding } from '../../diagnose/finding.ts'
import { reveal } from '../actions.ts'
import { chosenTab, followed, tabOf } from './detail-state.ts'

export function followEvidence(finding: Finding, evidence: Evidence): void {
  const id = evidence.exchange ?? finding.exchangeId
  batch(() => {
    followed.value = { exchangeId: id, evidence, title: finding.title }
    chosenTab.value = tabOf(evidence.location)
  })
  if (id !== finding.exchangeId) void reveal(id)
}

/** Where evidence stands, in words. */
export function whereOf({ location }: Pick<Evidence, 'location'>): string {
  switch (location.at) {
    case 'request.line':
      return 'request line'
    case 'request.header':
      return `request header${location.index === undefined ? '' : ` ${location.index + 1}`}`
    case 'response.header':
      return `response header${location.index === undefined ? '' : ` ${location.index + 1}`}`
    case 'response.trailer':
      return 'response trailer'
    case 'request.query':
      return 'query parameter'
    case 'request.body':
    case 'response.body': {
      const side = location.at === 'request.body' ? 'request body' : 'response body'
      if (location.pointer !== undefined) return `${side}, ${location.pointer || '/'}`
      return location.line === undefined ? side : `${side}, line ${location.line}`
    }
    case 'response.status':
      return 'status'
    case 'timing':
      return 'timing'
    case 'connection':
      return 'connection'
    case 'session':
      return 'earlier in session'
    default:
      return location satisfies never
  }
}

/** The name that stands before the evidence's value: of the field or parameter, or the place in the content. */
export function nameOf({ location }: Pick<Evidence, 'location'>): string {
  if ('name' in location) return location.name
  return 'pointer' in location ? (location.pointer ?? '') : ''
}

/** Where it stands, without the place that `nameOf` says. */
export function sideOf(evidence: Pick<Evidence, 'location'>): string {
  return whereOf(evidence).replace(/, \/.*$/, '')
}
