// The session menu: look at one session only, compare two, rename or delete one.
import { failed } from '../actions.ts'
import { call } from '../connection.ts'
import { sessionScope } from '../filter/active-filter.ts'
import { Icon } from '../icons.tsx'
import { masked, status } from '../model.ts'
import { canCompareSessions, compareSessions } from '../sessions/compared-sessions.ts'
import { type CountedSession, readSessions, sessions } from '../sessions/session-list.ts'
import { formatCount, formatTime, plural } from '../units.ts'
import { type MenuItem, openMenu, openMenuUnder } from './menu.tsx'
import { askName } from './name-field.tsx'
import { saveHar } from './row-menu.ts'

async function rename(session: CountedSession): Promise<void> {
  const name = await askName('Rename session', session.name)
  if (name === undefined || name === session.name) return
  try {
    await call('PATCH /api/sessions/:id', { params: { id: session.id }, body: { name } })
    if (status.value?.session.id === session.id)
      status.value = { ...status.value, session: { ...status.value.session, name } }
    if (sessionScope.value?.id === session.id) sessionScope.value = { id: session.id, name }
    await readSessions()
  } catch (error) {
    failed('Could not rename the session')(error)
  }
}

async function destroy(session: CountedSession): Promise<void> {
  try {
    await call('DELETE /api/sessions/:id', { params: { id: session.id } })
    if (sessionScope.value?.id === session.id) sessionScope.value = undefined
    await readSessions()
  } catch (error) {
    failed('Could not delete the session')(error)
  }
}

function itemsFor(session: CountedSession): readonly MenuItem[] {
  const current = session.id === status.value?.session.id
  return [
    { heading: session.name },
    { label: 'Show only this session', icon: 'search', run: () => (sessionScope.value = session) },
    { label: 'Rename', icon: 'edit', run: () => void rename(session) },
    {
      label: current
        ? 'Cannot be deleted while it runs'
        : `Delete it with ${plural(session.exchanges, 'exchange')} for good`,
      icon: 'trash',
      tone: 'error',
      disabled: current,
      run: () => void destroy(session),
    },
  ]
}

function items(at: { x: number; y: number }): readonly MenuItem[] {
  const chosen = sessionScope.value?.id
  const now = sessions.value.find((session) => session.id === (chosen ?? status.value?.session.id))
  return [
    { label: 'All sessions', checked: chosen === undefined, run: () => (sessionScope.value = undefined) },
    'line',
    ...sessions.value.map(
      (session): MenuItem => ({
        label: session.name,
        hint: `${formatTime(session.startedDateTime)}, ${formatCount(session.exchanges)}`,
        checked: session.id === chosen,
        run: () => (sessionScope.value = session),
      }),
    ),
    'line',
    ...(canCompareSessions()
      ? [{ label: 'Compare two sessions', icon: 'compare' as const, run: compareSessions }]
      : []),
    ...(now
      ? [
          {
            label: `Save “${now.name}” as HAR`,
            icon: 'save' as const,
            hint: masked.value ? 'secrets left out' : 'with secrets',
            disabled: now.exchanges === 0,
            run: () => void saveHar(`session:${now.id}`),
          },
          {
            label: `Rename or delete “${now.name}”`,
            icon: 'edit' as const,
            run: () => openMenu({ name: now.name, at, items: () => itemsFor(now) }),
          },
        ]
      : []),
  ]
}

export function SessionMenu() {
  const name = sessionScope.value?.name ?? status.value?.session.name
  if (name === undefined) return null
  return (
    <button
      type="button"
      class="btn"
      aria-haspopup="menu"
      title={sessionScope.value ? 'Only this session is shown' : 'The session being recorded; all are shown'}
      onClick={async (event) => {
        const button = event.currentTarget
        await readSessions()
        const box = button.getBoundingClientRect()
        openMenuUnder(button, 'Sessions', () => items({ x: box.left, y: box.bottom + 4 }))
      }}
    >
      <span class="qq narrow-hides">{sessionScope.value ? 'Only session' : 'Session'}</span>
      <span class="cut session-name">{name}</span>
      <Icon small name="down" />
    </button>
  )
}
