// Any other XML that calls itself an error: by root name, status attribute, or an error element with text.
import { type ErrorFormat, given, joined } from '../error-format.ts'
import { failedXml } from '../failed-verdict.ts'
import { xmlFailingFields } from '../xml-failing-fields.ts'
import { elementText, findElement, type XmlElement } from '../xml-reading.ts'

const messages = [
  'message',
  'errormessage',
  'error_message',
  'description',
  'errormsg',
  'msg',
  'detail',
  'reason',
  'text',
  'exceptionmessage',
  'errordescription',
  'longmessage',
  'shortmessage',
  'statusmessage',
  'faultstring',
  'resultmessage',
]
const codes = [
  'code',
  'errorcode',
  'error_code',
  'number',
  'errno',
  'errnum',
  'errnumber',
  'exceptioncode',
  'faultcode',
  'resultcode',
]

/** The first text of several words. */
function sentenceIn(element: XmlElement, depth: number): string | undefined {
  const own = elementText(element, element.name)
  if (own !== undefined && element.children.length === 0 && /\p{L}{2,}\s+\S*\p{L}/u.test(own)) return own
  if (depth > 6) return undefined
  for (const child of element.children) {
    const found = sentenceIn(child, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

export const xmlError: ErrorFormat = {
  name: 'XML error',
  read({ xml, status }) {
    if (!xml || xml.name.toLowerCase() === 'html') return undefined
    const error = ['errors', 'error', 'err', 'err1', 'fault'].map((name) => findElement(xml, name)).find(Boolean)
    const hasFailed = status >= 400 || failedXml(xml) !== undefined
    if (!error && !hasFailed) return undefined
    const from = error ?? xml
    const first = (names: readonly string[]) => names.map((name) => elementText(from, name)).find(Boolean)
    const attribute = from.attributes.code ?? from.attributes.number ?? from.attributes.err
    const message =
      first(messages) ??
      from.attributes.msg ??
      from.attributes.message ??
      (error && elementText(from, from.name)) ??
      (hasFailed ? sentenceIn(xml, 0) : undefined)
    if (message === undefined) return undefined
    const fields = [400, 417, 422].includes(status) ? xmlFailingFields(xml) : []
    return given({
      code: first(codes) ?? attribute,
      message: joined(message.replace(/\s+/g, ' ')),
      fields: fields.length > 0 ? fields : undefined,
    })
  },
}
