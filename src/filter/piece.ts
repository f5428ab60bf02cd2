// Cuts filter text into pieces: bare words, quoted texts, regular expressions; and says where one is broken.

/** What is wrong with a filter text, and where. */
export type FilterProblem = { readonly message: string; readonly position: number; readonly length: number }
export function isFilterProblem(value: object): value is FilterProblem {
  return 'message' in value
}

/** A piece of text as written: `bare`, in quotes, or between slashes. `text` has its escapes resolved. */
export type Piece = {
  readonly form: 'bare' | 'quoted' | 'regex'
  readonly text: string
  readonly begin: number
  readonly end: number
}

export function problem(message: string, position: number, length = 1): FilterProblem {
  return { message, position, length }
}

function readQuoted(text: string, begin: number): Piece | FilterProblem {
  let value = ''
  for (let i = begin + 1; i < text.length; i++) {
    const char = text[i]
    if (char === '"') return { form: 'quoted', text: value, begin, end: i + 1 }
    if (char === '\\' && (text[i + 1] === '"' || text[i + 1] === '\\')) i += 1
    value += text[i]
  }
  return problem('This quote is not closed', begin, text.length - begin)
}

const isEnd = (char: string | undefined) => char === undefined || /\s/.test(char)

/** `/…/` up to a space, an end or a closing parenthesis; undefined where the text is no such thing (`/api/users`). */
function readRegex(text: string, begin: number): Piece | undefined {
  let open = 0
  let inSet = false
  let i = begin + 1
  for (; !isEnd(text[i]); i++) {
    const char = text[i]
    if (char === '\\') i += 1
    else if (inSet) inSet = char !== ']'
    else if (char === '[') inSet = true
    else if (char === '(') open += 1
    else if (char === ')') open -= 1
    else if (char === '/' && i > begin + 1 && open === 0) {
      const end = text[i + 1] === 'i' && (isEnd(text[i + 2]) || text[i + 2] === ')') ? i + 2 : i + 1
      if (isEnd(text[end]) || text[end] === ')') return { form: 'regex', text: text.slice(begin + 1, i), begin, end }
    }
  }
  // It ends with a slash and something in it is not closed: that is to be said, not looked for.
  const last = Math.min(i, text.length) - 1
  if (last > begin + 1 && text[last] === '/' && (open > 0 || inSet))
    return { form: 'regex', text: text.slice(begin + 1, last), begin, end: last + 1 }
  return undefined
}

/** `/two words/`: meant as one expression, read as `/two` and `words/`. */
function readSpaced(text: string, begin: number): FilterProblem | undefined {
  const [, first] = /^(\/[^\s/]+)(?:\s+[^\s/:=~"]+)*\s+[^\s/:=~"]*\/i?(?:[\s)]|$)/.exec(text.slice(begin)) ?? []
  if (first === undefined) return undefined
  return problem('A space ends a regular expression: write it as \\s', begin + first.length)
}

/** Up to a space, a quote or a parenthesis that was not opened in it. */
export function readBare(text: string, begin: number, stop: RegExp): Piece {
  let open = 0
  let end = begin
  for (; end < text.length; end++) {
    const char = text[end] ?? ''
    if (stop.test(char)) break
    if (char === '(') open += 1
    if (char === ')') {
      if (open === 0) break
      open -= 1
    }
  }
  return { form: 'bare', text: text.slice(begin, end), begin, end }
}

/** `slashes`: an expression may stand here; `only`: hardly anything else that begins with a slash. */
export function readPiece(text: string, begin: number, slashes: boolean, only = false): Piece | FilterProblem {
  if (text[begin] === '"') return readQuoted(text, begin)
  const regex = slashes && text[begin] === '/' ? readRegex(text, begin) : undefined
  const spaced = only && !regex ? readSpaced(text, begin) : undefined
  return regex ?? spaced ?? readBare(text, begin, /[\s"]/)
}
