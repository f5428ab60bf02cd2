// The evidence of a finding; each piece leads to the marked line it was read from.
import type { Finding } from '../../diagnose/finding.ts'
import { Icon } from '../icons.tsx'
import { masked } from '../model.ts'
import { maskText } from '../viewers/secret-ranges.ts'
import { followEvidence, nameOf, whereOf } from './follow-evidence.ts'

export function EvidenceList({ finding }: { finding: Finding }) {
  return (
    <ul class="ev" aria-label="Evidence">
      {finding.evidence.map((evidence, i) => {
        const name = nameOf(evidence)
        return (
          <li key={i}>
            <button type="button" onClick={() => followEvidence(finding, evidence)}>
              <span class="where">
                {whereOf(evidence)}
                {evidence.exchange && evidence.exchange !== finding.exchangeId ? ', another call' : ''}
              </span>
              <span class="what">
                {name ? `${name}: ` : ''}
                <mark>{masked.value ? maskText(evidence.value) : evidence.value}</mark>
              </span>
              <Icon name="right" small />
            </button>
          </li>
        )
      })}
    </ul>
  )
}
