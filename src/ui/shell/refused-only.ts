// Whether all that was captured so far are clients that hung up on our certificate: then the checklist says more than the list.
import { computed, signal } from '@preact/signals'
import type { Row } from '../../api/row.ts'
import { isFiltered } from '../filter/active-filter.ts'
import { idOfLine } from '../list/exchange-list.ts'
import { drawn, ready, total } from '../list/list-state.ts'
import { rows, status } from '../model.ts'

/** More than this is no first run any more, whatever went wrong. */
const fewRows = 40

/** Set by the button that leaves the checklist for the list. */
export const listWanted = signal(false)

/** The refused tunnels, newest first; empty as soon as anything else was captured. */
export const refusedOnly = computed<readonly Row[]>(() => {
  void drawn.value
  const seen = status.value?.seen
  if (!ready.value || listWanted.value || isFiltered.value || seen?.tlsOpened) return []
  if (total.value === 0 || total.value > fewRows) return []
  const found: Row[] = []
  for (let line = 0; line < total.value; line++) {
    const row = rows.get(idOfLine(line) ?? '')
    if (row?.kind !== 'tunnel' || row.unread !== 'client-rejected') return []
    found.push(row)
  }
  return found
})
