// Finds the property whose name is nearest to a mistyped one.
import { comparingNames, properties } from './properties.ts'

/** Edits from one to the other: a letter more, less or changed, or two neighbours exchanged. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  let earlier: number[] = []
  for (let i = 1; i <= a.length; i++) {
    const current = [i]
    for (let j = 1; j <= b.length; j++) {
      const changed = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const exchanged = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      const swapped = exchanged ? (earlier[j - 2] ?? 0) + 1 : changed
      current.push(Math.min(changed, swapped, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1))
    }
    earlier = previous
    previous = current
  }
  return previous[b.length] ?? 0
}

export function nearestName(name: string): string | undefined {
  const wanted = name.toLowerCase()
  const names = [
    ...properties.flatMap((property) => [property.name, ...property.aliases]),
    ...Object.keys(comparingNames),
  ]
  let nearest: string | undefined
  let least = Math.max(1, Math.floor(wanted.length / 3)) + 1
  for (const one of names) {
    const far = distance(wanted, one)
    if (far < least) {
      least = far
      nearest = one
    }
  }
  return nearest
}
