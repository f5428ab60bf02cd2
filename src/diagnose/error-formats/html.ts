// HTML error pages: title and first heading, with the product that writes pages like this.
import { type ErrorFormat, given, joined } from '../error-format.ts'

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** Text of a piece of HTML, on one line. */
export function htmlText(html: string): string {
  return html
    .replace(/<(script|style)\b[\s\S]*?<\/\1\s*>/gi, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&(?:#(\d+)|(\w+));/g, (all, code, name) =>
      code ? String.fromCodePoint(Math.min(Number(code), 0x10ffff)) : (entities[String(name).toLowerCase()] ?? all),
    )
    .replace(/\s+/g, ' ')
    .trim()
}

/** Octets of a page that are looked at. */
const looked = 65_536

export const html: ErrorFormat = {
  name: 'HTML',
  read({ text }) {
    const page = text.slice(0, looked)
    if (
      !/^\s*(?:<!--[\s\S]*?-->\s*)*(?:<\?xml[^>]*\?>\s*)?<(?:!doctype\s+html|html|head|body|h1|center|title)\b/i.test(
        page,
      )
    )
      return undefined
    const title = htmlText(/<title[^>]*>([\s\S]*?)<\/title\s*>/i.exec(page)?.[1] ?? '')
    const heading = htmlText(/<h[12][^>]*>([\s\S]*?)<\/h[12]\s*>/i.exec(page)?.[1] ?? '')
    const body = htmlText(/<body[^>]*>([\s\S]*)/i.exec(page)?.[1] ?? page)
    const message = joined(title, heading) ?? (body === '' ? undefined : body.slice(0, 300))
    return message === undefined ? undefined : given({ message })
  },
}
