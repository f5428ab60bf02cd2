// Redacts XML and HTML in place: elements and attributes whose name, or whose `name` attribute, says that they hold a secret.
import { isSecretMember } from './secret-names.ts'
import { type Redaction, redactText, redactValue } from './secret-text.ts'

const local = (name: string): string => name.replace(/^.*:/, '')

/** A start tag with the text, or the CDATA section, behind it; the end may have been cut off. Elements with children are reached through their leaves. */
const elements = /<([A-Za-z_][\w.:-]*)(\s[^<>]*)?(?:>(?:(<!\[CDATA\[)([\s\S]*?)(?=\]\]>|$)|([^<>]+)(?=<\/|$))?|$)/g
const attributes = /([\w.:-]+)(\s*=\s*)(?:"([^"<>]*)("|$)|'([^'<>]*)('|$)|([^\s"'<>=]+))/g
/** `<param name="password" value="…">`, `<meta name="csrf-token" content="…">`, `<input type="password" …>` */
const named = /\s(?:name|key|id|property|type)\s*=\s*["']?([\w.:[\]-]+)/gi

export function redactMarkup(text: string, redaction: Redaction): string {
  const shown = (value: string): string => (value.trim() === '' ? value : redactValue(value, redaction))
  return redactText(text, redaction).replace(
    elements,
    (all, name: string, tail = '', cdata = '', inside?: string, plain?: string) => {
      const said = [...(tail as string).matchAll(named)].some(([, word = '']) => isSecretMember(word))
      const told = (tail as string).replace(
        attributes,
        (
          whole,
          own: string,
          equals: string,
          double?: string,
          closed?: string,
          single?: string,
          shut?: string,
          bare?,
        ) => {
          if (!isSecretMember(local(own)) && !(said && /^(?:value|content)$/i.test(own))) return whole
          const quote = double === undefined ? (single === undefined ? '' : "'") : '"'
          return `${own}${equals}${quote}${shown(double ?? single ?? bare ?? '')}${closed ?? shut ?? ''}`
        },
      )
      const value = inside ?? plain
      const secret = value !== undefined && (said || isSecretMember(local(name)))
      if (told === tail && !secret) return all
      const closing = all.charAt(1 + name.length + (tail as string).length) === '>' ? '>' : ''
      return `<${name}${told}${closing}${cdata}${secret ? shown(value) : (value ?? '')}`
    },
  )
}
