// Reads what is whole of a JSON text that ends too early: members and elements that are complete, and the text it broke off in.

const space = /[ \t\r\n]*/y
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null)(?=[\s,\]}])/y
/** Characters of a text that are read, and depth. */
const maxRead = 65_536
const maxDepth = 64
/** Characters of a broken-off text that are worth showing. */
const leastWords = 8

/**
 * The value with everything after its last whole member left out; a text that was being written is kept as far as it came
 * and ends in `…`. Undefined where nothing is whole, or where the text does not merely end too early.
 */
export function readCutJson(whole: string): unknown {
  const text = whole.slice(0, maxRead)
  const open: ('{' | '[')[] = []
  /** Closes what is open, innermost first. */
  let closing = ''
  let at = 0
  /** Up to this offset, with this behind it, the text is JSON. */
  let good: { readonly to: number; readonly end: string } | undefined
  let expect: 'value' | 'first' | 'name' | 'next' = 'value'
  const take = (pattern: RegExp): boolean => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match) at += match[0].length
    return match !== null
  }
  const mark = (end = closing) => {
    good = { to: at, end }
  }
  const close = () => {
    open.pop()
    closing = closing.slice(1)
  }
  while (at < text.length) {
    take(space)
    const char = text[at]
    const inside = open.at(-1)
    if (char === undefined) break
    if (expect === 'next') {
      if (inside === undefined) return undefined
      if (char === ',') expect = inside === '{' ? 'name' : 'value'
      else if (char === (inside === '{' ? '}' : ']')) close()
      else return undefined
      at++
      if (char !== ',') mark()
    } else if (expect === 'first' && char === (inside === '{' ? '}' : ']')) {
      close()
      at++
      expect = 'next'
      mark()
    } else if (inside === '{' && expect !== 'value') {
      if (char !== '"' || !take(string)) break
      take(space)
      if (text[at] !== ':') break
      at++
      expect = 'value'
    } else if (char === '{' || char === '[') {
      if (open.length >= maxDepth) break
      open.push(char)
      closing = (char === '{' ? '}' : ']') + closing
      at++
      expect = 'first'
    } else if (char === '"') {
      if (!take(string)) {
        const begun = brokenOff(text.slice(at))
        if (begun !== undefined) mark(begun + closing)
        break
      }
      expect = 'next'
      mark()
    } else {
      if (!take(scalar)) break
      expect = 'next'
      mark()
    }
  }
  try {
    return good && (JSON.parse(text.slice(0, good.to) + good.end) as unknown)
  } catch {
    return undefined
  }
}

/** A text whose end is missing, closed; undefined where too little of it came to say anything. */
function brokenOff(rest: string): string | undefined {
  const begun = rest.replace(/\\(?:u[0-9a-fA-F]{0,3})?$/, '')
  return begun.length <= leastWords || /[\u0000-\u001f]/.test(begun) ? undefined : `${begun}…"`
}
