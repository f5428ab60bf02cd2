// Writes a text as a string literal of a programming language, so that nothing in it is code there.

/** JSON's escapes are JavaScript's too; the two line separators were not always allowed in it (ES2019). */
export function javascriptLiteral(text: string): string {
  return JSON.stringify(text.toWellFormed()).replace(
    /[\u007f-\u009f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    unicode,
  )
}

const unicode = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`

/** Python's double-quoted strings know every escape that JSON writes; surrogate pairs must be one escape. */
export function pythonLiteral(text: string): string {
  return javascriptLiteral(text)
}

/** Go's interpreted strings: as JSON, without `\/`. */
export function goLiteral(text: string): string {
  return javascriptLiteral(text)
}

/**
 * Java reads `\uXXXX` before anything else, so an escaped quote or line break would end the literal: control characters
 * are written in octal there.
 */
export function javaLiteral(text: string): string {
  const escaped = text
    .toWellFormed()
    .replace(/["\\]/g, '\\$&')
    .replace(/[\0-\x1f\x7f]/g, (char) => {
      const short = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }[char]
      return short ?? `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`
    })
  return `"${escaped.replace(/[\u0080-\uffff]/g, unicode)}"`
}

/** C#: `\uXXXX` with exactly four digits, also for the halves of a pair. */
export function csharpLiteral(text: string): string {
  const escaped = text.toWellFormed().replace(/["\\]/g, '\\$&')
  return `"${escaped.replace(/[\0-\x1f\x7f-\uffff]/g, unicode)}"`
}

/** PHP's single quotes know two escapes and no variables; control characters stand in double quotes. */
export function phpLiteral(text: string): string {
  const wellFormed = text.toWellFormed()
  if (!/[\0-\x1f\x7f]/.test(wellFormed)) return `'${wellFormed.replace(/['\\]/g, '\\$&')}'`
  const escaped = wellFormed.replace(/["\\$]/g, '\\$&').replace(/[\0-\x1f\x7f]/g, hex)
  return `"${escaped}"`
}

const hex = (char: string): string => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`

/** Ruby's single quotes know two escapes; double quotes would run `#{…}`, so its mark is escaped there. */
export function rubyLiteral(text: string): string {
  const wellFormed = text.toWellFormed()
  if (!/[\0-\x1f\x7f]/.test(wellFormed)) return `'${wellFormed.replace(/['\\]/g, '\\$&')}'`
  return `"${wellFormed.replace(/["\\#]/g, '\\$&').replace(/[\0-\x1f\x7f]/g, hex)}"`
}

/** Octets (a character for each) that are no UTF-8, in languages whose strings are octets. */
const octets =
  (special: RegExp) =>
  (raw: string): string =>
    `"${raw.replace(special, '\\$&').replace(/[\0-\x1f\x7f-\xff]/g, hex)}"`

export const goOctets = octets(/["\\]/g)
export const phpOctets = octets(/["\\$]/g)
export const rubyOctets = octets(/["\\#]/g)
