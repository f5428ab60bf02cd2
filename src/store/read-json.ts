// Reads JSON that the store itself has written; a damaged disk may have changed it since.

/** Undefined where it is no JSON any more. The type is the writer's word: nobody else writes these columns. */
export function readJson<T>(text: unknown): T | undefined {
  if (typeof text !== 'string') return undefined
  try {
    const value: T = JSON.parse(text)
    return value
  } catch {
    return undefined
  }
}
