// Last resort: the first member named like a message, else short plain text.
import { type ErrorFormat, given, joined } from '../error-format.ts'
import { asText, asWords, isObject, type JsonObject, pointerPart } from '../json-value.ts'

const names =
  'message error_description detail title error_message errormsg msg statusDescription longmessage description reason explanation faultstring text errorMessage details error errors Message ErrorMessage error_msg errmsg errMsg info responseMsg responseText status_message statusMessage resultMessage errorSummary error_summary errorDescription nachricht meldung fehler mensaje mensagem messaggio erreur Error err_msg err Detail Title errorText error-text refusalReason ResponseMessage return_msg retMsg ret_msg resultMsg result_msg errorString error_string'.split(
    ' ',
  )
const containers =
  'error errors err fault problem problems Error Errors Response response result json data meta status_info status command body messages exception detail details errorCauses issues violations causes fehler errores'.split(
    ' ',
  )
const codes = 'code error_code errorCode Code errno errcode id error_type type responseCode statusCode'.split(' ')

type Found = { readonly message: string; readonly pointer: string; readonly holder: JsonObject }

function search(value: unknown, pointer: string, depth: number): Found | undefined {
  if (depth > 4) return undefined
  if (Array.isArray(value)) {
    const said = value.slice(0, 5).flatMap((one) => asWords(one) ?? [])
    // Sentences among words say most; of words alone, all do.
    const sentences = said.filter(isSentence)
    const shown = sentences.length > 0 ? sentences : said
    if (shown.length > 0)
      return {
        message: shown.join('; '),
        pointer: `${pointer}/${Math.max(
          0,
          value.findIndex((one) => asWords(one) === shown[0]),
        )}`,
        holder: {},
      }
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

/** Texts that say where or when, not what. */
const aside = /path|url|uri|href|link|time|date|trace|stack|(?:^|_)id$|Id$|version|host|agent|method|instance|file/i
const codeLike = /code|error|reason|status|type|result|fault/i

/** The first text of several words, whatever its member is called: other languages have errors too. */
function anySentence(
  value: unknown,
  pointer: string,
  depth: number,
  look: (text: string, name: string) => boolean,
): Found | undefined {
  if (depth > 4 || value === null || typeof value !== 'object') return undefined
  for (const [name, member] of Object.entries(value).slice(0, 50)) {
    if (aside.test(name)) continue
    const at = `${pointer}/${pointerPart(name)}`
    const message = asWords(member)
    if (message !== undefined && look(message, name))
      return { message, pointer: at, holder: isObject(value) ? value : {} }
    const found = anySentence(member, at, depth + 1, look)
    if (found) return found
  }
  return undefined
}

const isSentence = (text: string): boolean => /\p{L}{2,}[^\p{L}]*\s+\S*\p{L}|\p{Script=Han}{3}/u.test(text)
const isCode = (text: string, name: string): boolean => codeLike.test(name) && isWord.test(text)
const isCodeNamedSo = (text: string, name: string): boolean =>
  /code|error|reason|fault/i.test(name) && isWord.test(text)
const isWord = /^[A-Za-z][\w.:-]{2,60}$/

/** What an error adds to its message beside it. */
function furtherOf({ holder, message }: Found): string | undefined {
  const further = ['detail', 'Detail', 'details', 'description', 'reason'].map((name) => asWords(holder[name]))
  return further.find((one) => one !== undefined && one !== message && one.length <= 300)
}

export const fallback: ErrorFormat = {
  name: 'unnamed format',
  read({ json, text, mediaType, xml, status }) {
    if (json !== undefined && typeof json === 'object') {
      const found =
        search(json, '', 0) ??
        (status >= 400
          ? [isSentence, isCodeNamedSo, isCode].map((look) => anySentence(json, '', 0, look)).find(Boolean)
          : undefined)
      if (!found) return undefined
      const code = codes
        .map((name) => asText(found.holder[name]))
        .find((one) => one !== undefined && one !== found.message)
      return given({ code, message: joined(found.message, furtherOf(found)), pointer: found.pointer })
    }
    if (typeof json === 'string') return { message: json, pointer: '' }
    if (xml || mediaType.startsWith('image/') || mediaType === 'application/octet-stream') return undefined
    const plain = text.slice(0, 4000).trim()
    if (plain === '' || /[\u0000-\u0008\ufffd]/.test(plain)) return undefined
    if (plain.length <= 300) return { message: plain.replace(/\s+/g, ' ') }
    // Of a long text (a trace, a log) the first line says what happened.
    const [line = ''] = plain.split('\n', 1)
    return status >= 400 && line.length <= 1000 ? { message: line.trim() } : undefined
  },
}
