// Writes one argument so that a shell passes exactly these characters on: POSIX shells with $'…', and cmd.exe.

/** Control characters, C1, zero-width, bidi and byte order marks: invisible in a terminal, or acted on by it. */
const invisible = /[\0-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

const octetsOf = (char: string): string =>
  [...new TextEncoder().encode(char)].map((octet) => `\\x${octet.toString(16).padStart(2, '0')}`).join('')

/**
 * Always quoted, so no character is ever special. A line break may stand inside single quotes; a tab or a control
 * character is written as an escape of $'…' (bash, zsh, ksh), because a terminal would act on it while it is pasted.
 */
export function quotePosix(text: string): string {
  if (!invisible.test(text.replaceAll('\n', ''))) return `'${text.replaceAll("'", "'\\''")}'`
  const escaped = text.replace(new RegExp(`['\\\\]|${invisible.source}`, 'g'), (char) => {
    if (char === "'" || char === '\\') return `\\${char}`
    return { '\n': '\\n', '\t': '\\t', '\r': '\\r' }[char] ?? octetsOf(char)
  })
  return `$'${escaped}'`
}

/**
 * For the C run-time's rules of splitting (a backslash doubles before a quote) and then for cmd.exe, which never sees a
 * quoted region: each of its special characters, the quotes included, carries a caret. `%NAME%` is broken by the caret
 * because no variable is called `NAME^`. A batch file would put nothing in its place, and takes `%%` for the character
 * itself, which the prompt does not. A line break cannot be written here; callers use another way for those.
 */
export function quoteCmd(text: string, typed: 'at the prompt' | 'in a batch file' = 'at the prompt'): string {
  const argument = `"${text.replace(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`
  return argument.replace(/[()%!^"<>&|]/g, (char) => (char === '%' && typed === 'in a batch file' ? '%%' : `^${char}`))
}

/** What cmd.exe cannot be given on a line: line breaks, NUL, and what the console's code page may change. */
export function fitsCmd(text: string): boolean {
  return /^[\x20-\x7e]*$/.test(text)
}
