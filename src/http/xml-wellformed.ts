// Checks that a text is well-formed XML 1.0 as far as a sender gets it wrong: nesting, names, attributes, references.
import { lineColumn } from './json-position.ts'

/** `kind` in plain words; `line` and `column` count from 1. */
export type XmlFault = {
  readonly kind:
    | 'empty'
    | 'no-root'
    | 'text-outside-root'
    | 'second-root'
    | 'bad-tag'
    | 'bad-attribute'
    | 'duplicate-attribute'
    | 'mismatched-tag'
    | 'unclosed'
    | 'bare-ampersand'
    | 'bare-less-than'
    | 'unknown-entity'
    | 'bad-character'
    | 'declaration-not-first'
  readonly offset: number
  readonly line: number
  readonly column: number
  /** The name or text concerned, at most 40 characters. */
  readonly found: string
}

const NAME = '[\\p{L}_:][\\p{L}\\p{N}_:.\\u00b7-]*'
const OPEN = new RegExp(`<(${NAME})((?:\\s+${NAME}\\s*=\\s*(?:"[^"<]*"|'[^'<]*'))*)\\s*(/?)>`, 'uy')
const CLOSE = new RegExp(`</(${NAME})\\s*>`, 'uy')
const ATTRIBUTE = new RegExp(`(${NAME})\\s*=\\s*("[^"]*"|'[^']*')`, 'gu')
const SKIP =
  /<!--(?:(?!--)[\s\S])*-->|<\?(?!xml[\s?])[\s\S]*?\?>|<!\[CDATA\[[\s\S]*?\]\]>|<!DOCTYPE[^[>]*(?:\[[\s\S]*?\]\s*)?>/y
const DECLARATION = /<\?xml\s[^>]*\?>/y
const REFERENCE = /&(?:#\d+|#x[0-9a-fA-F]+|([\p{L}_:][\p{L}\p{N}_:.-]*));/uy
const PREDEFINED = new Set(['amp', 'lt', 'gt', 'quot', 'apos'])
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/

export function xmlFault(text: string): XmlFault | undefined {
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  const open: { readonly name: string; readonly at: number }[] = []
  let root = false
  const ownEntities = text.includes('<!ENTITY')
  const fault = (kind: XmlFault['kind'], offset: number, found: string): XmlFault => ({
    kind,
    offset,
    ...lineColumn(text, offset),
    found: found.slice(0, 40),
  })
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match) at += match[0].length
    return match ?? undefined
  }
  // The next ampersand is looked for once: asking anew for each tag would read the rest of the text each time.
  let ampersand = text.indexOf('&')
  const references = (from: number, to: number): XmlFault | undefined => {
    while (ampersand >= 0 && ampersand < to) {
      const i = ampersand
      ampersand = text.indexOf('&', i + 1)
      if (i < from) continue
      REFERENCE.lastIndex = i
      const match = REFERENCE.exec(text)
      if (!match) return fault('bare-ampersand', i, text.slice(i, i + 20))
      if (match[1] && !PREDEFINED.has(match[1]) && !ownEntities) return fault('unknown-entity', i, match[0])
    }
    return undefined
  }

  if (text.trim() === '') return fault('empty', 0, '')
  const control = FORBIDDEN.exec(text)
  if (control) return fault('bad-character', control.index, control[0])
  take(DECLARATION)
  while (at < text.length) {
    if (text[at] !== '<') {
      const next = text.indexOf('<', at)
      const end = next < 0 ? text.length : next
      const outside = text.slice(at, end)
      if (open.length === 0 && outside.trim() !== '') {
        return fault(root ? 'text-outside-root' : 'no-root', at + outside.search(/\S/), outside.trim())
      }
      const bad = references(at, end)
      if (bad) return bad
      at = end
      continue
    }
    if (take(SKIP)) continue
    const start = at
    const closing = take(CLOSE)
    if (closing) {
      const last = open.pop()
      if (last?.name === closing[1]) continue
      return fault('mismatched-tag', start, last ? `</${closing[1]}> closes <${last.name}>` : `</${closing[1]}>`)
    }
    const opening = take(OPEN)
    if (!opening) return brokenTag(text, start, fault)
    const [, name = '', attributes = '', selfClosing] = opening
    if (open.length === 0 && root) return fault('second-root', start, `<${name}>`)
    root = true
    const seen = new Set<string>()
    for (const [, attribute = ''] of attributes.matchAll(ATTRIBUTE)) {
      if (seen.has(attribute)) return fault('duplicate-attribute', start, attribute)
      seen.add(attribute)
    }
    const bad = references(start, at)
    if (bad) return bad
    if (!selfClosing) open.push({ name, at: start })
  }
  const last = open.at(-1)
  if (last) return fault('unclosed', last.at, `<${last.name}>`)
  return root ? undefined : fault('no-root', 0, text.trim())
}

type MakeFault = (kind: XmlFault['kind'], offset: number, found: string) => XmlFault

function brokenTag(text: string, start: number, fault: MakeFault): XmlFault {
  const rest = text.slice(start, start + 200)
  if (rest.startsWith('<?xml')) return fault('declaration-not-first', start, '<?xml')
  if (/^<(?:\s|\d|=|$)/.test(rest)) return fault('bare-less-than', start, rest.slice(0, 20))
  if (!rest.includes('>')) return fault('unclosed', start, rest.slice(0, 30))
  return fault(
    /^<\/?[\p{L}_:]/u.test(rest) && /[\s=]/.test(rest) ? 'bad-attribute' : 'bad-tag',
    start,
    rest.slice(0, 30),
  )
}
