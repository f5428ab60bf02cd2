// What changed at one endpoint, a line each: answers, findings, the shape of its content, how long it takes.
import type { EndpointDifference, SeenFinding, ShapeChange } from '../../api/session-comparison.ts'
import { Icon } from '../icons.tsx'
import { formatDuration, plural } from '../units.ts'
import { answersOf } from './change-words.ts'

/** Places of content that are named; the comparison of two exchanges shows them all. */
const most = 6

const Arrow = () => <span class="qq">→</span>

function Shape({ side, pointer, before, after }: ShapeChange) {
  return (
    <li>
      <span class="q">{side}</span> <code class="b">{pointer || 'as a whole'}</code>{' '}
      {before === undefined ? <span class="q">only after</span> : <span class="was">{before}</span>}{' '}
      {before !== undefined && after !== undefined ? <Arrow /> : null}{' '}
      {after === undefined ? <span class="q">only before</span> : <span class="now">{after}</span>}
    </li>
  )
}

function Finding({ finding, sign }: { finding: SeenFinding; sign: '+' | '−' }) {
  return (
    <li class="line">
      <b class="sign">{sign}</b>
      <Icon name={finding.level} label={finding.level} small class={finding.level} />
      <span class="cut" title={finding.rule}>
        {finding.brief}
      </span>
      {finding.count > 1 ? <span class="qq">×{finding.count}</span> : null}
      {sign === '−' ? <span class="q">no more</span> : null}
    </li>
  )
}

export function EndpointChanges({ difference }: { difference: EndpointDifference }) {
  const { before, after, changes, shape } = difference
  const others = (list: readonly SeenFinding[], than: readonly SeenFinding[]) =>
    list.filter(({ rule }) => !than.some((other) => other.rule === rule))
  const found = others(after?.findings ?? [], before?.findings ?? [])
  const gone = after ? others(before?.findings ?? [], after.findings) : []
  const answersDiffer = !before || !after || changes.some((kind) => /^answers$|now$/.test(kind))
  return (
    <ul class="changes">
      {answersDiffer && (
        <li>
          {before ? <span class="was">{answersOf(before)}</span> : null} {before && after ? <Arrow /> : null}{' '}
          {after ? <span class="now">{answersOf(after)}</span> : null}
        </li>
      )}
      {found.map((finding) => (
        <Finding key={finding.rule} finding={finding} sign="+" />
      ))}
      {gone.map((finding) => (
        <Finding key={finding.rule} finding={finding} sign="−" />
      ))}
      {shape.slice(0, most).map((one) => (
        <Shape key={one.side + one.pointer} {...one} />
      ))}
      {shape.length > most && <li class="q">and {plural(shape.length - most, 'place')} more</li>}
      {changes.some((kind) => kind === 'slower' || kind === 'faster') && before && after ? (
        <li>
          <span class="q">median</span> <span class="was">{formatDuration(before.median ?? 0)}</span> <Arrow />{' '}
          <span class="now">{formatDuration(after.median ?? 0)}</span>
        </li>
      ) : null}
      {changes.length === 1 && changes[0] === 'count' && before && after ? (
        <li class="q">{after.count > before.count ? 'called more often' : 'called less often'}</li>
      ) : null}
    </ul>
  )
}
