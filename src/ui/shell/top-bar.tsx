// The bar at the top: views, recording, where to point a client, session, masking, theme, help.
import { copy, setPageSetting } from '../actions.ts'
import { Icon } from '../icons.tsx'
import { comparing, live, masked, openDialog, pageSetting, settings, status, view } from '../model.ts'
import { comparedSessions } from '../sessions/compared-sessions.ts'
import { toggleRecording } from './recording.ts'
import { savedCount } from './saved-count.ts'
import { SessionMenu } from './session-menu.tsx'

/** The system decides until a theme was chosen; then the choice is kept. */
export function applyTheme(): void {
  const theme = pageSetting<string>('theme', '')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  else delete document.documentElement.dataset.theme
}

function toggleTheme(): void {
  const system = matchMedia('(prefers-color-scheme: dark)').matches
  const chosen = document.documentElement.dataset.theme
  const isDark = chosen === undefined ? system : chosen === 'dark'
  // Back to what the system says is no choice: it follows the system again.
  setPageSetting('theme', !isDark === system ? '' : isDark ? 'light' : 'dark')
}

function RecordingButton() {
  const recording = status.value?.recording ?? 'on'
  const words = { on: 'Recording', paused: 'Paused', stopped: 'Stopped' }[recording]
  return (
    <button
      type="button"
      class="btn"
      aria-label={recording === 'on' ? 'Pause recording' : `${words}: go on recording`}
      title={status.value?.reason ?? (recording === 'on' ? 'Pause recording (p)' : 'Go on recording (p)')}
      onClick={() => void toggleRecording()}
    >
      <span class={recording === 'on' && live.value !== 'reconnecting' ? 'rec' : 'rec off'} />
      <span class="narrow-hides">{words}</span>
      <span class="key" data-key="p" />
    </button>
  )
}

function Views() {
  // Offered while there is something behind it: requests, environments, or the user who went there to make the first.
  const saved = savedCount.value > 0 || settings.value.environments.length > 0 || view.value === 'saved'
  const views = [
    { id: 'traffic', name: 'Traffic', there: true },
    { id: 'compare', name: 'Compare', there: comparing.value !== undefined },
    { id: 'sessions', name: 'Sessions', there: comparedSessions.value !== undefined },
    { id: 'saved', name: 'Saved', there: saved },
  ] as const
  return (
    <nav class="views" aria-label="Views">
      {views
        .filter((each) => each.there)
        .map((each) => (
          <button
            key={each.id}
            type="button"
            aria-current={view.value === each.id ? 'page' : undefined}
            onClick={() => (view.value = each.id)}
          >
            {each.name}
          </button>
        ))}
    </nav>
  )
}

export function TopBar() {
  const address = status.value?.proxyUrl ?? ''
  const shown = address.replace(/^https?:\/\//, '').replace(/\/$/, '')
  return (
    <header class="top">
      <span class="word">
        <Icon name="logo" />
        <span class="name">Telltale</span>
      </span>
      <Views />
      <span class="grow" />
      <RecordingButton />
      <span class="sep" />
      {shown && (
        <button
          type="button"
          class="btn"
          aria-label={`Proxy ${shown}, copy the address`}
          title="Copy proxy address"
          onClick={() => void copy(address, 'the proxy address')}
        >
          <span class="qq narrow-hides">Proxy</span> <span class="addr">{shown}</span>
          <Icon name="copy" />
        </button>
      )}
      <span class="sep" />
      <SessionMenu />
      <span class="sep" />
      <button
        type="button"
        class="btn"
        aria-label="New request"
        title="New request (n)"
        onClick={() => (openDialog.value = { kind: 'compose' })}
      >
        <Icon name="plus" />
      </button>
      <button
        type="button"
        class="btn mask"
        aria-pressed={masked.value}
        aria-label={masked.value ? 'Secrets masked' : 'Secrets shown'}
        title={masked.value ? 'Secrets are masked. Press to show them.' : 'Secrets are shown. Press to mask them.'}
        onClick={() => (masked.value = !masked.value)}
      >
        <Icon name={masked.value ? 'mask' : 'unmask'} />
        <span class="narrow-hides">{masked.value ? 'Secrets masked' : 'Secrets shown'}</span>
      </button>
      <button type="button" class="btn icon" aria-label="Theme" title="Light or dark" onClick={toggleTheme}>
        <Icon name="theme" />
      </button>
      <button
        type="button"
        class="btn icon"
        aria-label="Keyboard shortcuts"
        title="All keys (?)"
        onClick={() => (openDialog.value = { kind: 'help' })}
      >
        <Icon name="help" />
      </button>
    </header>
  )
}
