// The findings of the shown exchange: the primary one open, the others one line each until asked for.
import { useState } from 'preact/hooks'
import { Icon } from '../icons.tsx'
import type { Detail } from './detail-state.ts'
import { FindingView } from './finding-view.tsx'

/** What a clean bill rests on. */
const checked = [
  'status and headers against HTTP',
  'credentials and their times',
  'what the body says behind a good status',
  'caching, redirects, cookies and CORS',
  'limits, retries and timing against this endpoint’s usual',
  'connection and certificates',
]

export function FindingsTab({ exchange, findings }: Detail) {
  const [opened, setOpened] = useState<readonly string[]>([])
  if (findings.length === 0)
    return (
      <div class="finding clean">
        <h3>
          <Icon name="pass" class="ok" />
          {exchange.outcome.state === 'waiting' || exchange.outcome.state === 'receiving'
            ? 'Nothing wrong found so far'
            : 'Nothing wrong found'}
        </h3>
        <p class="prose">
          {exchange.kind === 'tunnel'
            ? 'This connection was passed through unread, so only its set-up was checked.'
            : 'What was checked:'}
        </p>
        {exchange.kind === 'tunnel' ? null : (
          <ul>
            {checked.map((each) => (
              <li key={each}>
                <Icon name="pass" small class="ok" />
                {each}
              </li>
            ))}
          </ul>
        )}
      </div>
    )
  const first = findings.find(({ primary }) => primary) ?? findings[0]
  const others = findings.filter((finding) => finding !== first)
  return (
    <>
      {first ? <FindingView finding={first} exchange={exchange} /> : null}
      {others.map((finding, i) => {
        const key = `${exchange.id} ${finding.ruleId} ${i}`
        const open = opened.includes(key)
        return (
          <section key={key}>
            <button
              type="button"
              class="fold"
              aria-expanded={open}
              onClick={() => setOpened(open ? opened.filter((other) => other !== key) : [...opened, key])}
            >
              <Icon name={finding.level} label={finding.level} class={finding.level.slice(0, 1)} />
              <b class="cut grow">{finding.title}</b>
              <span class="qq">{finding.ruleId}</span>
              <Icon name={open ? 'down' : 'right'} small />
            </button>
            {open ? <FindingView finding={finding} exchange={exchange} /> : null}
          </section>
        )
      })}
    </>
  )
}
