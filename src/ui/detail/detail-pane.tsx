// The details of the selected exchange: head, tabs, and the one tab that is open.
import '../styles/detail.css'
import '../styles/viewers.css'
import { effect, untracked } from '@preact/signals'
import { useLayoutEffect } from 'preact/hooks'
import { Icon } from '../icons.tsx'
import { selectedId, selectedRow, wantedTab } from '../model.ts'
import { lazyPart } from '../shell/lazy-part.tsx'
import { ConnectionTab } from './connection-tab.tsx'
import { DetailHead } from './detail-head.tsx'
import {
  chooseTab,
  type Detail,
  detail,
  detailProblem,
  followSelection,
  type TabId,
  tab,
  tabs,
} from './detail-state.ts'
import { FindingsTab } from './findings-tab.tsx'
import { MessageTab } from './message-tab.tsx'
import { TimingTab } from './timing-tab.tsx'

const MessagesTab = lazyPart(async () => (await import('./messages-tab.tsx')).MessagesTab)
const RawTab = lazyPart(async () => (await import('./raw-tab.tsx')).RawTab)

const labels: { readonly [T in TabId]: string } = {
  findings: 'Findings',
  request: 'Request',
  response: 'Response',
  timing: 'Timing',
  messages: 'Messages',
  connection: 'Connection',
  raw: 'Raw',
}

function Tab({ id, shown }: { id: TabId; shown: Detail }) {
  const { findings, exchange } = shown
  const newest = selectedRow.value?.id === exchange.id ? selectedRow.value : undefined
  const worst =
    id === 'findings'
      ? (['error', 'warning', 'note'] as const).find((level) => findings.some((each) => each.level === level))
      : undefined
  const count =
    id === 'findings'
      ? findings.length
      : id === 'messages'
        ? Math.max(exchange.messageCount, newest?.messageCount ?? 0)
        : 0
  const open = tab.value === id
  return (
    <button
      type="button"
      role="tab"
      id={`tab-${id}`}
      aria-selected={open}
      aria-controls="detail-panel"
      tabIndex={open ? 0 : -1}
      onClick={() => chooseTab(id)}
    >
      {worst ? <Icon name={worst} label={worst} small class={worst.slice(0, 1)} /> : null}
      {id === 'messages' && exchange.kind === 'http' ? 'Events' : labels[id]}
      {count > 0 ? <span class="c">{count}</span> : null}
    </button>
  )
}

function Panel({ shown }: { shown: Detail }) {
  switch (tab.value) {
    case 'findings':
      return <FindingsTab {...shown} />
    case 'request':
      return <MessageTab exchange={shown.exchange} side="request" />
    case 'response':
      return <MessageTab exchange={shown.exchange} side="response" />
    case 'timing':
      return <TimingTab {...shown} />
    case 'messages':
      return <MessagesTab {...shown} />
    case 'connection':
      return <ConnectionTab {...shown} />
    case 'raw':
      return <RawTab {...shown} />
    default:
      return tab.value satisfies never
  }
}

function moveTab(event: KeyboardEvent): void {
  const all = tabs.value
  const at = all.indexOf(tab.value)
  const to =
    event.key === 'ArrowRight'
      ? at + 1
      : event.key === 'ArrowLeft'
        ? at - 1
        : event.key === 'Home'
          ? 0
          : event.key === 'End'
            ? all.length - 1
            : undefined
  if (to === undefined) return
  event.preventDefault()
  event.stopPropagation()
  const next = all[(to + all.length) % all.length]
  if (!next) return
  chooseTab(next)
  requestAnimationFrame(() => document.getElementById(`tab-${next}`)?.focus())
}

/** The findings are a region of their own, found by that name; other panels are named by their tab. */
function panelNames(id: TabId) {
  return id === 'findings'
    ? ({ role: 'region', 'aria-label': 'Findings', tabIndex: 0 } as const)
    : ({ role: 'tabpanel', 'aria-labelledby': `tab-${id}`, tabIndex: 0 } as const)
}

/** Keys ask for a tab by its position; followed at once, so that the next key finds the page as this one left it. */
function followWantedTab(): () => void {
  return effect(() => {
    const asked = wantedTab.value
    if (asked === undefined) return
    untracked(() => {
      const wanted = tabs.value[asked]
      if (wanted) chooseTab(wanted)
      wantedTab.value = undefined
    })
  })
}

export function DetailPane() {
  useLayoutEffect(followSelection, [])
  useLayoutEffect(followWantedTab, [])
  const shown = detail.value
  const key = shown ? shown.exchange.id + tab.value : ''
  // What had the focus goes with the panel it stood in; the next panel takes it over, so that Tab and Esc go on from there.
  const held = Boolean(document.activeElement?.closest('#detail-panel'))
  useLayoutEffect(() => {
    if (held && document.activeElement === document.body) document.getElementById('detail-panel')?.focus()
  }, [key])
  if (!shown)
    return (
      <aside class="detail" aria-label="Exchange details">
        <p class="content-empty">
          {detailProblem.value ?? (selectedId.value === undefined ? 'Select a row to see why it went as it did' : '')}
        </p>
      </aside>
    )
  return (
    <aside class="detail" aria-label="Exchange details" data-exchange={shown.exchange.id}>
      <DetailHead {...shown} />
      <div class="tabs" role="tablist" aria-label="Details" onKeyDown={moveTab}>
        {tabs.value.map((id) => (
          <Tab key={id} id={id} shown={shown} />
        ))}
      </div>
      <div key={key} class="panel" id="detail-panel" {...panelNames(tab.value)}>
        <Panel shown={shown} />
      </div>
    </aside>
  )
}
