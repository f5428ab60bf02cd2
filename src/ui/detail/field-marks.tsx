// Evidence in field lines: which line, which words of it, and the finding's title beside it.
import type { ComponentChild } from 'preact'
import type { Location } from '../../diagnose/finding.ts'
import { evidenceAt, followed, same } from './detail-state.ts'

export type FieldMark = {
  readonly name: string
  readonly index?: number
  readonly value: string
  readonly note: string
  readonly followed: boolean
}

export function fieldMarks(at: Location['at'], exchangeId: string): FieldMark[] {
  return evidenceAt([at], exchangeId).flatMap(({ evidence, finding }) => {
    const { location, value } = evidence
    if (!('name' in location)) return []
    const index = 'index' in location ? location.index : undefined
    return [
      {
        name: location.name,
        ...(index === undefined ? {} : { index }),
        value,
        note: finding.title,
        followed: followed.value !== undefined && same(followed.value.evidence.location, location),
      },
    ]
  })
}

/** The value with the evidence in it under the highlighter; all of it where the words themselves are not found. */
export function markedPieces(value: string, words: string): ComponentChild {
  const at = words === '' ? -1 : value.indexOf(words)
  if (at === -1) return <mark>{value}</mark>
  return (
    <>
      {value.slice(0, at)}
      <mark>{words}</mark>
      {value.slice(at + words.length)}
    </>
  )
}
