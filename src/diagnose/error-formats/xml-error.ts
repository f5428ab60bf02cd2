// Any other XML that calls itself an error: by root name, status attribute, or an error element with text.
import { type ErrorFormat, given, joined } from '../error-format.ts'
import { elementText, findElement } from '../xml-reading.ts'

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
]
const codes = ['code', 'errorcode', 'error_code', 'number', 'errno', 'errnum', 'errnumber']

export const xmlError: ErrorFormat = {
  name: 'XML error',
  read({ xml, status }) {
    if (!xml || xml.name.toLowerCase() === 'html') return undefined
    const error = ['errors', 'error', 'err', 'err1', 'fault'].map((name) => findElement(xml, name)).find(Boolean)
    if (!error && status < 400) return undefined
    const from = error ?? xml
    const first = (names: readonly string[]) => names.map((name) => elementText(from, name)).find(Boolean)
    const attribute = from.attributes.code ?? from.attributes.number ?? from.attributes.err
    const message =
      first(messages) ?? from.attributes.msg ?? from.attributes.message ?? (error && elementText(from, from.name))
    if (message === undefined) return undefined
    return given({ code: first(codes) ?? attribute, message: joined(message.replace(/\s+/g, ' ')) })
  },
}
