// The facts of an exchange that HAR has no word for, written and read alike by HAR (in `_` fields) and NDJSON.
import type { Connection, Exchange, Marks, Tls } from '../exchange/exchange.ts'
import type { CertificateFacts, Failure } from '../exchange/failure.ts'
import type { FieldLine, Interim } from '../exchange/message.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import { fieldOctets } from '../http/field-syntax.ts'
import { booleanOf, isShape, listOf, member, numberOf, type Shape, textOf, wordOf } from './json-shape.ts'

const markNames = [
  'dnsStart',
  'dnsEnd',
  'connectStart',
  'connectEnd',
  'tlsStart',
  'tlsEnd',
  'sendStart',
  'sendEnd',
  'firstByte',
  'end',
] as const

/** ms since the exchange began; nothing negative. */
export function readMarks(value: unknown): Marks | undefined {
  if (!isShape(value)) return undefined
  const pairs = markNames.flatMap((name) => {
    const mark = numberOf(value, name)
    return mark === undefined || mark < 0 ? [] : [[name, mark] as const]
  })
  return Object.fromEntries(pairs)
}

const odd = /[^\x01-\x09\x0b\x0c\x0e-\xff]/

/** Values beyond latin1 come from writers that decoded UTF-8; control characters cannot have been received. */
export function readLine(name: string, value: string): FieldLine {
  if (!odd.test(value)) return { name, value }
  return { name, value: fieldOctets(value).replace(/[\r\n\0]+/g, ' ') }
}

/** `[[name, value], …]` */
export function readPairs(value: unknown): FieldLine[] {
  if (!Array.isArray(value)) return []
  const lines: FieldLine[] = []
  for (const pair of value as readonly unknown[])
    if (Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string' && pair[0] !== '')
      lines.push(readLine(pair[0], pair[1]))
  return lines
}

export const toPairs = (lines: readonly FieldLine[]): [string, string][] =>
  lines.map(({ name, value }) => [name, value])

export function writeInterim(list: readonly Interim[]): Shape[] {
  return list.map(({ status, statusText, headers, at }) => ({ status, statusText, headers: toPairs(headers), at }))
}

export function readInterim(list: readonly unknown[]): Interim[] {
  return list.filter(isShape).map((one) => ({
    status: numberOf(one, 'status') ?? 100,
    statusText: textOf(one, 'statusText') ?? '',
    headers: readPairs(member(one, 'headers')),
    at: numberOf(one, 'at') ?? 0,
  }))
}

function readCertificates(list: readonly unknown[]): CertificateFacts[] {
  return list.filter(isShape).map((one) => ({
    subject: textOf(one, 'subject') ?? '',
    issuer: textOf(one, 'issuer') ?? '',
    altNames: listOf(one, 'altNames').filter((name) => typeof name === 'string') as string[],
    validFrom: textOf(one, 'validFrom') ?? '',
    validTo: textOf(one, 'validTo') ?? '',
    fingerprint256: textOf(one, 'fingerprint256') ?? '',
  }))
}

export function readTls(value: unknown): Tls | undefined {
  const protocol = textOf(value, 'protocol')
  if (protocol === undefined) return undefined
  const alpn = textOf(value, 'alpn')
  const servername = textOf(value, 'servername')
  return {
    protocol,
    cipher: textOf(value, 'cipher') ?? '',
    ...(alpn === undefined ? {} : { alpn }),
    ...(servername === undefined ? {} : { servername }),
    resumed: booleanOf(value, 'resumed') ?? false,
    ...(member(value, 'certificates') === undefined
      ? {}
      : { certificates: readCertificates(listOf(value, 'certificates')) }),
  }
}

/** The way is not written: whatever is read came by import. Members come in the order in which reading makes them. */
export function writeConnection(connection: Connection): Shape {
  const { way: _way, ...rest } = readConnection(connection)
  return rest
}

export function writeMarks(marks: Marks): Marks {
  return readMarks(marks) ?? {}
}

export function readConnection(value: unknown): Connection {
  if (value === undefined) return { id: 0, reused: false, way: 'import' }
  const upstreamId = numberOf(value, 'upstreamId')
  const [clientTls, serverTls] = [readTls(member(value, 'clientTls')), readTls(member(value, 'serverTls'))]
  const via = textOf(value, 'via')
  return {
    id: numberOf(value, 'id') ?? 0,
    ...(upstreamId === undefined ? {} : { upstreamId }),
    reused: booleanOf(value, 'reused') ?? false,
    way: 'import',
    ...(clientTls ? { clientTls } : {}),
    ...(serverTls ? { serverTls } : {}),
    ...(via === undefined ? {} : { via }),
  }
}

const phases = ['resolve', 'connect', 'tls', 'request', 'response', 'client'] as const

export function readFailure(value: unknown): Failure | undefined {
  const message = textOf(value, 'message')
  const code = textOf(value, 'code')
  if (message === undefined && code === undefined) return undefined
  const received = textOf(value, 'received')
  const addresses = listOf(value, 'addresses').filter(isShape)
  const [certificate] = readCertificates([member(value, 'certificate')])
  return {
    phase: wordOf(value, 'phase', phases) ?? 'response',
    code: code ?? 'FAILED',
    message: message ?? code ?? '',
    ...(received === undefined ? {} : { received }),
    ...(addresses.length > 0
      ? {
          addresses: addresses.map((one) => ({
            address: textOf(one, 'address') ?? '',
            code: textOf(one, 'code') ?? '',
          })),
        }
      : {}),
    ...(certificate ? { certificate } : {}),
  }
}

/** What a file says of an exchange that was still running when it was written. */
const unfinished: Failure = {
  phase: 'response',
  code: 'UNFINISHED',
  message: 'The exchange had not ended when it was exported.',
}

export function failureOf({ outcome }: Exchange): Failure | undefined {
  if (outcome.state === 'failed') return readFailure(outcome.failure)
  return outcome.state === 'complete' ? undefined : unfinished
}

const opcodes = ['text', 'binary', 'ping', 'pong', 'close'] as const

export function writeMessage(message: SocketMessage): Shape {
  const { from, at, opcode, size, data, truncated, compressed, code } = message
  const flags = { ...(truncated ? { truncated } : {}), ...(compressed ? { compressed } : {}) }
  return { from, at, opcode, size, data, ...flags, ...(code === undefined ? {} : { code }) }
}

export function readMessages(list: readonly unknown[], exchangeId: string): SocketMessage[] {
  return list.filter(isShape).map((one, seq) => {
    const opcode = wordOf(one, 'opcode', opcodes) ?? 'text'
    const data = textOf(one, 'data') ?? ''
    const code = numberOf(one, 'code')
    return {
      exchangeId,
      seq,
      from: wordOf(one, 'from', ['client', 'server'] as const) ?? 'server',
      at: Math.max(0, numberOf(one, 'at') ?? 0),
      opcode,
      size:
        numberOf(one, 'size') ??
        (opcode === 'text' ? new TextEncoder().encode(data).length : Math.floor((data.length * 3) / 4)),
      data,
      truncated: booleanOf(one, 'truncated') ?? false,
      compressed: booleanOf(one, 'compressed') ?? false,
      ...(code === undefined ? {} : { code }),
    }
  })
}
