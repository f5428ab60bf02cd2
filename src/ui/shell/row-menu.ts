// The menu of the selected exchanges: everything that can be done with them, with the keys that do it too.
import { annotate, changesData, compare, copy, edit } from '../actions.ts'
import { activeFilter, filterText } from '../filter/active-filter.ts'
import { total } from '../list/exchange-list.ts'
import { shownUrl } from '../list/marked-cells.ts'
import { masked, rowOf, selection } from '../model.ts'
import { plural } from '../units.ts'
import { removeSelected, removeShown } from './deleting.ts'
import { type MenuItem, openMenu } from './menu.tsx'
import { replaySelected } from './replaying.ts'

const markNames = ['Red', 'Amber', 'Green', 'Blue', 'Violet', 'Grey']

function items(): readonly MenuItem[] {
  const ids = [...selection.value]
  const first = ids[0]
  if (first === undefined) return []
  const one = ids.length === 1
  const row = rowOf(first)
  const pinned = ids.every((id) => rowOf(id)?.pinned)
  const marks = new Set(ids.map((id) => rowOf(id)?.mark ?? 0))
  const narrow = (label: string, text: string): MenuItem => ({
    label,
    icon: 'search',
    run: () => {
      filterText.value = filterText.value ? `${filterText.value} ${text}` : text
    },
  })
  return [
    {
      label: one ? 'Replay' : `Replay ${ids.length} in order`,
      icon: 'replay',
      key: 'r',
      hint: one && row && changesData(row.method) ? 'asks first' : '',
      run: replaySelected,
    },
    { label: 'Edit and replay', icon: 'edit', key: 'e', disabled: !one, run: () => edit(first) },
    {
      label: 'Compare',
      icon: 'compare',
      key: 'c',
      disabled: ids.length !== 2,
      hint: ids.length === 2 ? '' : 'two rows',
      run: () => compare(ids[0] ?? '', ids[1] ?? ''),
    },
    'line',
    { label: one ? 'Copy URL' : 'Copy URLs', icon: 'copy', run: () => void copyUrls(ids) },
    'line',
    { label: 'Pin', icon: 'pin', checked: pinned, run: () => void annotate(ids, { pinned: !pinned }) },
    ...markNames.map(
      (name, index): MenuItem => ({
        label: name,
        mark: index + 1,
        checked: marks.size === 1 && marks.has(index + 1),
        run: () => void annotate(ids, { mark: marks.size === 1 && marks.has(index + 1) ? 0 : index + 1 }),
      }),
    ),
    ...(row && one
      ? ([
          'line',
          narrow(`Only ${row.host}`, `domain:${row.host}`),
          narrow(`Without ${row.host}`, `-domain:${row.host}`),
        ] as const)
      : []),
    'line',
    { label: one ? 'Delete' : `Delete ${ids.length}`, icon: 'trash', key: 'd', run: () => void removeSelected() },
    {
      label: activeFilter.value
        ? `Delete all ${plural(total.value, 'match', 'matches')}`
        : `Delete all ${plural(total.value, 'exchange')}`,
      icon: 'trash',
      tone: 'error',
      run: removeShown,
    },
  ]
}

export function openRowMenu(at: { readonly x: number; readonly y: number }): void {
  openMenu({ name: 'Selected exchanges', at, items })
}

async function copyUrls(ids: readonly string[]): Promise<void> {
  const rows = ids.map(rowOf).filter((row) => row !== undefined)
  const urls = rows.map((row) => shownUrl(row, masked.value))
  await copy(urls.join('\n'), urls.length === 1 ? 'the URL' : plural(urls.length, 'URL'))
}
