// Deleting from the page: rows go at once and can be taken back for some seconds; only more than that can do is asked before.
import { batch } from '@preact/signals'
import { failed, select } from '../actions.ts'
import { call, isRefusal } from '../connection.ts'
import { activeFilter } from '../filter/active-filter.ts'
import { bringBack, hide } from '../list/exchange-list.ts'
import { type Deletion, kept, leaving, noteGone } from '../list/leaving.ts'
import { arrived, total } from '../list/list-state.ts'
import { neighbour } from '../list/selecting.ts'
import { rowOf, say, selectedId, selectedRow, selection } from '../model.ts'
import { plural } from '../units.ts'
import { openMenu } from './menu.tsx'

/** ms in which a deletion can be taken back. */
const grace = 8000
/** Ids that fit into one filter beside what the user wrote. */
const mostNamed = 400

const timers = new Map<number, ReturnType<typeof setTimeout>>()
let keys = 0

/** Stops the time of a deletion: somebody is about to take it back. */
export function hold(key: number): void {
  clearTimeout(timers.get(key))
}

/** Its time begins anew. */
export function letGo(key: number): void {
  hold(key)
  timers.set(
    key,
    setTimeout(() => void carryOut(key), grace),
  )
}

function change(key: number, by: Partial<Deletion>): void {
  leaving.value = leaving.peek().map((each) => (each.key === key ? { ...each, ...by } : each))
}

const find = (key: number) => leaving.peek().find((each) => each.key === key)

/** Tells the desk, also while the page goes away. A desk that does not answer is asked again, one that refuses is believed. */
async function carryOut(key: number): Promise<void> {
  hold(key)
  const deletion = find(key)
  if (!deletion?.offered) return
  change(key, { offered: false })
  try {
    await call('DELETE /api/exchanges', { query: { filter: `id:${deletion.ids.join(',')}` }, keepalive: true })
    noteGone(key)
  } catch (error) {
    change(key, { offered: true })
    if (!isRefusal(error)) return letGo(key)
    putBack(key)
    failed('Could not delete')(error)
  }
}
globalThis.addEventListener?.('pagehide', () => {
  for (const { key } of leaving.peek()) void carryOut(key)
})

function putBack(key: number): void {
  hold(key)
  const deletion = find(key)
  if (!deletion) return
  const [first] = deletion.ids
  batch(() => {
    leaving.value = leaving.peek().filter((each) => each !== deletion)
    selection.value = new Set(deletion.ids)
    selectedId.value = first
    selectedRow.value = undefined
  })
  arrived.value = undefined
  void bringBack(deletion.ids.length).then(() => (arrived.value = first))
}

/** Takes the newest deletion back that can be. */
export function undoDeletion(): void {
  const deletion = leaving.peek().findLast(({ offered }) => offered)
  if (!deletion) return
  putBack(deletion.key)
  say(`${plural(deletion.ids.length, 'exchange')} brought back`)
}

function remove(ids: readonly string[], next: string | undefined): void {
  // The oldest go for good where all together would not fit into one filter.
  let named = ids.length
  for (const deletion of leaving.peek().toReversed()) {
    named += deletion.ids.length
    if (named > mostNamed) void carryOut(deletion.key)
  }
  const [only] = ids
  const what = ids.length === 1 ? (rowOf(only ?? '')?.path ?? 'one exchange') : plural(ids.length, 'exchange')
  const key = ++keys
  leaving.value = [...leaving.peek(), { key, what, ids, offered: true }]
  hide(ids)
  select(next)
  letGo(key)
}

/** More than can be taken back is asked about; the answer is where the eye is. */
function ask(what: string, run: () => void): void {
  const question = `Delete ${what} for good?`
  openMenu({
    name: question,
    at: { x: innerWidth / 2 - 140, y: innerHeight / 3 },
    items: () => [
      { heading: question },
      { label: 'Keep', icon: 'undo', key: 'Esc', run: () => {} },
      { label: `Delete ${what}`, icon: 'trash', tone: 'error', run },
    ],
  })
}

async function removeForGood(filters: readonly string[]): Promise<void> {
  try {
    let count = 0
    for (const filter of filters)
      count += (await call('DELETE /api/exchanges', { query: filter ? { filter } : {} })).removed
    say(`Deleted ${plural(count, 'exchange')}`)
  } catch (error) {
    failed('Could not delete')(error)
  }
}

export function removeSelected(): void {
  const ids = [...selection.value]
  if (ids.length === 0) return
  const next = neighbour()
  if (ids.length <= mostNamed) return remove(ids, next)
  const parts = Array.from({ length: Math.ceil(ids.length / mostNamed) }, (_, part) =>
    ids.slice(part * mostNamed, (part + 1) * mostNamed),
  )
  ask(plural(ids.length, 'exchange'), () => {
    select(next)
    void removeForGood(parts.map((part) => `id:${part.join(',')}`))
  })
}

/** Everything the list shows: what the filter selects, or the whole store. */
export async function removeShown(): Promise<void> {
  const filter = kept(activeFilter.value)
  if (total.value > mostNamed)
    return ask(
      activeFilter.value ? plural(total.value, 'match', 'matches') : `all ${plural(total.value, 'exchange')}`,
      () => void removeForGood([activeFilter.value]),
    )
  try {
    const { rows } = await call('GET /api/exchanges', { query: { filter, limit: mostNamed } })
    if (rows.length > 0)
      remove(
        rows.map(({ id }) => id),
        undefined,
      )
  } catch (error) {
    failed('Could not delete')(error)
  }
}
