// The bar at the bottom: what is recorded and kept, how fast it comes, and everything that is not as it should be.
import { isFiltered } from '../filter/active-filter.ts'
import { Icon } from '../icons.tsx'
import { storeCount } from '../list/leaving.ts'
import { total } from '../list/list-state.ts'
import { live, notice, selection, status } from '../model.ts'
import { formatCount, formatSize, plural } from '../units.ts'

function Recording() {
  const { recording, reason, missed, waiting = 0 } = status.value ?? { recording: 'on', reason: undefined, missed: 0 }
  // Nothing is known of a Telltale that does not answer.
  if (live.value === 'reconnecting') return null
  if (recording === 'on')
    return (
      <span class="line">
        <span class="rec" />
        Recording
      </span>
    )
  return (
    <span class="line et b" role="status">
      <span class="rec off" />
      {reason ?? (recording === 'paused' ? 'Recording paused' : 'Recording stopped')}
      {waiting > 0 && `, ${plural(waiting, 'exchange')} waiting`}
      {missed > 0 && `, ${plural(missed, 'exchange')} not kept`}
    </span>
  )
}

function Shed() {
  const shed = status.value?.shed ?? 0
  return shed > 0 ? (
    <span
      class="line wt b"
      role="status"
      title="The recorder was overloaded: heads were kept, these contents were not."
    >
      <Icon small name="warning" class="w" />
      {plural(shed, 'content')} shed
    </span>
  ) : (
    <span class="line narrow-hides">
      <Icon small name="pass" class="ok" />
      Nothing shed
    </span>
  )
}

function Live() {
  if (live.value === 'live')
    return (
      <span class="line">
        <Icon small name="pass" class="ok" />
        Live
      </span>
    )
  const words = {
    connecting: 'Connecting',
    reconnecting: 'Telltale does not answer. Reconnecting',
    locked: 'Not allowed in: open the address that Telltale printed',
  }[live.value]
  return (
    <span class={live.value === 'connecting' ? 'line' : 'line et b'} role="status">
      {live.value !== 'connecting' && <Icon small name="error" class="e" />}
      {words}
    </span>
  )
}

export function StatusBar() {
  const now = status.value
  return (
    <footer class="status">
      {now && (
        <>
          <Recording />
          <span>{plural(storeCount.value, 'exchange')}</span>
          {isFiltered.value && <span>{formatCount(total.value)} match</span>}
          {selection.value.size > 0 && <span>{formatCount(selection.value.size)} selected</span>}
          <span class="line small-hides">
            Store {formatSize(now.storeSize)} of {formatSize(now.storeLimit)}
            <Meter share={now.storeSize / Math.max(1, now.storeLimit)} />
          </span>
          <span class="small-hides">
            {now.perSecond < 10 ? now.perSecond.toFixed(1).replace(/\.0$/, '') : formatCount(Math.round(now.perSecond))}{' '}
            a second
          </span>
          <Shed />
        </>
      )}
      <span class="grow" />
      {notice.value && (
        <span
          class={`line cut ${notice.value.level === 'error' ? 'et b' : ''}`}
          role="status"
          title={notice.value.text}
        >
          {notice.value.text}
        </span>
      )}
      <Live />
      {now && <span class="qq">{now.version}</span>}
    </footer>
  )
}

function Meter({ share }: { share: number }) {
  return (
    <span class="meter" aria-hidden="true">
      <i style={{ width: `${Math.min(100, Math.max(1, share * 100)).toFixed(1)}%` }} />
    </span>
  )
}
