// One of the two exchanges that are compared: what it is, how it went, and a way to choose another.
import { clientName } from '../../api/row.ts'
import { responseOf } from '../../exchange/exchange.ts'
import { failed } from '../actions.ts'
import { similarCalls } from '../detail/compare-shown.ts'
import type { Detail } from '../detail/detail-state.ts'
import { maskUrls } from '../detail/masking.ts'
import { Icon } from '../icons.tsx'
import { masked, say } from '../model.ts'
import { openMenuUnder } from '../shell/menu.tsx'
import { formatDuration, formatSize, formatTime } from '../units.ts'

type Props = {
  readonly letter: 'A' | 'B'
  readonly detail: Detail
  readonly other: Detail
  readonly onChange: (id: string) => void
}

export function CompareSide({ letter, detail, other, onChange }: Props) {
  const { exchange, row } = detail
  const response = responseOf(exchange)
  const bad = !response || response.status >= 400
  const url = masked.value ? maskUrls(exchange.request.url) : exchange.request.url
  const origin = /^[a-z]+:\/\/[^/?#]+/i.exec(url)?.[0] ?? ''
  const choose = async (button: HTMLElement) => {
    try {
      const rows = (await similarCalls(row, 30)).filter(({ id }) => id !== other.exchange.id)
      if (rows.length === 0) say('No other call of this kind: select two rows in the list to compare them')
      else
        openMenuUnder(button, `Choose ${letter}`, () => [
          { heading: `${row.method} ${row.path.split('?')[0]}` },
          ...rows.map((each) => ({
            label: `${formatTime(each.startedDateTime)}  ${each.status || 'failed'}`,
            hint:
              each.path !== row.path ? each.path : (each.primary?.brief ?? (each.origin === 'replay' ? 'replay' : '')),
            run: () => onChange(each.id),
          })),
        ])
    } catch (error) {
      failed('Could not look for other calls')(error)
    }
  }
  return (
    <section aria-label={`Side ${letter}`}>
      <p class="line">
        <span class="ab">{letter}</span>
        <span class={`line b keeps ${bad ? 'et' : ''}`}>
          <Icon name={bad ? 'error' : 'pass'} label={bad ? 'error' : 'ok'} small class={bad ? 'e' : 'ok'} />
          {response ? `${response.status} ${response.statusText}` : 'failed'}
        </span>
        <span class="q cut">
          {formatTime(exchange.startedDateTime)}, {clientName(exchange)}
          {exchange.origin.by === 'replay' ? ' replay' : ''}
        </span>
        <span class="grow" />
        <button type="button" class="btn" aria-haspopup="menu" onClick={(event) => void choose(event.currentTarget)}>
          Change
          <Icon name="down" small />
        </button>
      </p>
      <p class="durl">
        <b>{exchange.request.method}</b> <span class="h">{origin}</span>
        {url.slice(origin.length)}
      </p>
      <p class="line q">
        <span>{row.duration === null ? 'running' : formatDuration(row.duration)}</span>
        <span class="grow" />
        <span>
          {formatSize(row.requestSize)} sent, {formatSize(row.responseSize)} back
        </span>
      </p>
    </section>
  )
}
