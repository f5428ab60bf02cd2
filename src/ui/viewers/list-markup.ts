// Lays XML or HTML out one tag a line with folds, without building a document: nothing in it is ever loaded or run.
import type { Listing } from './listing.ts'
import { listingBuilder } from './listing-builder.ts'

// HTML §13.1.2: elements without an end tag, and elements whose content is text up to their end tag.
const voids = /^(?:area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/i
const rawText = /^(?:script|style|textarea|title)$/i
// Every alternative ends at the next `<` and takes a bounded number of quoted values: hostile markup must stay linear.
const token =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[[\s\S]*?(?:\]\]>|$)|<[!?][^>]*>?|<\/([^\s<>]+)[^<>]*>|<([^\s/<>]+)[^<>"']*(?:(?:"[^"]*"|'[^']*')[^<>"']*){0,200}>|[^<]+|</g
/** Text up to this many characters stays on the line of its element. */
const shortText = 160

export function listMarkup(source: string, limit = Number.POSITIVE_INFINITY, html = false): Listing {
  const lines = listingBuilder()
  const open: string[] = []
  let lowered: string | undefined
  const lower = () => {
    lowered ??= source.toLowerCase()
    return lowered
  }
  const scan = new RegExp(token)
  const write = (text: string) => {
    for (const line of text.split('\n')) if (line.trim() !== '') lines.line(line.trim())
  }
  let waiting: { readonly name: string; readonly tag: string; text: string } | undefined
  const settle = () => {
    if (!waiting) return
    lines.open(waiting.tag)
    open.push(waiting.name)
    const { text } = waiting
    waiting = undefined
    write(text)
  }
  for (let match = scan.exec(source); match; match = scan.exec(source)) {
    if (lines.count() >= limit) return lines.finish(false)
    const [text, closing, opening] = match
    if (closing !== undefined) {
      const inner = waiting?.text.trim() ?? ''
      if (waiting && waiting.name === closing && inner.length <= shortText && !inner.includes('\n')) {
        lines.line(waiting.tag + inner + text)
        waiting = undefined
        continue
      }
      settle()
      const level = open.findLastIndex((name) =>
        html ? name.toLowerCase() === closing.toLowerCase() : name === closing,
      )
      if (level === -1) lines.line(text)
      else {
        while (open.length > level + 1) {
          open.pop()
          lines.close('')
        }
        open.pop()
        lines.close(text)
      }
    } else if (opening !== undefined) {
      settle()
      const tag = text.replace(/\s+/g, ' ')
      if (text.endsWith('/>') || (html && voids.test(opening))) lines.line(tag)
      else {
        waiting = { name: opening, tag, text: '' }
        if (html && rawText.test(opening)) {
          const end = lower().indexOf(`</${opening.toLowerCase()}`, scan.lastIndex)
          waiting.text = source.slice(scan.lastIndex, end === -1 ? source.length : end)
          scan.lastIndex = end === -1 ? source.length : end
        }
      }
    } else if (waiting && !text.startsWith('<')) waiting.text += text
    else {
      settle()
      write(text)
    }
  }
  settle()
  while (open.pop() !== undefined) lines.close('')
  return lines.finish(true)
}
