// The shape of a viewer: how well it suits some content, and the component that shows it.
import type { ReadonlySignal, Signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import type { ContentMark, Material } from './material.ts'

/**
 * What is looked for in some content, how much of it was found, and which hit is looked at (from 0; -1 where that one
 * stands elsewhere). A viewer reads the first and the last and sets `found`.
 */
export type Search = {
  readonly query: ReadonlySignal<string>
  readonly found: Signal<number>
  readonly current: ReadonlySignal<number>
}

export type NestedProps = { readonly material: Material; readonly search: Search }

export type ViewProps = {
  readonly material: Material
  readonly masked: boolean
  readonly marks: readonly ContentMark[]
  readonly search: Search
  /** Shows content inside this content, such as a part of a multipart message, with whatever viewer suits it. */
  readonly Nested: ComponentType<NestedProps>
}

export type Viewer = {
  readonly id: string
  /** What the switch above the content says. */
  readonly label: string
  readonly searchable: boolean
  /** 0: cannot show it. The highest is chosen; hex (1) is the floor. */
  readonly suits: (material: Material) => number
  readonly View: ComponentType<ViewProps>
}
