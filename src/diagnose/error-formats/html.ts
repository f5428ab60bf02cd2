// HTML error pages: title and first heading.
import { type ErrorFormat, given, joined } from '../error-format.ts'
import { beginsLikeHtml, htmlText, inside, looked } from '../html-page.ts'

/** Says no more than the status does. */
const bare =
  /^(?:[\s\d:()–-]|http|status|error|bad request|unauthori[sz]ed|forbidden|not found|method not allowed|unprocessable (?:entity|content)|internal server error|server error|page|untitled|document)*$/i
const saysNothing = (text: string): boolean => text.length <= 80 && bare.test(text)
/** Elements that hold the reason where title and heading give none. */
const detailed = ['pre', 'p', 'h2', 'center']

export const html: ErrorFormat = {
  name: 'HTML',
  read({ text }) {
    const page = text.slice(0, looked)
    if (!beginsLikeHtml(page)) return undefined
    const title = htmlText(inside(page, 'title'))
    const heading = htmlText(inside(page, 'h1') || inside(page, 'h2'))
    const named = joined(...[title, heading].filter((one) => !/^(?:error|untitled|document|page)$/i.test(one)))
    const reason =
      named === undefined || saysNothing(named)
        ? detailed
            .map((name) => htmlText(inside(page, name)).slice(0, 300))
            .find((said) => said !== '' && !saysNothing(said))
        : undefined
    const message = joined(named, reason) ?? (htmlText(inside(page, 'body') || page).slice(0, 300) || undefined)
    return message === undefined ? undefined : given({ message })
  },
}
