// What came back, beside what was sent: status, the difference to the original, the response, findings and timing.
import { useState } from 'preact/hooks'
import { type Exchange, responseOf } from '../../exchange/exchange.ts'
import { reveal } from '../actions.ts'
import type { Detail } from '../detail/detail-state.ts'
import { FindingsTab } from '../detail/findings-tab.tsx'
import { MessageTab } from '../detail/message-tab.tsx'
import { PhaseBars } from '../detail/timing-tab.tsx'
import { Icon } from '../icons.tsx'
import { openDialog } from '../model.ts'
import { formatDuration, formatSize, formatTime } from '../units.ts'
import { ResultDifference } from './result-difference.tsx'

export type Sending =
  | { readonly state: 'idle' }
  | { readonly state: 'sending'; readonly since: number; readonly detail?: Detail }
  | { readonly state: 'refused'; readonly why: string }
  | { readonly state: 'done'; readonly detail: Detail }

type Tab = 'difference' | 'response' | 'findings' | 'timing'

function Status({ detail: { exchange, row } }: { detail: Detail }) {
  const response = responseOf(exchange)
  const bad = exchange.outcome.state === 'failed' || (response?.status ?? 0) >= 400
  const words =
    exchange.outcome.state === 'failed'
      ? `failed: ${row.primary?.brief ?? exchange.outcome.failure.code}`
      : `${response?.status ?? ''} ${response?.statusText ?? ''}`
  return (
    <header class="result-head">
      <span class={`line cut b ${bad ? 'et' : ''}`}>
        <Icon name={bad ? 'error' : 'pass'} label={bad ? 'error' : 'ok'} class={bad ? 'e' : 'ok'} />
        <span class="cut" title={words}>
          {words}
        </span>
      </span>
      <span class="q">
        {row.duration === null ? '' : `${formatDuration(row.duration)}, `}
        {formatSize(row.responseSize)}, {row.protocol}
      </span>
      <span class="grow" />
      <span class="q">
        sent {formatTime(exchange.startedDateTime)}
        <span class="narrow-hides">, recorded</span>
      </span>
      <button
        type="button"
        class="link"
        onClick={() => {
          openDialog.value = undefined
          void reveal(exchange.id)
        }}
      >
        Show in the list
      </button>
    </header>
  )
}

export function ResultSide({ sending, original }: { sending: Sending; original: Exchange | undefined }) {
  const [chosen, setChosen] = useState<Tab | undefined>(undefined)
  if (sending.state === 'idle')
    return (
      <p class="content-empty">
        {original
          ? 'The answer stands here once it is sent, with what differs from the original.'
          : 'The answer stands here once it is sent.'}
      </p>
    )
  if (sending.state === 'refused')
    return (
      <p class="content-empty" role="alert">
        <span class="et b">Not sent.</span> {sending.why}
      </p>
    )
  if (sending.state === 'sending')
    return (
      <p class="content-empty" role="status">
        Waiting for the answer
      </p>
    )
  const { detail } = sending
  const { exchange, findings } = detail
  const tabs: readonly { readonly id: Tab; readonly label: string; readonly count?: number }[] = [
    ...(original ? [{ id: 'difference' as const, label: 'Against the original' }] : []),
    { id: 'response', label: 'Response' },
    ...(findings.length > 0 ? [{ id: 'findings' as const, label: 'Findings', count: findings.length }] : []),
    { id: 'timing', label: 'Timing' },
  ]
  // Without an answer the reason is what there is to read.
  const first = exchange.outcome.state === 'failed' && !original && findings.length > 0 ? 'findings' : tabs[0]?.id
  const open = tabs.some(({ id }) => id === chosen) ? chosen : first
  return (
    <>
      <Status detail={detail} />
      <div class="tabs" role="tablist" aria-label="Result">
        {tabs.map(({ id, label, count }) => (
          <button
            key={id}
            type="button"
            role="tab"
            id={`result-${id}`}
            aria-selected={id === open}
            aria-controls="result-panel"
            onClick={() => setChosen(id)}
          >
            {label}
            {count ? <span class="c">{count}</span> : null}
          </button>
        ))}
      </div>
      <div class="panel" role="tabpanel" id="result-panel" aria-labelledby={`result-${open}`} key={exchange.id}>
        {open === 'difference' && original ? (
          <>
            <ResultDifference original={original} sent={exchange} />
            <MessageTab exchange={exchange} side="response" contentOnly />
          </>
        ) : open === 'findings' ? (
          <FindingsTab {...detail} />
        ) : open === 'timing' ? (
          <div class="facts">
            <h4 class="lab">Phases</h4>
            <PhaseBars exchange={exchange} total={Math.max(1, exchange.marks.end ?? 1)} />
          </div>
        ) : (
          <MessageTab exchange={exchange} side="response" />
        )}
      </div>
    </>
  )
}
