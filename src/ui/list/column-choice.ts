// Which columns the user chose and how wide they made them, remembered in the page's settings.
import { computed } from '@preact/signals'
import { setPageSetting } from '../actions.ts'
import { settings } from '../model.ts'
import { type Column, columns } from './columns.ts'

export const wantedColumns = computed<readonly string[]>(() => {
  const chosen = settings.value.page.columns
  return Array.isArray(chosen) && chosen.includes('path')
    ? chosen.map(String)
    : columns.filter((column) => column.standard).map((column) => column.id)
})

export const columnWidths = computed<Readonly<Record<string, number>>>(() => {
  const widths = settings.value.page.columnWidths
  if (typeof widths !== 'object' || widths === null) return {}
  return Object.fromEntries(Object.entries(widths).filter(([, width]) => typeof width === 'number'))
})

/** Columns without which a row says nothing. */
export const fixedColumns: ReadonlySet<string> = new Set(['time', 'method', 'path', 'status', 'finding'])

export function toggleColumn(id: string): void {
  const wanted = wantedColumns.value
  setPageSetting('columns', wanted.includes(id) ? wanted.filter((each) => each !== id) : [...wanted, id])
}

export function setColumnWidth(column: Column, width: number): void {
  setPageSetting('columnWidths', {
    ...columnWidths.value,
    [column.id]: Math.max(column.minimum, Math.min(900, Math.round(width))),
  })
}

export function resetColumns(): void {
  setPageSetting('columns', undefined)
  setPageSetting('columnWidths', undefined)
}
