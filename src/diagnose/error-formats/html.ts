// HTML error pages: title and first heading.
import { type ErrorFormat, given, joined } from '../error-format.ts'
import { beginsLikeHtml, htmlText, inside, looked } from '../html-page.ts'

export const html: ErrorFormat = {
  name: 'HTML',
  read({ text }) {
    const page = text.slice(0, looked)
    if (!beginsLikeHtml(page)) return undefined
    const title = htmlText(inside(page, 'title'))
    const heading = htmlText(inside(page, 'h1') || inside(page, 'h2'))
    const message = joined(title, heading) ?? (htmlText(inside(page, 'body') || page).slice(0, 300) || undefined)
    return message === undefined ? undefined : given({ message })
  },
}
