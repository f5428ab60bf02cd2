// How often each of a few kinds was seen; nearly always it is one kind, so counting it is one comparison.

export type Tally<K> = { readonly kinds: K[]; readonly counts: number[] }

export const tallyOf = <K>(kind: K): Tally<K> => ({ kinds: [kind], counts: [1] })

export function addTo<K>(tally: Tally<K>, kind: K): void {
  const at = tally.kinds[0] === kind ? 0 : tally.kinds.indexOf(kind)
  if (at >= 0) tally.counts[at] = (tally.counts[at] ?? 0) + 1
  else {
    tally.kinds.push(kind)
    tally.counts.push(1)
  }
}

export const countOf = <K>(tally: Tally<K> | undefined, kind: K): number =>
  tally === undefined ? 0 : (tally.counts[tally.kinds.indexOf(kind)] ?? 0)

/** In the order in which the kinds were first seen. */
export const asMap = <K>(tally: Tally<K> | undefined): ReadonlyMap<K, number> =>
  new Map(tally?.kinds.map((kind, at) => [kind, tally.counts[at] ?? 0]))
