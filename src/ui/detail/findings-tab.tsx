// The findings of the shown exchange: the primary one open, the others one line each until asked for.
import { useState } from 'preact/hooks'
import { Icon } from '../icons.tsx'
import { CleanView } from './clean-view.tsx'
import type { Detail } from './detail-state.ts'
import { FindingView } from './finding-view.tsx'
import { useChecked } from './use-checked.ts'

export function FindingsTab({ exchange, findings }: Detail) {
  const [opened, setOpened] = useState<readonly string[]>([])
  const checked = useChecked({ exchange, findings })
  if (findings.length === 0) return <CleanView exchange={exchange} checked={checked} />
  const first = findings.find(({ primary }) => primary) ?? findings[0]
  const others = findings.filter((finding) => finding !== first)
  return (
    <>
      {first ? <FindingView finding={first} exchange={exchange} endpoint={checked?.endpoint} /> : null}
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
              <b class="grow">{finding.title}</b>
              <span class="qq">{finding.ruleId}</span>
              <Icon name={open ? 'down' : 'right'} small />
            </button>
            {open ? <FindingView finding={finding} exchange={exchange} endpoint={checked?.endpoint} /> : null}
          </section>
        )
      })}
    </>
  )
}
