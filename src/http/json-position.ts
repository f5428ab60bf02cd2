// Finds where a JSON text breaks RFC 8259: line, column and kind of every fault, and the smallest repair of the text.

export type JsonFaultKind =
  | 'byte-order-mark'
  | 'comment'
  | 'control-character'
  | 'bad-escape'
  | 'bad-number'
  | 'empty'
  | 'javascript-object'
  | 'mismatched-bracket'
  | 'missing-colon'
  | 'missing-comma'
  | 'missing-value'
  | 'not-a-number'
  | 'odd-space'
  | 'python-literal'
  | 'single-quotes'
  | 'too-deep'
  | 'trailing-comma'
  | 'truncated'
  | 'two-documents'
  | 'undefined-value'
  | 'unexpected'
  | 'unquoted-key'
  | 'unquoted-string'

/** `line` and `column` count from 1; `found` is the offending text, at most 20 characters. */
export type JsonFault = {
  readonly kind: JsonFaultKind
  readonly offset: number
  readonly line: number
  readonly column: number
  readonly found: string
}

/**
 * `faults` in order of their place, empty for valid JSON. `repaired` is the text with nothing changed but the faults; absent
 * where no single repair is certain. `holes` says that a value must be filled in: it stands as `{{number}}` in `repaired`.
 */
export type JsonPosition = { readonly faults: readonly JsonFault[]; readonly repaired?: string; readonly holes?: true }

type Found = { readonly kind: JsonFaultKind; readonly offset: number; readonly length: number }
type Patch = { readonly from: number; readonly to: number; readonly text: string }

const MAX_FAULTS = 1000 // told of one text
const MAX_DEPTH = 500 // nesting, so that a hostile body cannot exhaust the stack
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.+-])/y
const WORD = /[\p{L}_$][\p{L}\p{N}_$.-]*/uy
const PYTHON: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' }
const CLOSERS: Readonly<Record<string, string>> = { '"': '"', "'": "'", '\u201c': '\u201d', '\u2018': '\u2019' }

export function lineColumn(text: string, offset: number): { readonly line: number; readonly column: number } {
  let line = 1
  let start = 0
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++
    start = at + 1
  }
  return { line, column: offset - start + 1 }
}

export function jsonPosition(text: string): JsonPosition {
  try {
    JSON.parse(text)
    return { faults: [] }
  } catch {
    return scan(text)
  }
}

function scan(text: string): JsonPosition {
  const found: Found[] = []
  const patches: Patch[] = []
  let at = 0
  let holes = false

  const fault = (kind: JsonFaultKind, offset: number, length = 1): false => {
    // A long body can hold a fault in every member: the first ones tell the story.
    if (found.length < MAX_FAULTS) found.push({ kind, offset, length })
    return false
  }
  const patch = (from: number, to: number, replacement: string) => patches.push({ from, to, text: replacement })
  const match = (pattern: RegExp): string => {
    pattern.lastIndex = at
    return pattern.exec(text)?.[0] ?? ''
  }

  const space = (): void => {
    for (;;) {
      const char = text[at]
      if (char === ' ' || char === '\n' || char === '\t' || char === '\r') at++
      else if (char === '/' || char === '#') {
        const length = match(/\/\/[^\n]*|\/\*[\s\S]*?\*\/|#[^\n]*/y).length
        if (length === 0) return
        fault('comment', at, length)
        patch(at, at + length, '')
        at += length
      } else if (char !== undefined && /\s|\u200b/.test(char)) {
        fault('odd-space', at)
        patch(at, ++at, ' ')
      } else return
    }
  }

  const string = (): boolean => {
    const start = at
    const open = text[at] ?? '"'
    const close = CLOSERS[open] ?? '"'
    if (open !== '"') {
      fault('single-quotes', at)
      patch(at, at + 1, '"')
    }
    for (at++; at < text.length; at++) {
      const char = text[at] ?? ''
      if (char === close) {
        if (open !== '"') patch(at, at + 1, '"')
        at++
        return true
      }
      if (char === '"' && open !== '"') patch(at, at + 1, '\\"')
      if (char < ' ') {
        fault('control-character', at)
        patch(at, at + 1, JSON.stringify(char).slice(1, -1))
      } else if (char === '\\') {
        const sequence = match(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y)
        if (sequence === '' && text[at + 1] === "'") {
          if (open === '"') fault('bad-escape', at, 2)
          patch(at, ++at, '')
        } else if (sequence === '' && at + 1 < text.length) {
          fault('bad-escape', at, 2)
          patch(at, at + 1, '\\\\')
        } else at += Math.max(0, sequence.length - 1)
      }
    }
    return fault('truncated', text.length === start ? start : text.length)
  }

  const word = (): boolean => {
    const found = match(WORD)
    const name = found.replace(/\.$/, '')
    const start = at
    at += found.length
    if (name === 'true' || name === 'false' || name === 'null') return true
    const python = PYTHON[name]
    if (python !== undefined) {
      fault('python-literal', start, name.length)
      patch(start, at, python)
      return true
    }
    if (name === 'NaN' || name === 'Infinity') {
      fault('not-a-number', start, name.length)
      patch(text[start - 1] === '-' ? start - 1 : start, at, '{{number}}')
      holes = true
      return true
    }
    // A literal cut off by the end of the text is a truncation, not an unknown word.
    if (at >= text.length && ['true', 'false', 'null'].some((literal) => literal.startsWith(found))) {
      return fault('truncated', text.length)
    }
    return fault(name === 'undefined' ? 'undefined-value' : 'unquoted-string', start, name.length)
  }

  const value = (depth: number): boolean => {
    space()
    const char = text[at]
    if (char === undefined) return fault('truncated', at)
    if (depth > MAX_DEPTH) return fault('too-deep', at)
    if (char === '{') return members(depth, '}')
    if (char === '[') return text.startsWith('[object ', at) ? fault('javascript-object', at, 15) : members(depth, ']')
    if (CLOSERS[char]) return string()
    if (char === '-' && text.startsWith('-Infinity', at)) at++
    if (char === '-' || (char >= '0' && char <= '9') || char === '.' || char === '+') {
      if (text[at] === 'I') return word()
      const number = match(NUMBER)
      at += number.length
      if (number !== '') return true
      const odd = match(/[-+.\w]+/y)
      if (at + odd.length >= text.length && /^-?\d*\.?\d*(e[+-]?)?$/i.test(odd)) return fault('truncated', text.length)
      return fault('bad-number', at, odd.length)
    }
    if (match(WORD) !== '') return word()
    return fault(char === ',' || char === '}' || char === ']' ? 'missing-value' : 'unexpected', at)
  }

  const key = (): boolean => {
    if (CLOSERS[text[at] ?? '']) return string()
    const name = match(/[\p{L}\p{N}_$][\p{L}\p{N}_$-]*/uy)
    if (name === '') return at < text.length ? fault('unexpected', at) : fault('truncated', at)
    fault('unquoted-key', at, name.length)
    patch(at, at + name.length, `"${name}"`)
    at += name.length
    return true
  }

  /** The inside of an object or array, from its opening bracket to behind its closing one. */
  const members = (depth: number, close: '}' | ']'): boolean => {
    at++
    let comma = -1
    for (;;) {
      space()
      if (text[at] === close) {
        if (comma >= 0) {
          fault('trailing-comma', comma)
          patch(comma, comma + 1, '')
        }
        at++
        return true
      }
      if (text[at] === (close === '}' ? ']' : '}')) return fault('mismatched-bracket', at)
      if (close === '}') {
        if (!key()) return false
        space()
        if (text[at] === undefined) return fault('truncated', at)
        if (text[at] !== ':') return fault('missing-colon', at)
        at++
      }
      if (!value(depth + 1)) return false
      const end = at
      space()
      const char = text[at]
      if (char === undefined) return fault('truncated', at)
      comma = char === ',' ? at++ : -1
      if (comma >= 0 || char === close) continue
      if (char === ']' || char === '}') return fault('mismatched-bracket', at)
      if (!CLOSERS[char] && !/[\w{[-]/.test(char)) return fault('unexpected', at)
      fault('missing-comma', at)
      patch(end, end, ',')
    }
  }

  if (text.charCodeAt(0) === 0xfeff) {
    fault('byte-order-mark', at)
    patch(0, ++at, '')
  }
  let whole = false
  if (text.slice(at).trim() === '') fault('empty', at)
  else {
    whole = value(0)
    if (whole) {
      space()
      if (at < text.length)
        whole = fault(/[\p{L}\p{N}"'{[-]/u.test(text[at] ?? '') ? 'two-documents' : 'unexpected', at)
    }
    // The scan and JSON.parse must agree that something is wrong, whatever it is.
    if (found.length === 0) fault('unexpected', at)
  }
  const faults = placed(text, found)
  const repaired = whole ? applyPatches(text, patches) : undefined
  if (repaired === undefined || !parses(holes ? repaired.replaceAll('{{number}}', '0') : repaired)) return { faults }
  return { faults, repaired, ...(holes ? { holes } : {}) }
}

/** Sorted by place, with line and column found in one pass over the text. */
function placed(text: string, found: readonly Found[]): JsonFault[] {
  let line = 1
  let start = 0
  let next = text.indexOf('\n')
  return found
    .toSorted((a, b) => a.offset - b.offset)
    .map(({ kind, offset, length }) => {
      while (next >= 0 && next < offset) {
        line++
        start = next + 1
        next = text.indexOf('\n', start)
      }
      return {
        kind,
        offset,
        line,
        column: offset - start + 1,
        found: text.slice(offset, offset + Math.min(length, 20)),
      }
    })
}

function applyPatches(text: string, patches: readonly Patch[]): string {
  let out = ''
  let done = 0
  for (const patch of patches.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    out += text.slice(done, patch.from) + patch.text
    done = patch.to
  }
  return out + text.slice(done)
}

function parses(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
