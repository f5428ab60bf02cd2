// Reads WebSocket messages (RFC 6455) from copies of the relayed octets; what it cannot read is still relayed.
import type { Writable } from 'node:stream'
import * as ws from 'ws'
import type { RawSocketMessage } from '../exchange/event.ts'

type ReceiverOptions = {
  readonly isServer: boolean
  readonly extensions: object
  readonly maxPayload: number
  readonly skipUTF8Validation: boolean
  readonly binaryType: 'nodebuffer'
}
/** Exported by ws, but not declared by its types. */
const { PerMessageDeflate, Receiver } = ws as unknown as {
  PerMessageDeflate: new (options: { isServer: boolean; maxPayload: number }) => object
  Receiver: new (options: ReceiverOptions) => Writable
}

/** Octets of one message that are shown. */
const shownOctets = 1024 * 1024
/** A message larger than this is not put together; the relay goes on. */
const maxPayload = 16 * 1024 * 1024

type Report = (message: Omit<RawSocketMessage, 'at'>) => void
export type MessageReader = {
  read(chunk: Buffer): void
  /** `then` comes when everything read has been reported: at once, unless something is still being inflated. */
  whenReported(then: () => void): void
}

type Parameters = Record<string, string | true>

/** What both directions of a compressed connection have in common: parameters, and the order in which octets came. */
export type Deflation = { readonly parameters: Parameters; readonly turns: Turns }

type Turns = {
  /** Octets that wait. */
  readonly waiting: number
  write(receiver: Writable, chunk: Buffer): void
  whenOver(then: () => void): void
}

/** Inflating takes its time, in other threads: one after the other, or an answer could be told before its question. */
function createTurns(): Turns {
  const queue: { readonly receiver: Writable; readonly chunk: Buffer }[] = []
  let waiting = 0
  let after: (() => void)[] = []
  function next(): void {
    const [turn] = queue
    if (turn) {
      turn.receiver.write(turn.chunk, () => {
        queue.shift()
        waiting -= turn.chunk.length
        next()
      })
      return
    }
    const due = after
    after = []
    for (const then of due) then()
  }
  return {
    get waiting() {
      return waiting
    },
    write(receiver, chunk) {
      waiting += chunk.length
      if (queue.push({ receiver, chunk }) === 1) next()
    },
    whenOver(then) {
      if (queue.length === 0) then()
      else after.push(then)
    },
  }
}

/** What permessage-deflate was accepted with by the origin (RFC 7692 §7.1), or undefined without it. */
export function deflateParameters(extensions: string | undefined): Deflation | undefined {
  for (const offer of (extensions ?? '').split(',')) {
    const [name, ...rest] = offer.split(';').map((part) => part.trim())
    if (name?.toLowerCase() !== 'permessage-deflate') continue
    const parameters: Parameters = Object.create(null)
    for (const part of rest) {
      const [key = '', value] = part.split('=').map((text) => text.trim().replace(/^"|"$/g, ''))
      parameters[key.toLowerCase()] = value ?? true
    }
    return { parameters, turns: createTurns() }
  }
  return undefined
}

function deflateFor(isServer: boolean, parameters: Parameters): object {
  const deflate = new PerMessageDeflate({ isServer, maxPayload })
  const bits = (key: string): number | true | undefined => {
    const value = parameters[key]
    return typeof value === 'string' ? Number(value) : value
  }
  const params = {
    ...(parameters.server_no_context_takeover ? { server_no_context_takeover: true } : {}),
    ...(parameters.client_no_context_takeover ? { client_no_context_takeover: true } : {}),
    ...(bits('server_max_window_bits') === undefined ? {} : { server_max_window_bits: bits('server_max_window_bits') }),
    ...(bits('client_max_window_bits') === undefined ? {} : { client_max_window_bits: bits('client_max_window_bits') }),
  }
  // The negotiation took place between client and origin: its result is set, not made again.
  Object.assign(deflate, { params })
  return deflate
}

/** A reader of one direction; both are given the same `deflation`. */
export function messageReader(
  from: 'client' | 'server',
  deflation: Deflation | undefined,
  report: Report,
): MessageReader {
  const isServer = from === 'client'
  const extensions = deflation ? { 'permessage-deflate': deflateFor(isServer, deflation.parameters) } : {}
  const options = { isServer, extensions, maxPayload, skipUTF8Validation: true, binaryType: 'nodebuffer' as const }
  const receiver = new Receiver(options)
  let broken = false
  const compressed = deflation !== undefined
  const show = (opcode: RawSocketMessage['opcode'], data: Buffer, more: { code?: number } = {}): void =>
    report({
      from,
      opcode,
      size: data.length,
      data: data.length > shownOctets ? data.subarray(0, shownOctets) : data,
      truncated: data.length > shownOctets,
      compressed: compressed && (opcode === 'text' || opcode === 'binary'),
      ...more,
    })
  receiver.on('message', (data: Buffer, binary: boolean) => show(binary ? 'binary' : 'text', data))
  receiver.on('ping', (data: Buffer) => show('ping', data))
  receiver.on('pong', (data: Buffer) => show('pong', data))
  receiver.on('conclude', (code: number, reason: Buffer) => show('close', reason, { code }))
  receiver.on('error', () => {
    broken = true
  })
  return {
    read(chunk) {
      // The receiver unmasks in place: it gets a copy. One that lags behind is given up, not waited for.
      if (broken) return
      if (!deflation) receiver.write(Buffer.from(chunk))
      else if (deflation.turns.waiting < maxPayload) deflation.turns.write(receiver, Buffer.from(chunk))
      else broken = true
    },
    whenReported(then) {
      if (deflation) deflation.turns.whenOver(then)
      else then()
    },
  }
}
