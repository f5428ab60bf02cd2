// Splits a pasted command into words as bash, cmd.exe or PowerShell would, without ever running anything.

import { readableText } from '../http/octets.ts'

/** `rest` is what follows the first command (a pipe, a second command); `variables` the names that stood unexpanded. */
export type Words = {
  readonly words: readonly string[]
  readonly rest: string
  readonly variables: readonly string[]
}
export type SplitCommand = Words | { readonly error: string }

const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\x07',
  b: '\b',
  e: '\x1b',
  f: '\f',
  v: '\v',
}

/** Inside $'…': one escape at `at` (behind the backslash); octets above 127 are UTF-8 in a row. */
function ansiC(text: string, at: number): { readonly put: string; readonly octet?: number; readonly next: number } {
  const char = text.charAt(at)
  const coded = /^(x[0-9a-f]{1,2}|u[0-9a-f]{1,4}|U[0-9a-f]{1,8}|[0-7]{1,3})/i.exec(text.slice(at, at + 9))?.[0]
  if (!coded) return { put: escapes[char] ?? (`'"\\?`.includes(char) ? char : `\\${char}`), next: at + 1 }
  const code = Number.parseInt(/^[0-7]/.test(coded) ? coded : coded.slice(1), /^[0-7]/.test(coded) ? 8 : 16)
  const next = at + coded.length
  if (/^[uU]/.test(coded)) return { put: code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd', next }
  return { put: '', octet: code & 0xff, next }
}

function ansiString(text: string, from: number): { readonly value: string; readonly next: number } | undefined {
  const octets: number[] = []
  const push = (part: string) => octets.push(...new TextEncoder().encode(part))
  for (let at = from; at < text.length; ) {
    const char = String.fromCodePoint(text.codePointAt(at) ?? 0)
    if (char === "'") return { value: readableText(Uint8Array.from(octets)), next: at + 1 }
    if (char !== '\\') {
      push(char)
      at += char.length
      continue
    }
    const { put, octet, next } = ansiC(text, at + 1)
    if (octet === undefined) push(put)
    else octets.push(octet)
    at = next
  }
  return undefined
}

const substitution = 'Command substitution is not run: replace $(…) or `…` by its value.'

/** bash: quotes, $'…', backslashes, comments; a variable becomes `{{NAME}}`, a substitution is refused. */
export function splitBash(text: string): SplitCommand {
  const words: string[] = []
  const variables: string[] = []
  let word: string | undefined
  let at = 0
  const done = (rest: string): Words => ({
    words: word === undefined ? words : [...words, word],
    rest: rest.trim(),
    variables,
  })
  /** At a `$` that is not quoted away; undefined where it is an ordinary character. */
  const variable = (): string | undefined => {
    const name = /^\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))/.exec(text.slice(at, at + 200))
    if (!name) return undefined
    at += name[0].length
    variables.push(name[1] ?? name[2] ?? '')
    return `{{${name[1] ?? name[2]}}}`
  }
  while (at < text.length) {
    const char = text.charAt(at)
    const pair = text.slice(at, at + 2)
    if (char === '\\') {
      const skip = /^\\\r?\n/.exec(text.slice(at, at + 3))?.[0]
      if (!skip) word = (word ?? '') + text.charAt(at + 1)
      at += skip?.length ?? 2
    } else if (char === "'") {
      const end = text.indexOf("'", at + 1)
      if (end < 0) return { error: 'A single quote is never closed.' }
      word = (word ?? '') + text.slice(at + 1, end)
      at = end + 1
    } else if (pair === "$'") {
      const string = ansiString(text, at + 2)
      if (!string) return { error: "A quote opened by $' is never closed." }
      word = (word ?? '') + string.value
      at = string.next
    } else if (char === '"' || pair === '$"') {
      word ??= ''
      at += char === '"' ? 1 : 2
      for (;;) {
        const inner = text.charAt(at)
        if (inner === '') return { error: 'A double quote is never closed.' }
        if (inner === '"') break
        if (inner === '`' || text.startsWith('$(', at)) return { error: substitution }
        const put = inner === '$' ? variable() : undefined
        if (put !== undefined) word += put
        else if (inner === '\\' && '"\\$`\n'.includes(text.charAt(at + 1))) {
          if (text[at + 1] !== '\n') word += text.charAt(at + 1)
          at += 2
        } else {
          word += inner
          at++
        }
      }
      at++
    } else if (char === '`' || pair === '$(') return { error: substitution }
    else if (pair === '<(' || pair === '>(')
      return { error: 'Process substitution is not run: replace <(…) by its value.' }
    else if (/[ \t]/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
      at++
    } else if (/[\r\n;|&<>]/.test(char)) {
      const before = word !== undefined || words.length > 0
      // `2>/dev/null`: the number belongs to the redirection.
      if (/[<>]/.test(char) && word !== undefined && /^\d$/.test(word)) word = undefined
      if (before) return done(text.slice(at))
      at++
    } else if (char === '#' && word === undefined) {
      const end = text.indexOf('\n', at)
      at = end < 0 ? text.length : end
    } else {
      const put = char === '$' ? variable() : undefined
      word = (word ?? '') + (put ?? char)
      if (put === undefined) at++
    }
  }
  return done('')
}

/** cmd.exe: carets first, then the C run-time's quotes and backslashes. */
export function splitCmd(text: string): SplitCommand {
  const plain = text
    .replace(/\^\r?\n\r?\n/g, '\n')
    .replace(/\^\r?\n/g, '')
    .replace(/\^(.)/gs, '$1')
  const words: string[] = []
  let word: string | undefined
  let quoted = false
  for (let at = 0; at < plain.length; at++) {
    const char = plain.charAt(at)
    const slashes = /^\\*/.exec(plain.slice(at))?.[0].length ?? 0
    if (slashes > 0) {
      const before = plain[at + slashes] === '"'
      word = (word ?? '') + '\\'.repeat(before ? slashes >> 1 : slashes)
      at += slashes - 1
      if (before && slashes % 2 === 1) {
        word += '"'
        at++
      }
    } else if (char === '"') {
      // A doubled quote inside quotes is one quote.
      if (quoted && plain[at + 1] === '"') {
        word = `${word ?? ''}"`
        at++
      } else quoted = !quoted
      word ??= ''
    } else if (!quoted && /\s/.test(char)) {
      if (word !== undefined) words.push(word)
      word = undefined
    } else word = (word ?? '') + char
  }
  if (quoted) return { error: 'A double quote is never closed.' }
  return { words: word === undefined ? words : [...words, word], rest: '', variables: [] }
}

/** The shell is told by its marks: a caret before the first quote or at a line's end, or PowerShell's backtick at a line's end. */
export function splitCommand(text: string): SplitCommand {
  if (/^\s*\S+\s+\^"/.test(text) || (/\s\^\r?\n/.test(text) && !text.includes("'"))) return splitCmd(text)
  const backticks = /\s`\r?\n\s*-/.test(text) && !/\\\r?\n/.test(text)
  return splitBash(backticks ? text.replace(/`\r?\n/g, ' ').replace(/''/g, `'\\''`) : text)
}
