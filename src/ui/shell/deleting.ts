// Deleting from the page: one exchange at once, several only after the number was read and agreed to.
import { remove, select } from '../actions.ts'
import { activeFilter } from '../filter/active-filter.ts'
import { total } from '../list/list-state.ts'
import { neighbour } from '../list/selecting.ts'
import { selection } from '../model.ts'
import { plural } from '../units.ts'
import { openMenu } from './menu.tsx'

/** There is no undo, so a number of exchanges is asked about; the answer is where the eye is. */
function ask(question: string, answer: string, run: () => void): void {
  openMenu({
    name: question,
    at: { x: innerWidth / 2 - 140, y: innerHeight / 3 },
    items: () => [
      { heading: question },
      { label: 'Keep', icon: 'undo', key: 'Esc', run: () => {} },
      { label: answer, icon: 'trash', tone: 'error', run },
    ],
  })
}

export async function removeSelected(): Promise<void> {
  const ids = [...selection.value]
  if (ids.length === 0) return
  const go = async () => {
    const next = neighbour()
    await remove(ids)
    select(next)
  }
  if (ids.length === 1) await go()
  else ask(`Delete ${plural(ids.length, 'exchange')} for good?`, `Delete ${ids.length}`, () => void go())
}

/** Everything the list shows: what the filter selects, or the whole store. */
export function removeShown(): void {
  const matching = activeFilter.value
  const what = plural(total.value, 'exchange')
  ask(
    matching ? `Delete the ${what} that match the filter for good?` : `Delete all ${what} for good?`,
    `Delete ${what}`,
    () => void remove({ matching }),
  )
}
