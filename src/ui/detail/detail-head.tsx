// What was asked and what came of it, in two lines, and the things one does with it.

import { clientName } from '../../api/row.ts'
import type { Finding } from '../../diagnose/finding.ts'
import { type Exchange, responseOf } from '../../exchange/exchange.ts'
import { annotate, edit, failed, reveal } from '../actions.ts'
import { Icon } from '../icons.tsx'
import { masked } from '../model.ts'
import { openMenuUnder } from '../shell/menu.tsx'
import { replaySelected } from '../shell/replaying.ts'
import { formatDuration, formatMoment, formatSize } from '../units.ts'
import { compareShown } from './compare-shown.ts'
import type { Detail } from './detail-state.ts'
import { maskUrls } from './masking.ts'

function Address({ url }: { url: string }) {
  const shown = masked.value ? maskUrls(url) : url
  const origin = /^[a-z]+:\/\/[^/?#]+/i.exec(shown)?.[0] ?? ''
  return (
    <>
      <span class="h">{origin}</span>
      {shown.slice(origin.length)}
    </>
  )
}

/** `attempt 2 of 3`: repetitions of one call, as the retry rules found them. */
function attempt(
  exchange: Exchange,
  findings: readonly Finding[],
): { readonly words: string; readonly next: string } | undefined {
  // Of several rules the one that saw the most of them.
  const [retry] = findings
    .filter(({ ruleId, related }) => ruleId.startsWith('retry/') && related.length > 0)
    .sort((one, other) => other.related.length - one.related.length)
  if (!retry) return undefined
  const all = [...new Set([...retry.related, exchange.id])].sort()
  const at = all.indexOf(exchange.id)
  return { words: `attempt ${at + 1} of ${all.length}`, next: all[(at + 1) % all.length] ?? exchange.id }
}

function Outcome({ exchange, findings }: Pick<Detail, 'exchange' | 'findings'>) {
  const { outcome } = exchange
  const response = responseOf(exchange)
  // A good status that hides an error; one that failed on the way, or leads on, says so itself.
  const good = outcome.state !== 'failed' && response && response.status >= 200 && response.status < 300
  const hidden = good && findings.some(({ level }) => level === 'error')
  const bad = outcome.state === 'failed' || (response && response.status >= 400)
  const words =
    outcome.state === 'failed'
      ? `failed: ${outcome.failure.code}`
      : response
        ? `${response.status} ${response.statusText}`
        : outcome.state
  return (
    <>
      <span class={`line b${bad ? ' et' : ''}`}>
        {bad ? <Icon name="error" label="error" small class="e" /> : null}
        {words}
      </span>
      {outcome.state === 'receiving' ? <span>receiving</span> : null}
      {hidden ? (
        <span class="line et">
          <Icon name="error" label="error" small class="e" />
          error inside
        </span>
      ) : null}
    </>
  )
}

/** The formats are a part of the page of their own, loaded when somebody copies. */
async function withCopies(act: (copies: typeof import('./copy-menu.ts')) => unknown): Promise<void> {
  try {
    await act(await import('./copy-menu.ts'))
  } catch (error) {
    failed('Could not load the formats')(error)
  }
}

export function DetailHead({ exchange, findings, row }: Detail) {
  const response = responseOf(exchange)
  const { origin, marks } = exchange
  const attempts = attempt(exchange, findings)
  return (
    <header class="dhead">
      <div class="durl">
        <b>{exchange.request.method}</b> <Address url={exchange.request.url} />
      </div>
      <div class="dmeta">
        <Outcome exchange={exchange} findings={findings} />
        <span title={formatMoment(exchange.startedDateTime)}>
          {marks.end === undefined ? 'running' : formatDuration(marks.end)}
        </span>
        {response ? <span>{formatSize(response.content.bodySize)}</span> : null}
        <span>{response?.httpVersion || exchange.request.httpVersion}</span>
        <span class="cut" title={clientName(exchange)}>
          {clientName(exchange)}
        </span>
        <span class="grow" />
        {origin.by === 'replay' && origin.of !== undefined ? (
          <button type="button" class="link" onClick={() => void reveal(origin.of ?? '')}>
            replay, show original
          </button>
        ) : null}
        {attempts ? (
          <button type="button" class="link" title="Show the next attempt" onClick={() => void reveal(attempts.next)}>
            {attempts.words}
          </button>
        ) : null}
      </div>
      <div class="acts">
        <button type="button" class="btn line-btn" aria-label="Replay" onClick={replaySelected}>
          <Icon name="replay" />
          Replay
          <span class="key" data-key="r" />
        </button>
        <button type="button" class="btn line-btn" aria-label="Edit and replay" onClick={() => edit(exchange.id)}>
          <Icon name="edit" />
          Edit and replay
          <span class="key" data-key="e" />
        </button>
        <button
          type="button"
          class="btn line-btn"
          aria-label="Compare"
          data-action="compare"
          onClick={() => void compareShown()}
        >
          <Icon name="compare" />
          Compare
          <span class="key" data-key="c" />
        </button>
        <span class="grow" />
        <button
          type="button"
          class="btn icon"
          aria-label="Pin"
          title="Pin"
          aria-pressed={row.pinned}
          onClick={() => void annotate([exchange.id], { pinned: !row.pinned })}
        >
          <Icon name="pin" />
        </button>
        <button
          type="button"
          class="btn icon"
          aria-label="Copy as cURL"
          title="Copy as cURL"
          onClick={() => void withCopies(({ copyCurl }) => copyCurl(exchange, 'bash'))}
        >
          <Icon name="copy" />
        </button>
        <button
          type="button"
          class="btn icon"
          aria-label="More"
          title="Copy as code, report or file"
          aria-haspopup="menu"
          onClick={({ currentTarget: button }) =>
            void withCopies(({ copyItems }) => openMenuUnder(button, 'Copy', () => copyItems(exchange, findings)))
          }
        >
          <Icon name="more" />
        </button>
      </div>
    </header>
  )
}
