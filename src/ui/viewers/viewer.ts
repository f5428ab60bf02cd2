// The shape of a viewer: how well it suits some content, and the component that shows it.
import type { Signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import type { ContentMark, Material } from './material.ts'

/** The search field above a viewer: what is looked for, how much was found, which hit is looked at (from 0). */
export type Search = {
  readonly query: Signal<string>
  readonly found: Signal<number>
  readonly current: Signal<number>
}

export type ViewProps = {
  readonly material: Material
  readonly masked: boolean
  readonly marks: readonly ContentMark[]
  readonly search: Search
  /** Shows content inside this content, such as a part of a multipart message, with whatever viewer suits it. */
  readonly Nested: ComponentType<{ readonly material: Material }>
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
