// The filter language's syntax tree: what every part of Telltale that selects exchanges passes around.
import type { PropertyName } from './properties.ts'

export type Sign = '<' | '<=' | '>' | '>=' | '='

/**
 * How one property is tested. `has` is the property's own idea of matching (`:`): part of a text, a class of status
 * codes, a kind of content; `between` includes both ends; `written` keeps what the user typed for a value.
 */
export type Test =
  | { readonly op: 'has'; readonly text: string }
  | { readonly op: 'equals'; readonly text: string }
  | { readonly op: 'regex'; readonly source: string }
  | { readonly op: 'compare'; readonly sign: Sign; readonly value: number; readonly written: string }
  | { readonly op: 'between'; readonly from: number; readonly to: number; readonly written: string }
  | { readonly op: 'exists' }

/** `name` is the field name of `header:`, lower case. */
export type PropertyTest = {
  readonly kind: 'test'
  readonly property: PropertyName
  readonly name?: string
  readonly test: Test
}

export type Filter =
  | { readonly kind: 'all' }
  | { readonly kind: 'and' | 'or'; readonly of: readonly Filter[] }
  | { readonly kind: 'not'; readonly of: Filter }
  | PropertyTest
