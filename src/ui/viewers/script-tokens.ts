// Cuts JavaScript into tokens without changing any; gives up where it cannot be sure what a character begins.

export type TokenKind = 'word' | 'number' | 'string' | 'template' | 'regex' | 'comment' | 'mark'
export type Token = {
  readonly kind: TokenKind
  readonly text: string
  /** White space stood before it; a line ended there. */
  readonly spaced: boolean
  readonly broken: boolean
}
export type ScriptTokens = { readonly tokens: readonly Token[]; readonly stoppedAt?: number }

const space = /[\s\ufeff]+/y
const word =
  /(?:[$_#@\p{ID_Start}]|\\u[\da-fA-F]{4}|\\u\{[\da-fA-F]+\})(?:[$\p{ID_Continue}]|\u200c|\u200d|\\u[\da-fA-F]{4}|\\u\{[\da-fA-F]+\})*/uy
const number = /0[xXoObB][\da-fA-F_]+n?|(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?n?/y
const comment = /\/\/[^\n\r\u2028\u2029]*|\/\*[\s\S]*?\*\//y
const string = /"(?:[^"\\\n\r]|\\(?:\r\n|[\s\S]))*"|'(?:[^'\\\n\r]|\\(?:\r\n|[\s\S]))*'/y
const regex = /\/(?![*/])(?:[^\\/[\n\r]|\\[^\n\r]|\[(?:[^\]\\\n\r]|\\[^\n\r])*\])+\/[\w$]*/y
const mark =
  />>>=|\.\.\.|===|!==|\*\*=|<<=|>>=|>>>|&&=|\|\|=|\?\?=|=>|==|!=|<=|>=|&&|\|\||\?\?|\?\.(?!\d)|\+\+|--|\+=|-=|\*=|\/=|%=|&=|\|=|\^=|<<|>>|\*\*|[-{}()[\];,<>+*/%&|^!~?:=.]/y

/** Words after which a value begins, so that a slash begins a regular expression. */
const before = new Set(
  'return typeof case in of delete void throw new else do instanceof yield await extends default'.split(' '),
)
/** Words whose brackets are followed by a statement, not by an operator. */
const heads = new Set(['if', 'while', 'for', 'with'])

/** Templates inside templates; deeper ones are not worth the stack. */
const deepest = 40

/** The offset after a template that begins at `at`, or -1; the expressions in it are read like any other script. */
function templateEnd(source: string, at: number, depth: number): number {
  const stop = /[`\\]|\$\{/g
  stop.lastIndex = at + 1
  for (let match = stop.exec(source); match; match = stop.exec(source)) {
    if (match[0] === '`') return match.index + 1
    if (match[0] === '\\') stop.lastIndex = match.index + 2
    else {
      const { stoppedAt } = scan(source, match.index + 2, Number.POSITIVE_INFINITY, depth + 1)
      if (stoppedAt === undefined || source[stoppedAt] !== '}') return -1
      stop.lastIndex = stoppedAt + 1
    }
  }
  return -1
}

/** What begins after the brace that closes one that stood behind this: a value, an operator, or nobody knows. */
function afterBrace(opener: Token | undefined): boolean | undefined {
  if (!opener) return true
  if (opener.kind === 'word')
    return /^(?:else|do|try|finally)$/.test(opener.text) ? true : before.has(opener.text) ? false : undefined
  if (opener.kind !== 'mark') return undefined
  if (/^[);{}]$/.test(opener.text)) return true
  return opener.text === ':' || opener.text === '=>' || opener.text === ']' ? undefined : false
}

/** Tokens up to `limit`; `stoppedAt` where the source made no certain sense any more. */
export function readScript(source: string, limit = Number.POSITIVE_INFINITY): ScriptTokens {
  return scan(source, 0, limit, 0)
}

/** Inside a template (`depth` above 0) it stops at the brace that closes the expression. */
function scan(source: string, from: number, limit: number, depth: number): ScriptTokens {
  const tokens: Token[] = []
  if (depth > deepest) return { tokens, stoppedAt: source.length }
  /** For each open round bracket: a statement follows it. */
  const rounds: boolean[] = []
  /** What may begin after each open brace is closed. */
  const braces: (boolean | undefined)[] = []
  let at = from === 0 && source.startsWith('#!') ? source.search(/[\n\r]|$/) : from
  if (at > from) tokens.push({ kind: 'comment', text: source.slice(0, at), spaced: false, broken: false })
  let last: Token | undefined
  let beforeLast: Token | undefined
  let afterHead = false
  let afterBlock: boolean | undefined
  const take = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(source)?.[0]
  }
  /** A value may begin here; undefined where both readings are possible. */
  const valueMayBegin = (): boolean | undefined => {
    if (!last) return true
    if (last.kind === 'word') return before.has(last.text) && !/^\??\.$/.test(beforeLast?.text ?? '')
    if (last.kind !== 'mark') return false
    if (last.text === ')') return afterHead
    if (last.text === '}') return afterBlock
    return last.text !== ']' && last.text !== '++' && last.text !== '--'
  }
  while (tokens.length < limit) {
    const blank = take(space) ?? ''
    at += blank.length
    if (at >= source.length) return depth === 0 ? { tokens } : { tokens, stoppedAt: at }
    if (depth > 0 && braces.length === 0 && source[at] === '}') return { tokens, stoppedAt: at }
    const char = source[at] ?? ''
    const isDigit = /\d/.test(char) || (char === '.' && /\d/.test(source[at + 1] ?? ''))
    let kind: TokenKind = 'mark'
    let text: string | undefined
    if (char === '"' || char === "'") [kind, text] = ['string', take(string)]
    else if (char === '`') {
      const end = templateEnd(source, at, depth)
      ;[kind, text] = ['template', end === -1 ? undefined : source.slice(at, end)]
    } else if (isDigit) [kind, text] = ['number', take(number)]
    else if (char === '/') {
      text = take(comment)
      if (text !== undefined) kind = 'comment'
      else {
        const begins = valueMayBegin()
        if (begins) [kind, text] = ['regex', take(regex)]
        else if (begins === false) text = take(mark)
      }
    } else if (
      char === '<' &&
      (source.startsWith('<!--', at) || (valueMayBegin() !== false && /[\w>]/.test(source[at + 1] ?? '')))
    )
      // An HTML comment, or markup inside the script.
      text = undefined
    else {
      text = take(word)
      if (text !== undefined) kind = 'word'
      else text = take(mark)
    }
    if (text === undefined || text === '') return { tokens, stoppedAt: at }
    const token: Token = { kind, text, spaced: blank !== '', broken: /[\n\r\u2028\u2029]/.test(blank) }
    tokens.push(token)
    at += text.length
    if (kind === 'comment') continue
    if (text === '(' && kind === 'mark') rounds.push(last?.kind === 'word' && heads.has(last.text))
    if (text === ')' && kind === 'mark') afterHead = rounds.pop() ?? false
    if (text === '{' && kind === 'mark') braces.push(afterBrace(last))
    if (text === '}' && kind === 'mark') afterBlock = braces.pop()
    beforeLast = last
    last = token
  }
  return { tokens, stoppedAt: at }
}
