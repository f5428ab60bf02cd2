// What the page knows and shows, as signals; every part reads from here, and actions.ts is what changes the proxy's side.
import { computed, signal } from '@preact/signals'
import type { ComposedRequest, Environment, Settings, Status } from '../api/contract.ts'
import type { Row } from '../api/row.ts'
import type { Edit } from '../exchange/edit.ts'

export type View = 'traffic' | 'saved' | 'compare' | 'sessions'
export type LiveState = 'connecting' | 'live' | 'reconnecting' | 'locked'
export type Placement = 'right' | 'below'

/** The overlay that is open. `compose` begins from an exchange, from a request written before, or from nothing. */
export type Dialog =
  | {
      readonly kind: 'compose'
      readonly of?: string
      readonly edits?: readonly Edit[]
      readonly request?: ComposedRequest
    }
  | { readonly kind: 'replay-many'; readonly ids: readonly string[] }
  | { readonly kind: 'help' | 'filter-help' }

export const status = signal<Status | undefined>(undefined)
export const live = signal<LiveState>('connecting')

/** The row whose details are shown, and all rows that are marked for an action (the shown one among them). */
export const selectedId = signal<string | undefined>(undefined)
export const selection = signal<ReadonlySet<string>>(new Set())
/** Rows at hand by id: those the list has loaded. Read through `rowOf`; `rowsChanged` counts changes to any of them. */
export const rows = new Map<string, Row>()
export const rowsChanged = signal(0)
/** The newest known row of the selected exchange; changes when the exchange does (still receiving → complete). */
export const selectedRow = signal<Row | undefined>(undefined)

export const view = signal<View>('traffic')
/** Where the comparison of two exchanges was opened from, and leads back to. */
export const comparedFrom = signal<'traffic' | 'sessions'>('traffic')
export const comparing = signal<{ readonly a: string; readonly b: string } | undefined>(undefined)
export const openDialog = signal<Dialog | undefined>(undefined)

/** Secrets are drawn as dots while this is true; a plain switch, so that off is really off. */
export const masked = signal(true)

/** A tab of the details by position from 0, asked for by a key; the pane sets it back to undefined when it has followed. */
export const wantedTab = signal<number | undefined>(undefined)

/** One quiet sentence in the status bar: what was just done, or what could not be. */
export const notice = signal<{ readonly text: string; readonly level: 'note' | 'error' } | undefined>(undefined)

export const settings = signal<Settings>({ savedFilters: [], environments: [], page: {} })
export const environment = computed<Environment | undefined>(() =>
  settings.value.environments.find((each) => each.name === settings.value.activeEnvironment),
)

/** A page setting by name, or the default while it was never chosen or has another type than it should. */
export function pageSetting<T extends string | number | boolean>(name: string, otherwise: T): T {
  const value = settings.value.page[name]
  return typeof value === typeof otherwise ? (value as T) : otherwise
}

export const detailPlacement = computed<Placement>(() =>
  pageSetting<string>('detailPlacement', 'right') === 'below' ? 'below' : 'right',
)

export function rowOf(id: string): Row | undefined {
  return rows.get(id) ?? (selectedRow.value?.id === id ? selectedRow.value : undefined)
}

let saying: ReturnType<typeof setTimeout> | undefined
/** Says one sentence in the status bar; an error stays until the next one, a note for some seconds. */
export function say(text: string, level: 'note' | 'error' = 'note'): void {
  clearTimeout(saying)
  notice.value = { text, level }
  if (level === 'note') saying = setTimeout(() => (notice.value = undefined), 6000)
}
