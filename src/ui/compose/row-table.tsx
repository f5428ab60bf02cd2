// A table of rows that can be edited: switched on or off, named, valued, moved, taken away; an empty one adds another.
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Icon } from '../icons.tsx'
import { type DraftRow, row } from './draft.ts'
import { SecretInput } from './secret-input.tsx'

type Props<Row extends DraftRow> = {
  readonly label: string
  readonly rows: readonly Row[]
  readonly edited: ReadonlySet<number>
  /** What may be drawn of a value while secrets are masked. */
  readonly mask: (name: string, value: string) => string
  readonly adds: string
  readonly names?: string
  readonly onRows: (rows: readonly (Row | DraftRow)[], field: string) => void
  readonly extra?: (row: Row) => ComponentChildren
}

export function RowTable<Row extends DraftRow>({ label, rows, edited, mask, adds, names, onRows, extra }: Props<Row>) {
  const table = useRef<HTMLTableElement>(null)
  const adding = useRef(false)
  useLayoutEffect(() => {
    if (!adding.current) return
    adding.current = false
    const names = table.current?.querySelectorAll<HTMLInputElement>('.nm input')
    names?.[names.length - 1]?.focus()
  }, [rows.length])
  const set = (id: number, change: Partial<DraftRow>, field: string) =>
    onRows(
      rows.map((each) => (each.id === id ? { ...each, ...change } : each)),
      field,
    )
  const move = (at: number, by: number) => {
    const next = [...rows]
    const [taken] = next.splice(at, 1)
    if (taken) next.splice(Math.max(0, at + by), 0, taken)
    onRows(next, '')
  }
  return (
    <>
      <table ref={table} class="kv" aria-label={label}>
        <tbody>
          {rows.map((each, at) => (
            <tr key={each.id} class={`${each.on ? '' : 'off'} ${edited.has(each.id) ? 'edited' : ''}`}>
              <td class="ck">
                <input
                  type="checkbox"
                  checked={each.on}
                  aria-label={`Send ${each.name || 'this row'}`}
                  onChange={(event) => set(each.id, { on: event.currentTarget.checked }, '')}
                />
              </td>
              <td class="nm">
                <input
                  type="text"
                  aria-label="Name"
                  value={each.name}
                  list={names}
                  spellcheck={false}
                  autocomplete="off"
                  onInput={(event) => set(each.id, { name: event.currentTarget.value }, `${label} ${each.id} name`)}
                  onKeyDown={(event) => {
                    if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
                    event.preventDefault()
                    move(at, event.key === 'ArrowUp' ? -1 : 1)
                  }}
                />
              </td>
              <td class="vl">
                {extra?.(each) ?? (
                  <SecretInput
                    label={`Value of ${each.name || 'this row'}`}
                    value={each.value}
                    shown={mask(each.name, each.value)}
                    onValue={(value) => set(each.id, { value }, `${label} ${each.id} value`)}
                  />
                )}
              </td>
              <td class="ac">
                {edited.has(each.id) ? <span class="was-edited">edited</span> : null}
                <button
                  type="button"
                  class="btn icon"
                  aria-label={`Move ${each.name} up`}
                  title="Move up (Alt ↑)"
                  disabled={at === 0}
                  onClick={() => move(at, -1)}
                >
                  <Icon name="up" small />
                </button>
                <button
                  type="button"
                  class="btn icon"
                  aria-label={`Remove ${each.name || 'this row'}`}
                  title="Remove"
                  onClick={() =>
                    onRows(
                      rows.filter(({ id }) => id !== each.id),
                      '',
                    )
                  }
                >
                  <Icon name="x" small />
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <button
        type="button"
        class="add-row"
        onClick={() => {
          adding.current = true
          onRows([...rows, row()], '')
        }}
      >
        <Icon name="plus" small />
        {adds}
      </button>
    </>
  )
}
