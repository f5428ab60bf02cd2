// The desk's end of the bridge: folds batches of events into exchanges and gathers their content until it can be named.
import { apply, type Kept } from '../exchange/apply.ts'
import type { ContentEnd, ExchangeEvent, RawSocketMessage } from '../exchange/event.ts'
import { type Exchange, type ExchangeId, responseOf } from '../exchange/exchange.ts'
import type { Response } from '../exchange/message.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import { isMessageItem, messageEvent } from './message-item.ts'
import { type BatchItem, exchangeOf, isWhole } from './whole-exchange.ts'

/** What one batch changed. `ended` are those that will change no more; contents are named and ready to be stored. */
export type Taken = {
  readonly changed: ReadonlyMap<ExchangeId, Exchange>
  readonly ended: readonly ExchangeId[]
  readonly contents: readonly NamedContent[]
  readonly messages: readonly SocketMessage[]
}

type Side = 'request' | 'response'

export type NamedContent = {
  readonly id: ExchangeId
  readonly side: Side
  readonly digest: string
  readonly octets: Uint8Array
}

export type Inbox = {
  take(items: readonly BatchItem[]): Taken
  /** What a follower found after it was fed. */
  collect(id: ExchangeId): Taken
  /** Exchanges begun and not ended. */
  readonly open: number
  /** The exchanges not ended, e.g. to mark them when recording ends. */
  running(): readonly Exchange[]
}

/** Reads a response's content as messages while it comes. */
export type Follower = {
  feed(octets: Uint8Array): readonly Followed[]
  /** No more will come: what was begun. */
  end(): readonly Followed[]
}

export type Followed = Omit<RawSocketMessage, 'at'>

/**
 * `hash` gives hex SHA-256. `recall` finds an exchange of an earlier life of the desk whose end arrives only now.
 * `follow` is asked at each response's head, and answers for a stream of events; it calls `ready` when it has found more
 * than it answered.
 */
export type InboxTools = {
  readonly hash: (octets: Uint8Array) => string
  readonly recall: (id: ExchangeId) => Exchange | undefined
  readonly follow: (response: Response, ready: () => void) => Follower | undefined
  /** Messages wait to be collected. */
  readonly ready: (id: ExchangeId) => void
}

type Running = {
  exchange: Exchange
  request: Uint8Array[]
  response: Uint8Array[]
  requestEnded: boolean
  follower?: Follower | undefined
  /** ms at which the newest piece of the response came. */
  at: number
}
const nothing = new Uint8Array(0)
const noPieces: readonly Uint8Array[] = []

export function createInbox(tools: InboxTools): Inbox {
  const running = new Map<ExchangeId, Running>()

  function find(event: ExchangeEvent): Running | undefined {
    const known = running.get(event.id)
    if (known) return known
    const exchange = event.type === 'opened' ? apply(undefined, event) : tools.recall(event.id)
    if (!exchange || exchange.outcome.state === 'complete' || exchange.outcome.state === 'failed') return undefined
    const begun: Running = { exchange, request: [], response: [], requestEnded: false, at: 0 }
    running.set(event.id, begun)
    return begun
  }

  function name(pieces: readonly Uint8Array[], end: ContentEnd): { kept: Kept; octets: Uint8Array } | undefined {
    const all = end.tail ? [...pieces, end.tail] : pieces
    if (end.shed || all.length === 0) return undefined
    const octets = all.length === 1 && all[0] ? all[0] : Buffer.concat(all)
    if (octets.length === 0) return undefined
    return { kept: { digest: `sha256-${tools.hash(octets)}`, keptSize: octets.length }, octets }
  }

  return {
    get open() {
      return running.size
    },
    running: () => [...running.values()].map((one) => one.exchange),
    collect(id) {
      const one = running.get(id)
      const messages: SocketMessage[] = []
      for (const found of one?.follower?.feed(nothing) ?? [])
        if (one) messages.push(told(one, { ...found, at: one.at }))
      const changed = new Map(one && messages.length > 0 ? [[id, one.exchange]] : [])
      return { changed, ended: [], contents: [], messages }
    },
    take(items) {
      const changed = new Map<ExchangeId, Exchange>()
      const ended = new Set<ExchangeId>()
      const contents: NamedContent[] = []
      const messages: SocketMessage[] = []
      const tell = (one: Running, message: RawSocketMessage): void => {
        messages.push(told(one, message))
        changed.set(one.exchange.id, one.exchange)
      }
      const keep = (id: ExchangeId, side: Side, pieces: readonly Uint8Array[], end: ContentEnd): Kept | undefined => {
        const named = name(pieces, end)
        if (named) contents.push({ id, side, digest: named.kept.digest, octets: named.octets })
        return named?.kept
      }
      for (const item of items) {
        const event = isMessageItem(item) ? messageEvent(item) : item
        if (isWhole(event)) {
          const exchange = exchangeOf(event, (side, end) => keep(event[0], side, noPieces, end))
          changed.set(exchange.id, exchange)
          ended.add(exchange.id)
          continue
        }
        const one = find(event)
        if (!one) continue
        if (event.type === 'content') {
          one[event.side].push(event.data)
          const found = event.side === 'response' ? one.follower?.feed(event.data) : undefined
          if (event.side === 'response') one.at = event.at ?? one.exchange.marks.firstByte ?? 0
          for (const message of found ?? []) tell(one, { ...message, at: one.at })
          continue
        }
        if (event.type === 'message') {
          tell(one, event.message)
          continue
        }
        const closes = event.type === 'ended' || event.type === 'failed'
        const end = event.type === 'request-ended' || closes ? event.content : undefined
        const side = event.type === 'request-ended' ? 'request' : 'response'
        const kept = end && keep(event.id, side, one[side], end)
        if (end) one[side] = []
        if (closes && one.follower) {
          const { follower } = one
          const rest = [...(end?.tail ? follower.feed(end.tail) : []), ...follower.end()]
          for (const message of rest) tell(one, { ...message, at: event.marks.end ?? 0 })
          one.follower = undefined
        }
        if (event.type === 'request-ended') one.requestEnded = true
        one.exchange = apply(one.exchange, event, kept) ?? one.exchange
        changed.set(event.id, one.exchange)
        if (event.type === 'responded') {
          const response = responseOf(one.exchange)
          one.follower = response && tools.follow(response, () => tools.ready(event.id))
        }
        if (closes) ended.add(event.id)
        // A request may still be on its way after its response has ended: wait for both, unless it failed.
        if (ended.has(event.id) && (one.requestEnded || event.type === 'failed')) running.delete(event.id)
        else if (event.type === 'request-ended' && one.exchange.outcome.state === 'complete') {
          running.delete(event.id)
          ended.add(event.id)
        }
      }
      return { changed, ended: [...ended], contents, messages }
    },
  }
}

/** Folds a message into its exchange; answers it as it is kept. */
function told(one: Running, message: RawSocketMessage): SocketMessage {
  const kept = socketMessage(one.exchange, message)
  one.exchange = apply(one.exchange, { type: 'message', id: one.exchange.id, message }) ?? one.exchange
  return kept
}

const utf8 = new TextDecoder()

function socketMessage(exchange: Exchange, raw: RawSocketMessage): SocketMessage {
  const octets = Buffer.from(raw.data.buffer, raw.data.byteOffset, raw.data.byteLength)
  const { from, at, opcode, size, truncated, compressed, code } = raw
  const data = opcode === 'text' ? utf8.decode(octets) : octets.toString('base64')
  const known = {
    exchangeId: exchange.id,
    seq: exchange.messageCount,
    from,
    at,
    opcode,
    size,
    data,
    truncated,
    compressed,
  }
  return code === undefined ? known : { ...known, code }
}
