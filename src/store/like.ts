// Patterns for SQL's LIKE with `\` as the escape character.

export function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, '\\$&')
}

/** Fits text that contains this. */
export function containing(text: string): string {
  return `%${escapeLike(text)}%`
}
