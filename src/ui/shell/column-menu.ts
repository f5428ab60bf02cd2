// The menu of columns and row height.
import { setPageSetting } from '../actions.ts'
import { fixedColumns, resetColumns, toggleColumn, wantedColumns } from '../list/column-choice.ts'
import { columns } from '../list/columns.ts'
import { setSort } from '../list/sorting.ts'
import { pageSetting } from '../model.ts'
import { type MenuItem, openMenuUnder } from './menu.tsx'

/** Rows of 28 px in place of 24. */
export function applyDensity(): void {
  document.documentElement.classList.toggle('comfortable', pageSetting('comfortable', false))
  dispatchEvent(new Event('density'))
}

export function openColumnMenu(button: HTMLElement): void {
  openMenuUnder(button, 'Columns', () => [
    { heading: 'Columns' },
    ...columns.map(
      (column): MenuItem => ({
        label: column.title,
        checked: wantedColumns.value.includes(column.id),
        disabled: fixedColumns.has(column.id),
        stays: true,
        run: () => toggleColumn(column.id),
      }),
    ),
    'line',
    {
      label: 'Comfortable rows',
      checked: pageSetting('comfortable', false),
      stays: true,
      run: () => setPageSetting('comfortable', !pageSetting('comfortable', false)),
    },
    { label: 'Newest first', icon: 'top', run: () => setSort('time') },
    { label: 'Columns as they were', icon: 'undo', run: resetColumns },
  ])
}
