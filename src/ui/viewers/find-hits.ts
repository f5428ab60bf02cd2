// Where a searched word stands in a text, without regard to case.

/** More hits than this help nobody and cost time on every row. */
export const mostHits = 5000

/** Offsets of every hit, in order. */
export function findHits(text: string, query: string): number[] {
  if (query === '') return []
  const found: number[] = []
  for (const match of text.matchAll(new RegExp(query.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'), 'gi'))) {
    found.push(match.index)
    if (found.length >= mostHits) break
  }
  return found
}
