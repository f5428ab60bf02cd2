// What may stand in a field line (RFC 9110 §5), and which fields belong to one connection only (§7.6.1).
import { type FieldLine, fieldValues } from '../exchange/message.ts'
import { latin1Text, utf8Octets } from './octets.ts'

/** RFC 9110 §5.6.2. */
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/

export function isToken(text: string): boolean {
  return token.test(text)
}

/** Why a field cannot be sent as it is, in a sentence; undefined where it can. */
export function fieldProblem(name: string, value: string): string | undefined {
  if (!isToken(name))
    return name === ''
      ? 'A header needs a name.'
      : `The header name ${JSON.stringify(name)} has characters that no header name may have.`
  // RFC 9110 §5.5: CR, LF and NUL in a value are how one header is smuggled into another.
  const bad = /[^\t\x20-\x7e\x80-\xff]/.exec(value)?.[0]
  if (bad === undefined) return undefined
  const called =
    { '\r': 'a carriage return', '\n': 'a line break', '\0': 'a NUL character' }[bad] ?? 'a control character'
  return `The value of the header ${name} contains ${called}, which cannot be sent.`
}

/** A value typed by a person as octets: characters beyond latin1 make the whole value UTF-8. */
export function fieldOctets(value: string): string {
  return /[^\0-\xff]/.test(value) ? latin1Text(utf8Octets(value)) : value
}

const connectionFields = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'proxy-authenticate',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
])

/** Lower-case names of the fields that a sender of this message's copy must not repeat: §7.6.1 and what Connection lists. */
export function connectionFieldNames(fields: readonly FieldLine[]): Set<string> {
  const named = fieldValues(fields, 'connection').flatMap((value) => value.split(','))
  return new Set([...connectionFields, ...named.map((name) => name.trim().toLowerCase()).filter((name) => name !== '')])
}
