// The list behind the grid: pages read on demand, changes from the live connection, nothing kept that is far from view.
import { effect } from '@preact/signals'
import type { Sort } from '../../api/contract.ts'
import type { LiveMessage } from '../../api/live.ts'
import { refresh } from '../actions.ts'
import { call, isRefusal } from '../connection.ts'
import { pageSetting, rows, rowsChanged, selectedId, selectedRow, selection } from '../model.ts'
import { kept, leaving, leavingIds, takeRemoved } from './leaving.ts'
import { arrived, drawn, listFilter, reading, ready, searching, sort, total, waiting } from './list-state.ts'
import { missingPages, mostRows, nearIds, pageSize } from './missing-pages.ts'
import {
  countWaiting,
  fill,
  heldBack,
  idAt,
  isHeldBack,
  isOrderedByDesk,
  lineOf,
  type RowOrder,
  release,
  request,
  rowOrder,
  takeLive,
  takeOut,
} from './row-order.ts'
import { forgetSent, noteChanged, sentHere, wasSentHere } from './sent-here.ts'

/** The least time between two questions for the same count, ms. */
const recountAfter = 700
/** ms between two questions about a search that is still running. */
const searchAgainAfter = 250
/** Pages asked for at once: a fast scroll skips what it passed. */
const mostReads = 2

let order: RowOrder = rowOrder('-time', 0)
let generation = 0
let inView = { top: 0, bottom: 40, following: true }
let early: LiveMessage[] = []
/** Taken back deletions that the next reading brings. */
let comingBack = 0
const asked = new Set<number>()
let recount: ReturnType<typeof setTimeout> | undefined
let shifted: (lines: number) => void = () => {}

/** The grid is told when lines came or went above what it shows, so that it can keep still. */
export function onShift(listener: (lines: number) => void): void {
  shifted = listener
}

function changed(): void {
  bringOwn()
  if (inView.following && heldBack(order) > 0 && order.sort === '-time') release(order)
  total.value = order.shown
  waiting.value = heldBack(order)
  drawn.value++
}

/** What the user just made, such as a replay, is shown at once: selected wherever the list stands, else where its place is in view. */
function bringOwn(): void {
  const chosen = selectedId.peek()
  const made = chosen !== undefined && isHeldBack(order, chosen)
  if (!made && !(inView.top === 0 && [...sentHere.peek()].some((id) => isHeldBack(order, id)))) return
  release(order)
  if (made) arrived.value = chosen
}

/** Reads the list again from nothing, for a new filter, a new sort or after the connection lost its thread. */
export async function reload(keepPlace = false): Promise<void> {
  const mine = ++generation
  asked.clear()
  early = []
  const wanted = { filter: kept(listFilter.peek()), sort: sort.peek(), offset: 0, limit: pageSize }
  reading.value = { state: 'reading' }
  try {
    const answer = await call('GET /api/exchanges', { query: wanted })
    if (mine !== generation) return
    const shown = order.shown
    order = rowOrder(wanted.sort, answer.total)
    // What came while the page was away waits, as everything does that comes while somebody looks.
    if (keepPlace && !inView.following && wanted.sort === '-time')
      order.shown = Math.min(shown + comingBack, answer.total)
    comingBack = 0
    for (const row of answer.rows) keep(row)
    fill(order, wanted, answer.rows, answer.total)
    reading.value = { state: 'ready' }
    const later = early
    early = []
    for (const message of later) takeMessage(message)
    changed()
    searching.value = answer.progress?.complete === false ? answer.progress : undefined
    if (searching.peek()) void searchOn(mine, wanted)
  } catch (error) {
    if (mine === generation) refused(error)
  }
}

function refused(error: unknown): void {
  searching.value = undefined
  const position = isRefusal(error) ? error.problem.position : undefined
  const why = error instanceof Error ? error.message : String(error)
  reading.value = { state: 'refused', why, ...(position === undefined ? {} : { position }) }
}

/** A search through content answers with what it has; it is asked again until it has seen everything. */
async function searchOn(
  mine: number,
  wanted: { filter: string; sort: Sort; offset: number; limit: number },
): Promise<void> {
  while (mine === generation && searching.peek()) {
    await new Promise((resolve) => setTimeout(resolve, searchAgainAfter))
    if (mine !== generation) return
    try {
      const answer = await call('GET /api/exchanges', { query: wanted })
      if (mine !== generation) return
      order = rowOrder(wanted.sort, answer.total)
      asked.clear()
      for (const row of answer.rows) keep(row)
      fill(order, wanted, answer.rows, answer.total)
      searching.value = answer.progress?.complete === false ? answer.progress : undefined
    } catch (error) {
      if (mine === generation) refused(error)
    }
    changed()
  }
}

function keep(row: (typeof selectedRow)['value'] & object): void {
  rows.set(row.id, row)
  if (row.id === selectedId.peek()) selectedRow.value = row
}

/** Says which lines are on screen; what is missing around them is read. */
export function look(top: number, bottom: number, following: boolean): void {
  inView = { top, bottom, following }
  if (following && heldBack(order) > 0) showNew()
  if (!ready.peek()) return
  const missing = asked.size < mostReads ? missingPages(order, inView, (id) => rows.has(id)) : []
  for (const page of missing) if (asked.size < mostReads && !asked.has(page)) void read(page)
  if (rows.size > mostRows) forget()
}

async function read(page: number): Promise<void> {
  const mine = generation
  asked.add(page)
  const wanted = request(order, page * pageSize, Math.min(order.shown, (page + 1) * pageSize))
  try {
    const answer = await call('GET /api/exchanges', { query: { filter: kept(listFilter.peek()), ...wanted } })
    if (mine !== generation) return
    for (const row of answer.rows) keep(row)
    fill(order, wanted, answer.rows, answer.total)
    asked.delete(page)
    changed()
  } catch {
    // The live connection says when the desk is away; the page is asked for again a second later.
    setTimeout(() => mine === generation && asked.delete(page) && drawn.value++, 1000)
  }
}

/** Forgets rows far from view, keeping their places: memory stays flat however long the list gets. */
function forget(): void {
  const near = nearIds(order, inView)
  for (const id of rows.keys()) if (!near.has(id) && !selection.peek().has(id)) rows.delete(id)
}

/** Shows what was held back. */
export function showNew(): void {
  if (order.sort === '-time' || order.sort === 'time') {
    release(order)
    changed()
  } else void reload()
}

export function idOfLine(line: number): string | undefined {
  return idAt(order, line)
}

export function lineOfId(id: string): number | undefined {
  return lineOf(order, id)
}

function anchored(change: () => void): void {
  const anchor = inView.following ? undefined : idAt(order, inView.top)
  change()
  const line = anchor === undefined ? undefined : lineOf(order, anchor)
  if (line !== undefined && line !== inView.top) shifted(line - inView.top)
}

/** Takes exchanges out of the list; `certain` when they are known to have been in it. */
function takeAway(ids: readonly string[], certain: boolean): void {
  anchored(() => {
    if (takeOut(order, ids, certain) === 'unsure') askCount()
  })
  const away = new Set(ids)
  for (const id of ids) rows.delete(id)
  if ([...selection.peek()].some((id) => away.has(id)))
    selection.value = new Set([...selection.peek()].filter((id) => !away.has(id)))
  if (away.has(selectedId.peek() ?? '')) selectedId.value = undefined
  changed()
}

/** Hides what is leaving. Answers under way still count it: they are not waited for. */
export function hide(ids: readonly string[]): void {
  if (!ready.peek() || searching.peek()) void reload(true)
  else {
    generation++
    asked.clear()
  }
  takeAway(ids, false)
}

/** Shows again what was hidden; nothing of it is news. */
export async function bringBack(count: number): Promise<void> {
  comingBack += count
  await reload(true)
}

/** The desk's count is asked when something changed in a part that was not read. */
function askCount(): void {
  if (recount !== undefined) return
  recount = setTimeout(async () => {
    recount = undefined
    const mine = generation
    const byTime = order.sort === '-time' || order.sort === 'time'
    if (!byTime && inView.following) return void reload()
    try {
      const answer = await call('GET /api/exchanges', { query: { filter: kept(listFilter.peek()), limit: 1 } })
      if (mine !== generation || answer.total === order.timeline.order.length) return
      if (!byTime) {
        countWaiting(order, answer.total)
        return changed()
      }
      if (inView.following) return void reload()
      // Somewhere unread the list is longer or shorter: the places of what is on screen are read again around the anchor.
      const places = order.timeline.order
      const difference = answer.total - places.length
      anchored(() => {
        if (difference > 0) places.unshift(...new Array<undefined>(difference).fill(undefined))
        else places.splice(0, -difference)
        order.shown = Math.max(0, order.shown + difference)
      })
      asked.clear()
      changed()
    } catch {
      // Asked again with the next change.
    }
  }, recountAfter)
}

/** The live connection has greeted this page. */
let greeted = false

/** Takes one frame of the live connection. */
export function takeMessage(message: LiveMessage): void {
  if (message.type === 'hello') {
    // The list was read before anybody was told of changes: what came between is in neither, so it is read once more.
    if (!greeted) void reload(true)
    greeted = true
    return
  }
  if (!ready.peek()) {
    if (message.type === 'rows' || message.type === 'removed') early.push(message)
    return
  }
  if (message.type === 'rows') {
    noteChanged(message.rows, message.left)
    const changes = message.rows.filter(({ id }) => !leavingIds.peek().has(id))
    const chosen = selectedId.peek() ?? ''
    const made = wasSentHere(chosen) && !rows.has(chosen) && changes.some(({ id }) => id === chosen)
    anchored(() => {
      for (const row of changes) {
        const known = rows.get(row.id)
        // Under another sort than by time, what has ended stands elsewhere than while it ran.
        const ended = known !== undefined && known.outcome !== row.outcome && isOrderedByDesk(order)
        if (takeLive(order, row.id, known !== undefined) === 'unsure' || ended) askCount()
        keep(row)
      }
      if (message.left.length > 0 && takeOut(order, message.left, false) === 'unsure') askCount()
    })
    for (const id of message.left) rows.delete(id)
    rowsChanged.value++
    if (rows.size > mostRows * 1.5) forget()
    // Only the desk knows where what the user just made stands under another sort than by time.
    if (made && lineOf(order, chosen) === undefined && !isHeldBack(order, chosen)) void reload()
    // What left the list while it is looked at goes on in the details.
    if (message.left.includes(chosen)) void refresh(chosen)
    changed()
  } else if (message.type === 'removed') {
    if (message.ids === 'all') {
      leaving.value = []
      return void reload()
    }
    takeAway(takeRemoved(message.ids), listFilter.peek() === '')
  } else if (message.type === 'resync') void reload(true)
}

/** Reads the list whenever filter or sort change; begun once when the page is unlocked. */
export function followList(): void {
  effect(() => {
    if ([selectedId.value ?? '', ...sentHere.value].some((id) => isHeldBack(order, id))) changed()
  })
  sort.value = pageSetting<Sort>('sort', '-time')
  effect(() => {
    void listFilter.value
    forgetSent()
  })
  effect(() => {
    void listFilter.value
    void sort.value
    void reload()
  })
}
