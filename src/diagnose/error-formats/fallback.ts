// Last resort: the first member named like a message, else short plain text.
import { type ErrorFormat, given } from '../error-format.ts'
import { asText, asWords, isObject, type JsonObject, pointerPart } from '../json-value.ts'

const names =
  'message error_description detail title error_message errormsg msg statusDescription longmessage description reason explanation faultstring text errorMessage details error errors Message ErrorMessage error_msg errmsg errMsg info responseMsg responseText status_message statusMessage resultMessage'.split(
    ' ',
  )
const containers =
  'error errors fault Error Errors response result json data meta status_info status command body messages exception'.split(
    ' ',
  )
const codes = 'code error_code errorCode Code errno errcode id error_type type responseCode statusCode'.split(' ')

type Found = { readonly message: string; readonly pointer: string; readonly holder: JsonObject }

function search(value: unknown, pointer: string, depth: number): Found | undefined {
  if (depth > 4) return undefined
  if (Array.isArray(value)) {
    const first = asWords(value[0])
    if (first !== undefined) return { message: first, pointer: `${pointer}/0`, holder: {} }
    return search(value[0], `${pointer}/0`, depth + 1)
  }
  if (!isObject(value)) return undefined
  for (const name of names) {
    const message = asWords(value[name])
    if (message !== undefined && !/^(?:true|false|null|-?\d+)$/.test(message))
      return { message, pointer: `${pointer}/${name}`, holder: value }
  }
  for (const name of [
    ...containers,
    ...Object.keys(value).filter((key) => /error|fault|exception|message/i.test(key)),
  ]) {
    if (!Object.hasOwn(value, name)) continue
    const found = search(value[name], `${pointer}/${pointerPart(name)}`, depth + 1)
    if (found) return found
  }
  return undefined
}

export const fallback: ErrorFormat = {
  name: 'unnamed format',
  read({ json, text, mediaType, xml }) {
    if (json !== undefined && typeof json === 'object') {
      const found = search(json, '', 0)
      if (!found) return undefined
      const code = codes
        .map((name) => asText(found.holder[name]))
        .find((one) => one !== undefined && one !== found.message)
      return given({ code, message: found.message, pointer: found.pointer })
    }
    if (typeof json === 'string') return { message: json, pointer: '' }
    if (xml || mediaType.startsWith('image/') || mediaType === 'application/octet-stream') return undefined
    const plain = text.trim()
    if (plain === '' || plain.length > 300 || /[\u0000-\u0008\ufffd]/.test(plain)) return undefined
    return { message: plain.replace(/\s+/g, ' ') }
  },
}
