// Completion for filter text: what could stand at the caret, and which part of the text it would replace.
import { parseFilter } from './parse-filter.ts'
import { comparingNames, findProperty, isOrdered, type Property, properties } from './properties.ts'
import type { FactName } from './property-table.ts'

/** What the store knows: values seen, the most frequent first. */
export type Facts = Readonly<Partial<Record<FactName, readonly string[]>>>

/** `insert` takes the place of the text from `from` to `to`; `detail` says what it means. */
export type Suggestion = { readonly insert: string; readonly label: string; readonly detail: string }
export type Completion = { readonly from: number; readonly to: number; readonly suggestions: readonly Suggestion[] }

const maxSuggestions = 12

/** Where the term under the caret begins and ends; spaces in quotes do not part terms. */
function termAt(text: string, caret: number): { readonly begin: number; readonly end: number } {
  let begin = 0
  let quoted = false
  let end = caret
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? ''
    if (char === '"' && text[i - 1] !== '\\') quoted = !quoted
    const parts = !quoted && (/\s/.test(char) || char === ')' || (char === '(' && i === begin))
    if (i >= caret && parts) return { begin, end: i }
    if (i < caret && parts) begin = i + 1
    end = i + 1
  }
  return { begin, end: Math.max(end, caret) }
}

/** As written in a filter: in quotes where a space or the like would end it. */
function written(value: string): string {
  return /^[^\s"(),]+$/.test(value) ? value : `"${value.replace(/[\\"]/g, '\\$&')}"`
}

/** Those that begin with the fragment before those that contain it. */
function fitting(values: readonly string[], fragment: string): string[] {
  const wanted = fragment.toLowerCase()
  const begin = values.filter((value) => value.toLowerCase().startsWith(wanted))
  const contain = values.filter((value) => value.toLowerCase().includes(wanted))
  return [...new Set([...begin, ...contain])]
}

function valuesOf(property: Property, facts: Facts): readonly string[] {
  const seen = property.facts ? (facts[property.facts] ?? []) : []
  return [...new Set([...seen, ...(property.values ?? [])])]
}

/** A value as it may follow what stands before it: `>500ms` after a colon, `500ms` after a sign, nothing where neither fits. */
function offered({ type }: Property, before: string, value: string): readonly string[] {
  if (!isOrdered(type)) return [value]
  const forms = [value, value.replace(/^[<>]=?/, '')]
  return forms.filter((form) => 'filter' in parseFilter(before + written(form))).slice(0, 1)
}

function completeValue(
  property: Property,
  name: number,
  begin: number,
  caret: number,
  end: number,
  text: string,
  facts: Facts,
): Completion {
  const typed = text.slice(begin, caret)
  // After a comma the next of several values begins; a field's value, or an expression, is not ours to know.
  const from = begin + (typed.startsWith('"') ? 0 : typed.lastIndexOf(',') + 1)
  const fragment = text.slice(from, caret).replace(/^"/, '')
  if ((property.type === 'field' && /[:=~]/.test(fragment)) || text[begin - 1] === '~')
    return { from: caret, to: caret, suggestions: [] }
  const before = text.slice(name, from)
  const values = valuesOf(property, facts).flatMap((value) => offered(property, before, value))
  const suggestions = fitting(values, fragment)
    .slice(0, maxSuggestions)
    .map((value) => ({ insert: written(value), label: value, detail: property.help }))
  return { from, to: end, suggestions }
}

/** A fragment of a word may be the name of a property, a value of one, or an operator between terms. */
function completeName(fragment: string, from: number, to: number, text: string, facts: Facts): Completion {
  const named = fitting([...properties.map(({ name }) => name), ...Object.keys(comparingNames)], fragment).flatMap(
    (name) => {
      const property = findProperty(comparingNames[name]?.property ?? name)
      return property ? [{ insert: `${name}:`, label: `${name}:`, detail: property.help }] : []
    },
  )
  const byAlias = properties
    .filter((property) => fragment !== '' && property.aliases.some((alias) => alias.startsWith(fragment.toLowerCase())))
    .map((property) => ({ insert: `${property.name}:`, label: `${property.name}:`, detail: property.help }))
  const byValue = properties
    .filter((property) => fragment.length > 1 && (property.type === 'word' || property.name === 'domain'))
    .flatMap((property) =>
      valuesOf(property, facts)
        .filter((value) => value.toLowerCase().startsWith(fragment.toLowerCase()))
        .map((value) => `${property.name}:${written(value)}`)
        .map((term) => ({ insert: term, label: term, detail: property.help })),
    )
  const joins = text.slice(0, from).trim() === '' ? [] : fitting(['AND', 'OR', 'NOT'], fragment)
  const operators = joins.map((word) => ({
    insert: `${word} `,
    label: word,
    detail: 'Joins terms; a space means AND.',
  }))
  const all = [...named, ...byAlias, ...byValue, ...operators]
  const suggestions = all.filter((one, i) => all.findIndex(({ label }) => label === one.label) === i)
  return { from, to, suggestions: suggestions.slice(0, fragment === '' ? all.length : maxSuggestions) }
}

export function completeFilter(text: string, caret: number, facts: Facts): Completion {
  const at = Math.min(Math.max(0, caret), text.length)
  const { begin, end } = termAt(text, at)
  const [negation] = /^[-!(]*/.exec(text.slice(begin, at)) ?? ['']
  const from = begin + negation.length
  const [head, name] = /^([a-z][a-z-]*)(?::|=|!=|<=|>=|<|>|~)/i.exec(text.slice(from, at)) ?? []
  const property = name === undefined ? undefined : findProperty(comparingNames[name.toLowerCase()]?.property ?? name)
  if (head !== undefined && property) return completeValue(property, from, from + head.length, at, end, text, facts)
  return completeName(text.slice(from, at), from, end, text, facts)
}
