// Cuts multipart content into its parts (RFC 2046 §5.1) without copying the octets of a part.
import type { FieldLine } from '../../exchange/message.ts'

export type Part = {
  readonly headers: readonly FieldLine[]
  readonly name?: string
  readonly fileName?: string
  readonly contentType: string
  readonly bytes: Uint8Array
}

const CR = 13
const LF = 10

function indexOf(bytes: Uint8Array, wanted: Uint8Array, from: number): number {
  const first = wanted[0] ?? 0
  for (let at = bytes.indexOf(first, from); at !== -1; at = bytes.indexOf(first, at + 1)) {
    let i = 1
    while (i < wanted.length && bytes[at + i] === wanted[i]) i++
    if (i === wanted.length) return at
  }
  return -1
}

const disposition = (value: string, name: string): string | undefined => {
  const match = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^;]+))`, 'i').exec(value)
  return match ? (match[1]?.replace(/\\(.)/g, '$1') ?? match[2]?.trim()) : undefined
}

function readPart(bytes: Uint8Array): Part {
  const separator = indexOf(bytes, Uint8Array.of(CR, LF, CR, LF), 0)
  const bare = separator === -1 ? indexOf(bytes, Uint8Array.of(LF, LF), 0) : -1
  const headEnd = bytes[0] === CR && bytes[1] === LF ? 0 : separator === -1 ? bare : separator
  const head = new TextDecoder().decode(bytes.subarray(0, Math.max(0, headEnd)))
  const headers = head
    .split(/\r?\n/)
    .filter((line) => line.includes(':'))
    .map((line) => ({ name: line.slice(0, line.indexOf(':')).trim(), value: line.slice(line.indexOf(':') + 1).trim() }))
  const field = (name: string) => headers.find((line) => line.name.toLowerCase() === name)?.value ?? ''
  const name = disposition(field('content-disposition'), 'name')
  const fileName = disposition(field('content-disposition'), 'filename')
  const skip = headEnd === 0 ? 2 : separator === -1 ? 2 : 4
  return {
    headers,
    ...(name === undefined ? {} : { name }),
    ...(fileName === undefined ? {} : { fileName }),
    contentType: field('content-type'),
    bytes: bytes.subarray(headEnd === -1 ? bytes.length : headEnd + skip),
  }
}

/** The boundary from Content-Type, or the first delimiter line where the field does not name one. */
export function boundaryOf(bytes: Uint8Array, named: string | undefined): string | undefined {
  if (named) return named
  const line = new TextDecoder('latin1').decode(bytes.subarray(0, 80)).split(/\r?\n/)[0] ?? ''
  return line.startsWith('--') && line.length > 4 ? line.slice(2) : undefined
}

export function readMultipart(bytes: Uint8Array, boundary: string): Part[] {
  const delimiter = new TextEncoder().encode(`--${boundary}`)
  const parts: Part[] = []
  let at = indexOf(bytes, delimiter, 0)
  while (at !== -1) {
    let from = at + delimiter.length
    if (bytes[from] === 45 && bytes[from + 1] === 45) break
    while (from < bytes.length && bytes[from] !== LF) from++
    const next = indexOf(bytes, delimiter, from)
    let to = next === -1 ? bytes.length : next
    if (next !== -1 && bytes[to - 1] === LF) to--
    if (next !== -1 && bytes[to - 1] === CR) to--
    if (from + 1 <= to) parts.push(readPart(bytes.subarray(from + 1, to)))
    at = next
  }
  return parts
}
