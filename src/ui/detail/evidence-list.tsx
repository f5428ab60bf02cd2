// The evidence of a finding; each piece leads to the marked line it was read from.
import { useState } from 'preact/hooks'
import type { Finding } from '../../diagnose/finding.ts'
import { Icon } from '../icons.tsx'
import { masked } from '../model.ts'
import { maskText } from '../viewers/secret-ranges.ts'
import { visible } from '../visible.ts'
import { followEvidence, nameOf, sideOf } from './follow-evidence.ts'

/** More than this would push the fix out of sight; the rest is one press away. */
const first = 4

export function EvidenceList({ finding }: { finding: Finding }) {
  const [all, setAll] = useState(false)
  const more = all ? 0 : finding.evidence.length - first
  return (
    <ul class="ev" aria-label="Evidence">
      {(more > 1 ? finding.evidence.slice(0, first) : finding.evidence).map((evidence, i) => {
        const name = nameOf(evidence)
        const value = visible(masked.value ? maskText(evidence.value) : evidence.value)
        return (
          <li key={i}>
            <button type="button" title={value} onClick={() => followEvidence(finding, evidence)}>
              <span class="where">
                {sideOf(evidence)}
                {evidence.exchange && evidence.exchange !== finding.exchangeId ? ', another call' : ''}
              </span>
              <span class="what">
                {name ? `${name}: ` : ''}
                <mark>{value}</mark>
              </span>
              <Icon name="right" small />
            </button>
          </li>
        )
      })}
      {more > 1 ? (
        <li>
          <button type="button" class="more" onClick={() => setAll(true)}>
            {more} more
          </button>
        </li>
      ) : null}
    </ul>
  )
}
