// Field lines as received: order, case and duplicates kept, evidence marked, secrets as dots, plain words on demand.
import { Fragment } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { FieldLine } from '../../exchange/message.ts'
import { masked } from '../model.ts'
import { formatSecond } from '../units.ts'
import { type FieldMark, markedPieces } from './field-marks.tsx'
import { fieldMoment, isWait } from './field-moment.ts'
import { fieldNote } from './field-notes.ts'
import { JwtRows } from './jwt-card.tsx'
import { maskField } from './masking.ts'

type Props = {
  readonly label: string
  readonly lines: readonly FieldLine[]
  readonly marks: readonly FieldMark[]
  /** ms since 1970 at which tokens are judged. */
  readonly at: number
}

/** `1 of 2` for a name that occurs more than once (RFC 9110 §5.2 lets them be joined; here they stay apart). */
function duplicates(lines: readonly FieldLine[]): (string | undefined)[] {
  const total = new Map<string, number>()
  for (const { name } of lines) total.set(name.toLowerCase(), (total.get(name.toLowerCase()) ?? 0) + 1)
  const seen = new Map<string, number>()
  return lines.map(({ name }) => {
    const key = name.toLowerCase()
    const nth = (seen.get(key) ?? 0) + 1
    seen.set(key, nth)
    const all = total.get(key) ?? 1
    return all > 1 ? `${nth} of ${all}` : undefined
  })
}

export function HeaderTable({ label, lines, marks, at }: Props) {
  const [explained, setExplained] = useState(-1)
  const first = useRef<HTMLTableRowElement>(null)
  const dups = duplicates(lines)
  const markOf = (line: FieldLine, index: number) =>
    marks.find((mark) =>
      mark.index === undefined ? mark.name.toLowerCase() === line.name.toLowerCase() : mark.index === index,
    )
  const target = marks[0]?.followed ? lines.findIndex((line, index) => markOf(line, index) === marks[0]) : -1
  useLayoutEffect(() => {
    if (target >= 0) first.current?.scrollIntoView({ block: 'center' })
  }, [target, marks[0]])
  return (
    <table class="hdrs" aria-label={label}>
      <tbody>
        {lines.map((line, index) => {
          const mark = markOf(line, index)
          const above = lines[index - 1]
          const said = above !== undefined && mark !== undefined && markOf(above, index - 1)?.note === mark.note
          const note = fieldNote(line.name)
          const value = masked.value ? maskField(line.name, line.value) : line.value
          const moment = fieldMoment(line.name, line.value, at)
          return (
            <Fragment key={index}>
              <tr class={mark ? 'on' : undefined} ref={index === target ? first : null}>
                <th scope="row">
                  {note ? (
                    <button
                      type="button"
                      class="name"
                      title={note}
                      aria-expanded={explained === index}
                      onClick={() => setExplained(explained === index ? -1 : index)}
                    >
                      {line.name}
                    </button>
                  ) : (
                    line.name
                  )}
                </th>
                <td>
                  {value === '' ? <span class="qq">empty</span> : mark ? markedPieces(value, mark.value) : value}
                  {moment === undefined || !(isWait(line.name) || explained === index) ? null : (
                    <span class="moment">{formatSecond(moment)}</span>
                  )}
                  {mark && !said ? <span class="plain">{mark.note}</span> : null}
                  {explained === index ? <span class="plain">{note}</span> : null}
                </td>
                <td class="idx">
                  {dups[index] ? <span class="dup">{dups[index]}</span> : null} {index + 1}
                </td>
              </tr>
              <JwtRows value={line.value} at={at} marked={mark !== undefined} />
            </Fragment>
          )
        })}
      </tbody>
    </table>
  )
}
