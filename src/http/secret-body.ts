// Redacts a message's content by what it is: JSON, form, multipart, event stream, XML, plain text, or octets.
import { latin1Octets, latin1Text, utf8Octets, utf8Text } from './octets.ts'
import { redactPairs } from './secret-fields.ts'
import { redactJson } from './secret-json.ts'
import { isSecretMember, isSecretParameter } from './secret-names.ts'
import { type Redaction, redactEchoes, redactText, redactValue } from './secret-text.ts'

/** `<password>…</password>` and `password="…"`; elements with children are reached through their leaves. */
function redactXml(text: string, redaction: Redaction): string {
  const local = (name: string): string => name.replace(/^.*:/, '')
  return redactText(text, redaction)
    .replace(
      /<([\w.-]+(?::[\w.-]+)?)((?:\s[^<>]*)?)>([^<>]+)(?=<\/)/g,
      (all, name: string, attributes: string, value: string) =>
        isSecretMember(local(name)) && value.trim() !== ''
          ? `<${name}${attributes}>${redactValue(value, redaction)}`
          : all,
    )
    .replace(
      /\s([\w.:-]+)(\s*=\s*)(["'])([^"'<>]*)\3/g,
      (all, name: string, equals: string, quote: string, value: string) =>
        isSecretMember(local(name))
          ? `${all.charAt(0)}${name}${equals}${quote}${redactValue(value, redaction)}${quote}`
          : all,
    )
}

/** Each part by its own headers; delimiters and part headers stay (RFC 7578). */
function redactMultipart(text: string, boundary: string, redaction: Redaction): string {
  const delimiter = `--${boundary}`
  return text
    .split(delimiter)
    .map((part, index) => {
      const end = /\r?\n\r?\n/.exec(part)
      if (index === 0 || !end) return part
      const head = part.slice(0, end.index + end[0].length)
      const tail = /\r?\n$/.exec(part)?.[0] ?? ''
      const value = part.slice(head.length, part.length - tail.length)
      const name = /;\s*name="?([^";\r\n]*)/i.exec(head)?.[1] ?? ''
      const type = /^content-type:\s*([^\r\n]*)/im.exec(head)?.[1] ?? ''
      const shown = isSecretParameter(name, value, [])
        ? redactValue(value, redaction)
        : redactContentText(value, type, redaction)
      return head + shown + tail
    })
    .join(delimiter)
}

/** `data: {…}` lines of an event stream and lines of JSON alike; other lines as text. */
function redactLines(text: string, redaction: Redaction): string {
  return text
    .split(/(?<=\n)/)
    .map((line) => {
      const [, lead = '', rest = ''] = /^((?:data|event|id):\s?|)(.*)$/s.exec(line) ?? []
      return lead + (/^\s*[[{]/.test(rest) ? redactJson(rest, redaction) : redactText(rest, redaction))
    })
    .join('')
}

/** Not `[INFO] …` and not `{ color: red }`. */
const jsonStart = /^\ufeff?\s*(\{\s*["}]|\[\s*([\][{"]|(-?\d[\d.eE+-]*|true|false|null)\s*[,\]])|"[^"]*"\s*$)/

function redactContentText(text: string, mimeType: string, redaction: Redaction): string {
  const type = mimeType.toLowerCase()
  const boundary = /;\s*boundary\s*=\s*(?:"([^"]+)"|([^\s;]+))/i.exec(mimeType)
  if (boundary && type.startsWith('multipart/'))
    return redactMultipart(text, boundary[1] ?? boundary[2] ?? '', redaction)
  if (/event-stream/.test(type)) return redactLines(text, redaction)
  if (jsonStart.test(text) || /[/+]json\b/.test(type)) return redactJson(text, redaction)
  if (/x-www-form-urlencoded/.test(type)) return redactPairs(text, redaction)
  if (/^\ufeff?\s*</.test(text)) return redactXml(text, redaction)
  // Without a type, a whole text of pairs is taken for a form.
  if (/^[\w.[\]%+-]+=[^\s&]*(&[\w.[\]%+-]+=[^\s&]*)*$/.test(text)) return redactPairs(text, redaction)
  return redactText(text, redaction)
}

const isText = (text: string): boolean => !/[\0-\x08\x0e-\x1a\x1c-\x1f]/.test(text)

/** Octets of no text: what looks like a token is overwritten with as many asterisks, so that lengths inside stay true. */
function redactOctets(octets: Uint8Array, redaction: Redaction): Uint8Array {
  const text = latin1Text(octets)
  const covered = (value: string): string => '*'.repeat(value.length)
  let shown = text
    .replace(/(?<![\w-])eyJ[\w-]{8}[\w-]*\.[\w-]{2}[\w-]*\.[\w-]*/g, covered)
    .replace(
      /\b(Bearer|Basic)( +)([\w.~+/=-]{12}[\w.~+/=-]*)/gi,
      (_, scheme: string, gap: string, value: string) => scheme + gap + covered(value),
    )
  for (const value of redaction.found)
    if (value.length >= 8 && shown.includes(value)) shown = shown.replaceAll(value, covered)
  return shown === text ? octets : (latin1Octets(shown) ?? octets)
}

const mostRounds = 4

/** Decoded octets in, octets out; the same array where nothing was secret. */
export function redactContent(octets: Uint8Array, mimeType: string, redaction: Redaction): Uint8Array {
  const utf8 = utf8Text(octets)
  const text = utf8 ?? latin1Text(octets)
  if (!isText(text) || (utf8 === undefined && !/text|json|xml|form|multipart/i.test(mimeType)))
    return redactOctets(octets, redaction)
  let shown = text
  // An echo that was replaced can lay bare what was glued to it.
  for (let round = 0; round < mostRounds; round++) {
    const plain = redactContentText(shown, mimeType, redaction)
    shown = redactEchoes(plain, redaction)
    if (shown === plain) break
  }
  if (shown === text) return octets
  return (utf8 === undefined ? latin1Octets(shown) : undefined) ?? utf8Octets(shown)
}

/** Only what was found elsewhere in the meantime. */
export function redactContentEchoes(octets: Uint8Array, redaction: Redaction): Uint8Array {
  const utf8 = utf8Text(octets)
  if (utf8 === undefined || !isText(utf8)) return redactOctets(octets, redaction)
  const shown = redactEchoes(utf8, redaction)
  return shown === utf8 ? octets : utf8Octets(shown)
}
