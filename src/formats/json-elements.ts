// Finds the elements of one array inside a JSON file of any size as it streams by; only one element is in memory.
import { fileProblem } from './file-problem.ts'

/** Depth beyond which an element is not parsed. */
const maxDepth = 200
/** Characters of one element; larger ones are skipped. */
const maxElement = 128 * 1024 * 1024

export type Element = { readonly value: unknown } | { readonly reason: string }

/** Pieces of UTF-8 (with or without byte order mark) as text; never more than `maxOctets`. */
export async function* textPieces(octets: AsyncIterable<Uint8Array>, maxOctets: number): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let seen = 0
  for await (const piece of octets) {
    seen += piece.length
    if (seen > maxOctets) throw fileProblem(`The file is larger than ${Math.round(maxOctets / 1024 / 1024)} MB.`)
    yield decoder.decode(piece, { stream: true })
  }
  yield decoder.decode()
}

function parse(text: string, depth: number): Element {
  if (depth > maxDepth) return { reason: `It is nested more than ${maxDepth} levels deep.` }
  try {
    return { value: JSON.parse(text) }
  } catch (error) {
    return { reason: `It is not JSON: ${error instanceof Error ? error.message.replace(/, ".*$/s, '') : ''}.` }
  }
}

/**
 * Elements of the array at `path` (as in `/log/entries`), or of a root array. A file that ends too early gives what was
 * whole and then a FileProblem.
 */
export async function* jsonElements(pieces: AsyncIterable<string>, path: string): AsyncGenerator<Element> {
  /** Paths of the open containers, until the array is found. */
  const open: { readonly path: string; readonly array: boolean }[] = []
  let state: 'before' | 'inside' | 'after' = 'before'
  let depth = 0
  let name = ''
  let literal = ''
  let inString = false
  let escaped = false
  let begun = false
  let elements = 0
  /** The element being collected: its text so far, its size and how deep it went. */
  let parts: string[] = []
  let size = 0
  let deepest = 0

  /** True when this is the array that is looked for. */
  const enter = (array: boolean): boolean => {
    const parent = open.at(-1)
    const here = parent === undefined ? '' : `${parent.path}/${parent.array ? '*' : name}`
    open.push({ path: here, array })
    return array && (here === path || here === '')
  }

  for await (const piece of pieces) {
    let from = 0
    if (!begun) {
      const first = /[^\s\ufeff]/.exec(piece)?.[0]
      if (first !== undefined && first !== '{' && first !== '[') throw fileProblem('The file is not JSON.')
      begun = first !== undefined
    }
    for (let i = 0; i < piece.length; i++) {
      const char = piece.charCodeAt(i)
      if (inString) {
        if (escaped) escaped = false
        else if (char === 0x5c) escaped = true
        else if (char === 0x22) inString = false
        if (inString && state === 'before' && literal.length < 200) literal += piece.charAt(i)
      } else if (char === 0x22) {
        inString = true
        literal = ''
      } else if (char === 0x3a) name = literal
      else if (char === 0x7b || char === 0x5b) {
        if (state === 'before') {
          if (enter(char === 0x5b)) {
            state = 'inside'
            from = i + 1
          }
        } else if (state === 'inside') deepest = Math.max(deepest, ++depth)
        else depth++
      } else if (char === 0x7d || char === 0x5d || char === 0x2c) {
        const ends = char !== 0x2c
        if (state === 'inside' && depth === 0) {
          parts.push(piece.slice(from, i))
          const text = parts.join('')
          if (size + i - from > maxElement) yield { reason: 'It is larger than 128 MB.' }
          else if (text.trim() !== '') {
            elements += 1
            yield parse(text, deepest)
          }
          parts = []
          size = 0
          deepest = 0
          from = i + 1
          if (ends) {
            state = 'after'
            open.pop()
            if (open.length === 0 && elements === 0) throw fileProblem('The file is JSON, but an empty list.')
          }
        } else if (ends && depth > 0) depth--
        else if (ends) open.pop()
      }
    }
    if (state === 'inside') {
      size += piece.length - from
      if (size <= maxElement) parts.push(piece.slice(from))
      else parts = []
    }
  }
  if (!begun) throw fileProblem('The file is empty.')
  if (state === 'before') throw fileProblem(`The file is not JSON with a list ${path.slice(1).replaceAll('/', '.')}.`)
  if (open.length > 0 || depth > 0 || inString) throw fileProblem('The file ends in the middle: it was cut off.')
}
