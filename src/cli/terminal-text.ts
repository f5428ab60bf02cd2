// Captured text on a terminal: nothing in it may steer the terminal, and colour only where a person watches.

/** C0, DEL, C1, bidirectional and zero-width characters, byte order marks (A04). Line breaks and tabs are decided apart. */
const steering = /[\0-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

const escaped = (char: string): string => {
  const code = char.charCodeAt(0)
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
}

/** On one line. */
export function safeLine(text: string): string {
  return text.replace(/[\t\n]/g, ' ').replace(steering, escaped)
}

/** With its own lines and tabs. */
export function safeText(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(steering, escaped)
}

/** JSON escapes C0 by itself; the rest of what steers a terminal is escaped here. It stays the same JSON. */
export function safeJson(value: unknown, indent?: number): string {
  return JSON.stringify(value, undefined, indent).replace(
    /[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

export type Paint = (style: keyof typeof styles, text: string) => string

const styles = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, cyan: 36 } as const

/** FORCE_COLOR decides, as in Node; else colour is for terminals, unless NO_COLOR (no-color.org) or TERM=dumb turn it off. */
export function painter(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  const wanted = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
  const on = env.FORCE_COLOR === undefined ? wanted : !/^(?:0|false)$/.test(env.FORCE_COLOR)
  return (style, text) => (on && text !== '' ? `\u001b[${styles[style]}m${text}\u001b[0m` : text)
}

/** Columns of a terminal; undefined for anything else, and for a terminal that does not say. */
export function widthOf(stream: NodeJS.WriteStream): number | undefined {
  return stream.isTTY && stream.columns > 0 ? stream.columns : undefined
}

/** Two columns wide: East Asian wide and fullwidth characters (UAX #11), and pictures. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u

function columnsOfChar(char: string): number {
  if (/\p{M}/u.test(char)) return 0
  return wide.test(char) ? 2 : 1
}

/** How many columns of a terminal a text takes. */
export function columnsOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  return [...text].reduce((sum, char) => sum + columnsOfChar(char), 0)
}

/** At most so many columns, with … where something is missing. */
export function cutTo(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text
  let kept = ''
  let left = columns - 1
  for (const char of text) {
    left -= columnsOfChar(char)
    if (left < 0) break
    kept += char
  }
  return columns < 1 ? '' : `${kept}…`
}

/** In exactly so many columns. */
export function fitTo(text: string, columns: number): string {
  const cut = cutTo(text, columns)
  return cut + ' '.repeat(Math.max(0, columns - columnsOf(cut)))
}
