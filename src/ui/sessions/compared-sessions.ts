// Which two sessions are compared, and the ways there, back, and on to their exchanges.
import { batch, signal } from '@preact/signals'
import { filterText, pressedChips, scope, sessionScope } from '../filter/active-filter.ts'
import { view } from '../model.ts'
import { type CountedSession, sessions } from './session-list.ts'

export const comparedSessions = signal<{ readonly before: string; readonly after: string } | undefined>(undefined)

/** The endpoint whose exchanges were looked at last: where the focus returns to. */
export const openedEndpoint = { name: '' }

const withExchanges = (session: CountedSession) => session.exchanges > 0
/** Two sessions with something in them. */
export const canCompareSessions = (): boolean => sessions.peek().filter(withExchanges).length > 1

/** The one that is looked at, or the newest, with the one before it in time. */
export function compareSessions(): void {
  const filled = sessions.peek().filter(withExchanges)
  const at = filled.findIndex(({ id }) => id === sessionScope.peek()?.id)
  const after = filled[at < 0 || at === filled.length - 1 ? 0 : at]
  const before = after && filled[filled.indexOf(after) + 1]
  if (!before || !after) return
  batch(() => {
    comparedSessions.value = { before: before.id, after: after.id }
    view.value = 'sessions'
  })
}

/** The traffic, narrowed to this session and what the filter selects. */
export function showExchanges({ id, name }: CountedSession, filter: string): void {
  batch(() => {
    scope.value = undefined
    pressedChips.value = new Set()
    sessionScope.value = { id, name }
    filterText.value = filter
    view.value = 'traffic'
  })
}
