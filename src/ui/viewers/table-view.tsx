// Names and values as a table: some at once, more when asked for, search hits wherever they stand.
import { useLayoutEffect, useMemo, useState } from 'preact/hooks'
import { formatCount } from '../units.ts'
import { requestTable } from './listing-service.ts'
import { Marked, useTextHits } from './marked-texts.tsx'
import { charsetOf, type Material } from './material.ts'
import type { Table, TableRequest } from './prepare-table.ts'
import type { Search, ViewProps } from './viewer.ts'

/** Rows drawn at a time. */
const step = 200

function useTable(material: Material, table: TableRequest['table'], masked: boolean): Table | undefined {
  const { bytes, echoes } = material
  const [read, setRead] = useState<{ readonly of: Uint8Array; readonly made: Table } | undefined>(undefined)
  useLayoutEffect(
    () =>
      requestTable({ bytes, charset: charsetOf(material), table, masked, echoes }, (made) =>
        setRead({ of: bytes, made }),
      ),
    [bytes, echoes, table, masked],
  )
  return read?.of === bytes ? read.made : undefined
}

type Props = {
  readonly table: Table
  readonly label: string
  /** What a row is called, in the plural. */
  readonly called: string
  readonly search: Search
  readonly head?: readonly [string, string]
}

function Rows({ table, label, called, search, head }: Props) {
  const { rows, total } = table
  const texts = useMemo(() => rows.flatMap(({ name, value }) => [name, value]), [rows])
  const { hitsOf, current } = useTextHits(search, texts)
  const [asked, setAsked] = useState(step)
  // A hit beyond what is drawn brings its own rows: all before it would be thousands.
  const row = current >> 1
  const from = row >= asked ? Math.floor(row / step) * step : 0
  const drawn = Math.min(from === 0 ? asked : from + step, rows.length)
  return (
    <div class="viewer scrolls">
      <table class={`pairs${head ? ' events' : ''}`} aria-label={label}>
        {head ? (
          <thead>
            <tr>
              <th scope="col">{head[0]}</th>
              <th scope="col">{head[1]}</th>
            </tr>
          </thead>
        ) : null}
        <tbody>
          {rows.slice(from, drawn).map(({ name, value, quiet, notes, cut }, at) => {
            const i = from + at
            return (
              <tr key={i}>
                <th scope="row">
                  <Marked text={name} hits={hitsOf(i * 2)} />
                  {notes.map((note) => (
                    <span key={note} class="plain">
                      {note}
                    </span>
                  ))}
                </th>
                <td class={quiet ? 'qq' : undefined}>
                  {quiet && value === '' ? 'empty' : <Marked text={value} hits={hitsOf(i * 2 + 1)} />}
                  {cut > 0 ? <span class="plain">{formatCount(cut)} more characters: see Raw</span> : null}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {total > drawn ? (
        <p class="crumb q">
          {from > 0 ? `${formatCount(from + 1)} to ` : ''}
          {formatCount(drawn)} of {formatCount(total)} {called}
          {drawn < rows.length ? (
            <button type="button" class="btn" onClick={() => setAsked(drawn + step)}>
              Show {Math.min(step, rows.length - drawn)} more
            </button>
          ) : (
            '; Raw has all of them'
          )}
        </p>
      ) : null}
    </div>
  )
}

/** A viewer's component for one kind of table. */
export function tableView(kind: TableRequest['table'], shown: Omit<Props, 'table' | 'search'>) {
  return ({ material, masked, search }: ViewProps) => {
    const table = useTable(material, kind, masked)
    return table ? <Rows {...shown} table={table} search={search} /> : <div class="viewer" aria-busy="true" />
  }
}
