// Learns which path positions of an origin hold data although their values look like words (catalogue 1.6).
/** Different values after which a position counts as data; positions remembered per origin. */
const enough = 10
const maxPositions = 2000

export type PathLearning = {
  readonly fold: (segments: readonly string[]) => readonly string[]
  /** Takes in the template of a success and the shape of its answer. */
  readonly learn: (segments: readonly string[], shape: string) => void
}

type Position = { readonly values: Set<string>; readonly shapes: Set<string>; folded: boolean }

const keyOf = (segments: readonly string[], index: number): string =>
  `${segments.slice(0, index).join('/')}|${segments.slice(index + 1).join('/')}`

export function pathLearning(): PathLearning {
  const positions = new Map<string, Position>()
  let anyFolded = false
  return {
    fold(segments) {
      if (!anyFolded) return segments
      let folded = segments
      for (let index = 1; index < segments.length; index++) {
        if (folded[index] === '{}' || folded[index] === '') continue
        if (!positions.get(keyOf(folded, index))?.folded) continue
        folded = folded.with(index, '{}')
      }
      return folded
    },
    learn(segments, shape) {
      for (let index = 1; index < segments.length; index++) {
        const value = segments[index]
        if (value === undefined || value === '' || value === '{}') continue
        const key = keyOf(segments, index)
        let position = positions.get(key)
        if (!position) {
          if (positions.size >= maxPositions) return
          position = { values: new Set(), shapes: new Set(), folded: false }
          positions.set(key, position)
        }
        if (position.folded || position.values.has(value)) continue
        position.values.add(value)
        position.shapes.add(shape)
        // Ten names answered by many kinds of body are ten operations, not ten ids.
        if (position.values.size >= enough && position.shapes.size * 3 <= position.values.size) {
          position.folded = true
          anyFolded = true
        }
        if (position.values.size > enough * 20) position.values.clear()
      }
    },
  }
}
