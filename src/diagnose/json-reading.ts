// A JSON text, parsed once; where parsing stopped is said as offset, line and column.

export type JsonReading =
  | { readonly ok: true; readonly value: unknown }
  | {
      readonly ok: false
      readonly offset: number
      readonly line: number
      readonly column: number
      readonly reason: string
    }

/** Line and column, counted from 1, of a character offset. */
export function positionAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1
  let start = 0
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++
    start = at + 1
  }
  return { line, column: offset - start + 1 }
}

/** Strict RFC 8259; a byte order mark in front is an error there too (§8.1). */
export function readJson(text: string): JsonReading {
  try {
    return { ok: true, value: JSON.parse(text) as unknown }
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'not JSON'
    const offset = Math.min(text.length, firstFault(text))
    return { ok: false, offset, ...positionAt(text, offset), reason }
  }
}

const space = /[ \t\r\n]*/y
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)(?![\w.+-])/y
const stringPart = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y

/** Offset of the first character no JSON text could have there; the engine's own message names it only sometimes. */
function firstFault(text: string): number {
  let at = 0
  const open: ('{' | '[')[] = []
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (!match) return false
    at += match[0].length
    return true
  }
  const takeString = (): boolean => {
    if (take(string)) return true
    take(stringPart)
    return false
  }
  let expect: 'value' | 'first' | 'name' | 'next' = 'value'
  while (at <= text.length) {
    take(space)
    const char = text[at]
    const inside = open.at(-1)
    if (char === undefined) return at
    if (expect === 'next') {
      if (inside === undefined) return at
      if (char === ',') expect = inside === '{' ? 'name' : 'value'
      else if (char === (inside === '{' ? '}' : ']')) open.pop()
      else return at
      at++
      continue
    }
    if (expect === 'first' && char === (inside === '{' ? '}' : ']')) {
      open.pop()
      at++
      expect = 'next'
      continue
    }
    if (expect === 'name' || (expect === 'first' && inside === '{')) {
      if (char !== '"' || !takeString()) return at
      take(space)
      if (text[at] !== ':') return at
      at++
      expect = 'value'
      continue
    }
    if (char === '{' || char === '[') {
      open.push(char)
      at++
      expect = 'first'
      continue
    }
    if (char === '"' ? !takeString() : !take(scalar)) return at
    expect = 'next'
  }
  return at
}
