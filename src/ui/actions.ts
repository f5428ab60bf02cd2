// What a user can do to exchanges from anywhere on the page: show, mark, replay, edit, compare, annotate, delete.
import { batch } from '@preact/signals'
import type { ReplayOptions, Settings } from '../api/contract.ts'
import type { Edit } from '../exchange/edit.ts'
import { call } from './connection.ts'
import { noteSent, onceWritten } from './list/sent-here.ts'
import {
  comparedFrom,
  comparing,
  openDialog,
  rows,
  rowsChanged,
  say,
  selectedId,
  selectedRow,
  selection,
  settings,
  view,
} from './model.ts'

/** Shows one exchange in the details and makes it the whole selection. */
export function select(id: string | undefined): void {
  batch(() => {
    selectedId.value = id
    selection.value = new Set(id === undefined ? [] : [id])
    selectedRow.value = id === undefined ? undefined : rows.get(id)
  })
}

/** Shows an exchange that the list may not have loaded yet, such as the one a replay just made. */
export async function reveal(id: string): Promise<void> {
  view.value = 'traffic'
  select(id)
  if (!rows.has(id)) await refresh(id)
}

/** Reads the row of an exchange that is shown in the details but not in the list. */
export async function refresh(id: string): Promise<void> {
  try {
    const { row } = await call('GET /api/exchanges/:id', { params: { id } })
    if (selectedId.value === id) selectedRow.value = row
  } catch {
    // Not written yet: the live connection says so in a moment.
  }
}

/** Says what went wrong in the desk's own words. */
export function failed(doing: string): (error: unknown) => void {
  return (error) => say(`${doing}: ${error instanceof Error ? error.message : String(error)}`, 'error')
}

/** Methods whose repetition may change data (RFC 9110 §9.2.1 calls the others safe): asked first. */
const safe = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'QUERY'])
export function changesData(method: string): boolean {
  return !safe.has(method.toUpperCase())
}

/** Sends an exchange again, as it was or with edits, and shows the new one; the promise gives its id. */
export async function replay(id: string, options: ReplayOptions = {}): Promise<string | undefined> {
  try {
    const again = () => call('POST /api/exchanges/:id/replay', { params: { id }, body: options })
    const answer = await onceWritten(id, again)
    noteSent(answer.id)
    await reveal(answer.id)
    say('Replayed')
    return answer.id
  } catch (error) {
    failed('Could not replay')(error)
    return undefined
  }
}

export function edit(id: string, edits?: readonly Edit[]): void {
  openDialog.value = { kind: 'compose', of: id, ...(edits ? { edits } : {}) }
}

export function compare(a: string, b: string): void {
  batch(() => {
    comparing.value = { a, b }
    if (view.value !== 'compare') comparedFrom.value = view.value === 'sessions' ? 'sessions' : 'traffic'
    view.value = 'compare'
  })
}

/** Pins or colours exchanges; each row is replaced by what the desk answers. */
export async function annotate(
  ids: Iterable<string>,
  annotation: { readonly pinned?: boolean; readonly mark?: number },
): Promise<void> {
  const answers = await Promise.allSettled(
    [...ids].map((id) => call('PATCH /api/exchanges/:id', { params: { id }, body: annotation })),
  )
  for (const answer of answers)
    if (answer.status === 'fulfilled') takeRow(answer.value.row)
    else failed('Could not mark')(answer.reason)
  rowsChanged.value++
}

function takeRow(row: (typeof selectedRow)['value'] & object): void {
  if (rows.has(row.id)) rows.set(row.id, row)
  if (selectedId.value === row.id) selectedRow.value = row
}

/** Between a change and its writing, ms: dragging is one write. */
const savePause = 400

let saving: ReturnType<typeof setTimeout> | undefined
let lastSave: Promise<unknown> = Promise.resolve()

function save(keepalive = false): void {
  clearTimeout(saving)
  saving = undefined
  const put = () => call('PUT /api/settings', { body: settings.peek(), keepalive })
  // One after the other, so that the newest is what stays; a page that goes away has no time to wait.
  lastSave = (keepalive ? put() : lastSave.then(put)).catch(failed('Could not save settings'))
}
globalThis.addEventListener?.('pagehide', () => saving !== undefined && save(true))

/** Changes settings at once on the page and a moment later in the settings file. */
export function changeSettings(change: Partial<Settings>): void {
  settings.value = { ...settings.value, ...change }
  clearTimeout(saving)
  saving = setTimeout(save, savePause)
}

export function setPageSetting(name: string, value: unknown): void {
  changeSettings({ page: { ...settings.value.page, [name]: value } })
}

/** Copies text and says so in words; never silently. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text)
    say(`Copied ${what}`)
  } catch {
    say(`The browser did not allow copying ${what}`, 'error')
  }
}
