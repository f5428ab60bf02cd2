// One known way in which servers write down what went wrong.
import type { ExtractedError } from './extracted-error.ts'
import type { JsonObject } from './json-value.ts'
import type { Side } from './side.ts'
import type { XmlElement } from './xml-reading.ts'

export type ErrorAnswer = {
  readonly status: number
  readonly response: Side
  readonly mediaType: string
  /** Parsed JSON, undefined for other bodies. */
  readonly json: unknown
  /** `json` when it is an object, else undefined. */
  readonly body: JsonObject | undefined
  /** Root element of an XML body. */
  readonly xml: XmlElement | undefined
  readonly text: string
}

export type Extracted = Omit<ExtractedError, 'format' | 'fields'> & { readonly fields?: ExtractedError['fields'] }

export type ErrorFormat = {
  readonly name: string
  /** Answers only where the body has this format; the first format that answers wins. */
  readonly read: (answer: ErrorAnswer) => Extracted | undefined
}

/** Leaves out what is undefined, so that formats can be written as plain literals. */
export function given<T extends Record<string, unknown>>(facts: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const kept: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(facts)) if (value !== undefined) kept[name] = value
  return kept as { [K in keyof T]?: Exclude<T[K], undefined> }
}

/** Joins what there is, without saying the same twice. */
export function joined(...parts: readonly (string | undefined)[]): string | undefined {
  const said: string[] = []
  for (const part of parts) if (part && !said.some((one) => one.includes(part))) said.push(part)
  return said.length === 0 ? undefined : said.join(': ')
}
