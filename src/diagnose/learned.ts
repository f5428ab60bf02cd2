// What earlier traffic taught that reading one exchange needs.

export type Learned = {
  /** Path segments of an origin with positions that proved to be ids replaced by `{}`. */
  readonly foldSegments?: (origin: string, segments: readonly string[]) => readonly string[]
  /** True where this result code differs from the one nearly all earlier responses of the origin carried. */
  readonly isUnusualCode?: (origin: string, name: string, value: string | number) => boolean
}
