// The field names of a message and where each stands, read once for the many messages that carry the same names.
import type { FieldLine } from '../exchange/message.ts'
import { isToken } from '../http/field-syntax.ts'
import { credentialHeader } from '../http/secret-names.ts'

export type HeaderLayout = {
  /** As sent, in order. */
  readonly names: readonly string[]
  /** The same in lower case. */
  readonly lower: readonly string[]
  /** Index of each name's first line, by lower-case name. */
  readonly first: ReadonlyMap<string, number>
  /** Some name stands on more than one line. */
  readonly repeats: boolean
  /** Every name is a token (RFC 9110 §5.6.2). */
  readonly tokens: boolean
  /** Some name speaks of a limit; of a deprecation, a warning or a link. */
  readonly limits: boolean
  readonly deprecation: boolean
  /** Lines that hold credentials if this is a request: Authorization, Cookie, and fields named like keys. */
  readonly credentials: readonly number[]
}

/** Layouts remembered; messages with more lines, or longer names, are read each time. */
const slots = 256
const maxLines = 64
const maxName = 64

/** One layout a slot: a server has few, and forgetting one costs no more than reading it again. */
const known: (HeaderLayout | undefined)[] = new Array(slots).fill(undefined)

export function layoutOf(headers: readonly FieldLine[]): HeaderLayout {
  if (headers.length > maxLines) return readLayout(headers)
  let sum = headers.length
  for (let index = 0; index < headers.length; index++) {
    const name = headers[index]?.name ?? ''
    sum = (Math.imul(sum, 31) + (name.length << 8) + name.charCodeAt(0) + name.charCodeAt(name.length - 1)) | 0
  }
  const slot = sum & (slots - 1)
  const found = known[slot]
  if (found && isSame(found.names, headers)) return found
  const made = readLayout(headers)
  if (made.names.every((name) => name.length <= maxName)) known[slot] = made
  return made
}

function isSame(names: readonly string[], headers: readonly FieldLine[]): boolean {
  if (names.length !== headers.length) return false
  for (let index = 0; index < names.length; index++) if (names[index] !== headers[index]?.name) return false
  return true
}

const mayHoldCredential = (name: string): boolean =>
  name === 'authorization' || name === 'cookie' || credentialHeader(name)

function readLayout(headers: readonly FieldLine[]): HeaderLayout {
  const names = headers.map((line) => line.name)
  const lower = names.map((name) => name.toLowerCase())
  const first = new Map<string, number>()
  for (let index = lower.length - 1; index >= 0; index--) first.set(lower[index] ?? '', index)
  return {
    names,
    lower,
    first,
    repeats: first.size < lower.length,
    tokens: names.every(isToken),
    limits: lower.some((name) => name.includes('limit')),
    deprecation: lower.some((name) => /deprecat|warn|^link$/.test(name)),
    credentials: lower.flatMap((name, index) => (mayHoldCredential(name) ? [index] : [])),
  }
}
