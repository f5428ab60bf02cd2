// Learns which path positions of an origin hold data although their values look like words (catalogue 1.6).

/** Different values after which a position counts as data; positions remembered per origin. */
const enough = 10
const maxPositions = 2000

export type PathLearning = {
  readonly fold: (segments: readonly string[]) => readonly string[]
  /** Takes in the template of a success and the shape of its answer; true where a position proved to be data by it. */
  readonly learn: (segments: readonly string[], shape: string) => boolean
}

/** `shapes` holds digests: the names of a large object, as text, would be kept a thousand times. */
type Position = { readonly values: Set<string>; readonly shapes: Set<number>; folded: boolean }

function digestOf(shape: string): number {
  let hash = shape.length
  for (let at = 0; at < shape.length; at++) hash = (Math.imul(hash, 31) + shape.charCodeAt(at)) | 0
  return hash
}

const keyOf = (segments: readonly string[], index: number): string =>
  `${segments.slice(0, index).join('/')}|${segments.slice(index + 1).join('/')}`

export function pathLearning(): PathLearning {
  const positions = new Map<string, Position>()
  /** Depths of folded positions, by number of segments: most paths have none, and need not be looked up. */
  const foldedAt = new Map<number, Set<number>>()
  return {
    fold(segments) {
      const depths = foldedAt.get(segments.length)
      if (!depths) return segments
      let folded = segments
      for (let index = 1; index < segments.length; index++) {
        if (!depths.has(index) || folded[index] === '{}' || folded[index] === '') continue
        if (!positions.get(keyOf(folded, index))?.folded) continue
        folded = folded.with(index, '{}')
      }
      return folded
    },
    learn(segments, shape) {
      let proved = false
      const digest = digestOf(shape)
      for (let index = 1; index < segments.length; index++) {
        const value = segments[index]
        if (value === undefined || value === '' || value === '{}') continue
        const key = keyOf(segments, index)
        let position = positions.get(key)
        if (!position) {
          if (positions.size >= maxPositions) return proved
          position = { values: new Set(), shapes: new Set(), folded: false }
          positions.set(key, position)
        }
        if (position.folded || position.values.has(value)) continue
        position.values.add(value)
        position.shapes.add(digest)
        // Ten names answered by many kinds of body are ten operations, not ten ids.
        if (position.values.size >= enough && position.shapes.size * 3 <= position.values.size) {
          position.folded = true
          proved = true
          position.values.clear()
          position.shapes.clear()
          const depths = foldedAt.get(segments.length)
          if (depths) depths.add(index)
          else foldedAt.set(segments.length, new Set([index]))
        }
        if (position.values.size > enough * 20) position.values.clear()
      }
      return proved
    },
  }
}
