// Reads XML well enough to diagnose it: elements, attributes, text, and where it stops being well-formed.
import { positionAt } from './json-reading.ts'

/** `name` is without its namespace prefix. */
export type XmlElement = {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: readonly XmlElement[]
  readonly text: string
}

export type XmlReading =
  | { readonly ok: true; readonly root: XmlElement }
  | {
      readonly ok: false
      readonly offset: number
      readonly line: number
      readonly column: number
      readonly reason: string
    }

type Building = { name: string; raw: string; attributes: Record<string, string>; children: XmlElement[]; text: string }

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const tag = /<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[A-Za-z_:][\w.:-]*\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/y
const skipped = /<\?[\s\S]*?\?>|<!--[\s\S]*?-->|<!DOCTYPE[^[>]*(?:\[[\s\S]*?\]\s*)?>/y
/** Deeper nesting than this is not read. */
const maxDepth = 200

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g, (all, decimal, hex, name) => {
    const code = decimal ? Number(decimal) : hex ? Number.parseInt(hex, 16) : undefined
    if (code !== undefined) return code <= 0x10ffff ? String.fromCodePoint(code) : all
    return entities[name] ?? all
  })
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1)

function attributesOf(text: string): Record<string, string> {
  const attributes: Record<string, string> = {}
  for (const match of text.matchAll(/([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g))
    attributes[localName(match[1] ?? '')] = decodeEntities(match[2] ?? match[3] ?? '')
  return attributes
}

export function readXml(text: string): XmlReading {
  const fail = (offset: number, reason: string): XmlReading => ({
    ok: false,
    offset,
    ...positionAt(text, offset),
    reason,
  })
  const open: Building[] = []
  let root: XmlElement | undefined
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  while (at < text.length) {
    const next = text.indexOf('<', at)
    const chars = text.slice(at, next < 0 ? undefined : next)
    const inside = open.at(-1)
    const ampersand = chars.search(/&(?!(?:#\d+|#x[0-9a-fA-F]+|\w+);)/)
    if (inside && ampersand >= 0) return fail(at + ampersand, 'an & that begins no entity')
    if (inside) inside.text += decodeEntities(chars)
    else if (chars.trim() !== '') return fail(at + chars.search(/\S/), 'text outside the root element')
    if (next < 0) break
    at = next
    if (text.startsWith('<![CDATA[', at)) {
      const end = text.indexOf(']]>', at)
      if (end < 0 || !inside) return fail(at, 'a CDATA section that does not end')
      inside.text += text.slice(at + 9, end)
      at = end + 3
      continue
    }
    skipped.lastIndex = at
    const skip = skipped.exec(text)
    if (skip) {
      at += skip[0].length
      continue
    }
    tag.lastIndex = at
    const match = tag.exec(text)
    if (!match) return fail(at, 'a tag that is not well-formed')
    const [whole, slash, raw = '', attributes = '', empty] = match
    if (slash) {
      const closing = open.pop()
      if (closing?.raw !== raw) return fail(at, `</${raw}> closes ${closing ? `<${closing.raw}>` : 'nothing'}`)
      const { raw: _, ...element } = closing
      const parent = open.at(-1)
      if (parent) parent.children.push(element)
      else root = element
    } else {
      if (root) return fail(at, 'a second root element')
      const element = { name: localName(raw), raw, attributes: attributesOf(attributes), children: [], text: '' }
      const { raw: _, ...whole } = element
      if (!empty) open.push(element)
      else if (inside) inside.children.push(whole)
      else root = whole
      if (open.length > maxDepth) return fail(at, 'elements nested too deeply')
    }
    at += whole.length
  }
  const left = open.at(-1)
  if (left) return fail(text.length, `<${left.raw}> is never closed`)
  return root ? { ok: true, root } : fail(text.length, 'no element')
}

/** The first descendant (or the element itself) with this name, case-insensitive. */
export function findElement(element: XmlElement, name: string): XmlElement | undefined {
  if (element.name.toLowerCase() === name.toLowerCase()) return element
  for (const child of element.children) {
    const found = findElement(child, name)
    if (found) return found
  }
  return undefined
}

/** Text of the first descendant with this name, trimmed; undefined where blank. */
export function elementText(element: XmlElement, name: string): string | undefined {
  const found = findElement(element, name)
  const text = found && allText(found).trim()
  return text === '' ? undefined : text
}

const allText = (element: XmlElement): string => element.text + element.children.map(allText).join(' ')
