// The menu of the selected exchanges: everything that can be done with them, with the keys that do it too.
import { annotate, changesData, compare, copy, edit, failed } from '../actions.ts'
import { call, exported } from '../connection.ts'
import { activeFilter, filterText } from '../filter/active-filter.ts'
import { allOf } from '../filter/chips.ts'
import { kept } from '../list/leaving.ts'
import { total } from '../list/list-state.ts'
import { shownUrl } from '../list/marked-cells.ts'
import { masked, rowOf, say, selectedId, selection } from '../model.ts'
import { formatCount, formatSize, plural } from '../units.ts'
import { removeSelected, removeShown } from './deleting.ts'
import { watched } from './jobs.ts'
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
      filterText.value = allOf([filterText.value, text])
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
    ...(one ? [{ label: 'Copy as …', icon: 'copy' as const, run: () => void openCopyMenu(first) }] : []),
    {
      label: one ? 'Save as HAR' : `Save ${ids.length} as HAR`,
      icon: 'save',
      hint: masked.value ? 'secrets left out' : 'with secrets',
      run: () => saveSelected(ids),
    },
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
    {
      label: `Save all ${formatCount(total.value)} shown as HAR`,
      icon: 'save',
      run: () => void saveHar(kept(activeFilter.value)),
    },
    { label: one ? 'Delete' : `Delete ${ids.length}`, icon: 'trash', key: 'd', run: removeSelected },
    {
      label: activeFilter.value
        ? `Delete all ${plural(total.value, 'match', 'matches')}`
        : `Delete all ${plural(total.value, 'exchange')}`,
      icon: 'trash',
      tone: 'error',
      run: () => void removeShown(),
    },
  ]
}

export function openRowMenu(at: { readonly x: number; readonly y: number }): void {
  openMenu({ name: 'Selected exchanges', at, items })
}

/** Opened by a key: under the row that is shown. */
export function openRowMenuByKey(): void {
  if (selectedId.value === undefined) return
  const row = document.getElementById(`row-${selectedId.value}`)?.getBoundingClientRect()
  openRowMenu({ x: (row?.left ?? 300) + 80, y: Math.max(80, row?.bottom ?? 200) })
}

/** The copy menu of the details; it and the formats behind it are loaded when somebody asks. */
async function openCopyMenu(id: string): Promise<void> {
  const row = document.getElementById(`row-${id}`)?.getBoundingClientRect()
  try {
    const [{ exchange, findings }, { copyItems }] = await Promise.all([
      call('GET /api/exchanges/:id', { params: { id } }),
      import('../detail/copy-menu.ts'),
    ])
    const at = { x: (row?.left ?? 300) + 80, y: (row?.bottom ?? 200) + 2 }
    openMenu({ name: 'Copy as', at, items: () => copyItems(exchange, findings) })
  } catch (error) {
    failed('Could not read the exchange')(error)
  }
}

/** Ids that fit into one address. */
const mostNamed = 500

function saveSelected(ids: readonly string[]): void {
  if (ids.length <= mostNamed) void saveHar(`id:${ids.join(',')}`)
  else if (ids.length >= total.value) void saveHar(kept(activeFilter.value))
  else say(`At most ${mostNamed} selected exchanges fit into one file: narrow the list and save all shown`, 'error')
}

export async function saveHar(filter: string): Promise<void> {
  try {
    const [file, { download }] = await Promise.all([
      watched('Saving as HAR', 'exchanges', (tools) => exported('har', filter, !masked.value, tools)),
      import('../detail/download.ts'),
    ])
    if (!file) return say('Not saved: cancelled')
    download(file, 'telltale.har')
    say(`Saved ${formatSize(file.size)} as telltale.har`)
  } catch (error) {
    failed('Could not save')(error)
  }
}

async function copyUrls(ids: readonly string[]): Promise<void> {
  const rows = ids.map(rowOf).filter((row) => row !== undefined)
  const urls = rows.map((row) => shownUrl(row, masked.value))
  await copy(urls.join('\n'), urls.length === 1 ? 'the URL' : plural(urls.length, 'URL'))
}
