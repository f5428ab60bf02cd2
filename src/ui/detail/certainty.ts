// How sure a finding is, in words a person would use.
import type { Finding } from '../../diagnose/finding.ts'

const numbers = ['no', 'one', 'two', 'three', 'four', 'five', 'six']

export function certainty({ confidence, evidence, quote }: Pick<Finding, 'confidence' | 'evidence' | 'quote'>): string {
  const sources = new Set(evidence.map(({ location, exchange }) => `${exchange ?? ''} ${location.at}`)).size
  const agree = sources > 1 ? `${numbers[sources] ?? sources} sources agree` : quote ? 'the server says so' : ''
  const sure =
    confidence >= 0.95 ? 'certain' : confidence >= 0.8 ? 'very likely' : confidence >= 0.6 ? 'likely' : 'possible'
  return agree ? `${sure}: ${agree}` : sure
}
