// What the text of the filter field becomes when a suggestion is taken.
import type { Completion } from '../../filter/complete-filter.ts'

/** The text that taking a suggestion makes, and where the caret then stands. */
export function taken(text: string, now: Completion, index: number): { readonly text: string; readonly caret: number } {
  const insert = now.suggestions[index]?.insert ?? ''
  // A whole term is followed by a space; a name waits for its value, a joining word brings its own.
  const rest = text.slice(now.to)
  const space = /[:\s]$/.test(insert) || /^\s/.test(rest) ? '' : ' '
  return { text: text.slice(0, now.from) + insert + space + rest, caret: now.from + insert.length + space.length }
}

/** The text without the term whose value is being chosen, or undefined while no value is. */
export function withoutTerm(text: string, now: Completion | undefined): string | undefined {
  if (now === undefined || !/[:=<>~,]$/.test(text.slice(0, now.from))) return undefined
  const begin = text.slice(0, now.from).search(/[^\s(]*$/)
  return `${text.slice(0, begin)}${text.slice(now.to)}`
}
