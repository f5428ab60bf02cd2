// Statistics of the values seen at one JSON path (array indices folded to `[]`, map keys to `*`).

export type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

export type StringFormat =
  | 'int'
  | 'decimal'
  | 'bool'
  | 'iso-date'
  | 'iso-datetime'
  | 'epoch-s'
  | 'epoch-ms'
  | 'uuid'
  | 'url'
  | 'other'

export type ValueFacts = {
  /** Times seen, and times the parent object was there to hold it. */
  readonly count: number
  readonly parentCount: number
  readonly types: ReadonlyMap<JsonType, number>
  /** Times it had this type: what `types` says, without making it. */
  readonly countOf: (type: JsonType) => number
  readonly nulls: number
  readonly empties: number
  /** Distinct strings while there are at most 12 of them; undefined beyond. */
  readonly values: ReadonlyMap<string, number> | undefined
  readonly formats: ReadonlyMap<StringFormat, number>
  /** The one notation it was always in, where it was. */
  readonly onlyFormat: StringFormat | undefined
}
