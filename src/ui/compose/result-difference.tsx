// What differs between the original and what was just sent: the few lines that count, in a table.
import { useEffect, useState } from 'preact/hooks'
import { type Exchange, responseOf } from '../../exchange/exchange.ts'
import { type Comparison, compareExchanges } from '../../replay/compare.ts'
import { compare } from '../actions.ts'
import { bodiesOf } from '../compare/load-bodies.ts'
import { knownSecrets } from '../detail/known-secrets.ts'
import { maskField } from '../detail/masking.ts'
import { Icon } from '../icons.tsx'
import { masked, openDialog } from '../model.ts'
import { formatDuration, formatTime, plural } from '../units.ts'
import { maskText } from '../viewers/secret-ranges.ts'

type Line = {
  readonly what: string
  readonly before: string
  readonly after: string
  readonly tone: 'counts' | 'noise'
}

/** Lines beyond this belong into the comparison. */
const most = 14
/** An answer of another shape differs in everything: that is one line. */
const few = 4

const json = (value: unknown): string => {
  const text = value === undefined ? '' : JSON.stringify(value)
  return text.length > 120 ? `${text.slice(0, 117)}…` : text
}

function differenceLines(comparison: Comparison, hide: boolean, echoes: readonly string[]): readonly Line[] {
  const { values, query, request, response } = comparison
  const lines: Line[] = values.map(({ name, before, after, noise }) => ({
    what: name,
    before,
    after,
    tone: noise ? 'noise' : 'counts',
  }))
  const field = (side: string, differences: Comparison['query']) => {
    for (const { name, kind, before, after, noise } of differences) {
      if (kind === 'same') continue
      const shown = (value = '') => (hide ? maskField(name, value) : value)
      lines.push({
        what: `${side}${name}`,
        before: shown(before),
        after: shown(after),
        tone: noise ? 'noise' : 'counts',
      })
    }
  }
  field('?', query)
  field('', request.headers)
  for (const { side, body } of [
    { side: 'request', body: request.body },
    { side: 'response', body: response.body },
  ]) {
    const counting = body.kind === 'json' ? body.differences.filter(({ noise }) => !noise).length : 0
    if (side === 'response' && counting > few)
      lines.push({
        what: 'response content',
        before: plural(counting, 'difference'),
        after: 'see below',
        tone: 'counts',
      })
    else if (body.kind === 'json')
      for (const { pointer, before, after, noise } of body.differences) {
        const name = pointer.split('/').at(-1) ?? ''
        const shown = (value: unknown) =>
          hide ? maskText(`"${name}":${json(value)}`, echoes).slice(name.length + 3) : json(value)
        lines.push({
          what: `${side} ${pointer || '/'}`,
          before: shown(before),
          after: shown(after),
          tone: noise ? 'noise' : 'counts',
        })
      }
    else if (body.kind === 'text' || body.kind === 'octets')
      lines.push({ what: `${side} content`, before: 'different', after: 'different', tone: 'counts' })
  }
  return lines.filter(({ tone }) => tone === 'counts')
}

export function ResultDifference({ original, sent }: { original: Exchange; sent: Exchange }) {
  const [comparison, setComparison] = useState<Comparison | undefined>(undefined)
  useEffect(() => {
    let wanted = true
    Promise.all([bodiesOf(original), bodiesOf(sent)]).then(([a, b]) => {
      if (wanted) setComparison(compareExchanges(original, sent, { a, b }))
    })
    return () => {
      wanted = false
    }
  }, [original.id, sent.id])
  if (!comparison) return null
  const lines = differenceLines(comparison, masked.value, [...knownSecrets(original), ...knownSecrets(sent)])
  const status = (exchange: Exchange) => responseOf(exchange)?.status ?? 0
  const works = status(original) >= 400 && status(sent) > 0 && status(sent) < 400
  const [was, is] = comparison.timing.total
  return (
    <div class="result-diff">
      <table class="cmp" aria-label="Against the original">
        <thead>
          <tr>
            <th scope="col">
              <span class="vh">What</span>
            </th>
            <th scope="col">Original, {formatTime(original.startedDateTime)}</th>
            <th scope="col">This send, {formatTime(sent.startedDateTime)}</th>
          </tr>
        </thead>
        <tbody>
          {lines.slice(0, most).map(({ what, before, after }) => (
            <tr key={what}>
              <th scope="row">{what}</th>
              <td class={before === '' ? 'qq' : what === 'status' ? 'hit' : ''}>{before || 'none'}</td>
              <td class={after === '' ? 'qq' : what === 'status' ? 'good' : ''}>{after || 'none'}</td>
            </tr>
          ))}
          <tr>
            <th scope="row">duration</th>
            <td>{was === undefined ? '' : formatDuration(was)}</td>
            <td>{is === undefined ? '' : formatDuration(is)}</td>
          </tr>
        </tbody>
      </table>
      <p class="prose result-words">
        {works ? (
          <>
            <Icon name="pass" class="ok" />
            The call works now.
          </>
        ) : lines.length === 0 ? (
          'Nothing that counts differs from the original.'
        ) : lines.length > most ? (
          `${lines.length - most} more differences.`
        ) : (
          ''
        )}
        <button
          type="button"
          class="link"
          onClick={() => {
            openDialog.value = undefined
            compare(original.id, sent.id)
          }}
        >
          Compare all
        </button>
      </p>
    </div>
  )
}
