// Sends recorded exchanges again: one or a selection in its order, once or many times; asks before data is changed.
import { changesData } from '../actions.ts'
import { call } from '../connection.ts'
import { noteSent } from '../list/sent-here.ts'
import { rowOf } from '../model.ts'
import { Overlay } from '../shell/overlay.tsx'
import { plural } from '../units.ts'
import { ManyForm } from './many-form.tsx'
import { finished } from './send-draft.ts'
import type { Outcome } from './send-many.ts'

/** Replays one exchange to its end. */
async function replayOnce(id: string, signal: AbortSignal): Promise<Outcome> {
  const answer = await call('POST /api/exchanges/:id/replay', { params: { id }, body: {} })
  noteSent(answer.id)
  const detail = await finished(answer.id, () => {}, signal)
  if (!detail) return { status: 0, duration: 0, failed: 'stopped' }
  const { outcome } = detail.exchange
  return {
    status: detail.row.status,
    duration: detail.row.duration ?? 0,
    ...(outcome.state === 'failed' ? { failed: outcome.failure.code } : {}),
  }
}

export function ReplayMany({ ids }: { ids: readonly string[] }) {
  // Ids sort in the order in which the exchanges began.
  const ordered = [...ids].sort()
  const rows = ordered.flatMap((id) => rowOf(id) ?? [])
  const changing = rows.filter(({ method }) => changesData(method))
  return (
    <Overlay name={ordered.length === 1 ? 'Replay' : `Replay ${ordered.length} in order`} class="replay-many">
      <ol class="replay-list" aria-label="Requests">
        {rows.slice(0, 12).map((row) => (
          <li key={row.id}>
            <b>{row.method}</b> <span class="cut">{row.host + row.path.split('?')[0]}</span>
            <span class={row.status >= 400 ? 'et' : 'q'}>{row.status || 'failed'}</span>
          </li>
        ))}
      </ol>
      {rows.length > 12 ? <p class="q">and {rows.length - 12} more</p> : null}
      {changing.length > 0 ? (
        <p class="content-note" role="note">
          {plural(changing.length, 'request')} may change data (
          {[...new Set(changing.map(({ method }) => method))].join(', ')}).
        </p>
      ) : null}
      <ManyForm
        each={ordered.length}
        first={{ times: 1, atOnce: 1, pause: 0 }}
        send={(nth, signal) => replayOnce(ordered[nth % ordered.length] ?? '', signal)}
      />
    </Overlay>
  )
}
