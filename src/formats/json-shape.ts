// Reads values of unknown shape: own members only, wrong types are absent, nothing is trusted.

export type Shape = Readonly<Record<string, unknown>>

export function isShape(value: unknown): value is Shape {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An own member; a file's `__proto__` or `constructor` reaches nothing. */
export function member(value: unknown, name: string): unknown {
  return isShape(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

export function textOf(value: unknown, name: string): string | undefined {
  const found = member(value, name)
  return typeof found === 'string' ? found : undefined
}

/** Finite numbers, and numbers written as text, as some writers do. */
export function numberOf(value: unknown, name: string): number | undefined {
  const found = member(value, name)
  const number = typeof found === 'string' && /^-?\d+(\.\d+)?$/.test(found) ? Number(found) : found
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

export function booleanOf(value: unknown, name: string): boolean | undefined {
  const found = member(value, name)
  return typeof found === 'boolean' ? found : undefined
}

export function listOf(value: unknown, name: string): readonly unknown[] {
  const found = member(value, name)
  return Array.isArray(found) ? found : []
}

/** The text if it is one of these. */
export function wordOf<Word extends string>(value: unknown, name: string, words: readonly Word[]): Word | undefined {
  const found = textOf(value, name)
  return words.find((word) => word === found)
}
