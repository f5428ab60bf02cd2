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

/** NO_COLOR (no-color.org) and TERM=dumb turn colour off; so does anything that is no terminal. */
export function painter(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Paint {
  const on = stream.isTTY === true && !env.NO_COLOR && env.TERM !== 'dumb'
  return (style, text) => (on && text !== '' ? `\u001b[${styles[style]}m${text}\u001b[0m` : text)
}
