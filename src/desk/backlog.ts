// What waits to be kept: usually for a tenth of a second; while the store takes nothing, contents are given up, heads not.
import type { NamedContent, Taken } from '../bridge/inbox.ts'
import { type Exchange, type ExchangeId, responseOf } from '../exchange/exchange.ts'
import type { Content, Message } from '../exchange/message.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'

/** Contents and data of messages in octets; beyond these, exchanges are missed and counted. */
export type BacklogLimits = { readonly octets: number; readonly exchanges: number; readonly messages: number }

export type Backlog = {
  readonly pending: ReadonlyMap<ExchangeId, Exchange>
  /** Of these, those that will change no more. */
  readonly ended: ReadonlySet<ExchangeId>
  readonly contents: ReadonlyMap<string, NamedContent>
  readonly messages: readonly SocketMessage[]
  readonly missed: number
  /** Contents given up here. */
  readonly shed: number
  add(taken: Taken): void
  /** The oldest exchanges as they are to be kept, with their contents; messages come with the last of them. */
  next(count: number): Piece
  /** It goes on, and something of it is kept already: its annotations may have been set meanwhile. */
  isKnown(id: ExchangeId): boolean
  /** This piece is kept. */
  done(piece: Piece): void
  /** To be called while the store takes nothing. `octets`: what may stay, if less than the limit. */
  makeRoom(octets?: number): void
  /** These are not to be kept after all. */
  forget(ids: readonly ExchangeId[]): void
  /** Nothing of it can be kept. */
  drop(): void
}

export type Piece = {
  readonly exchanges: readonly Exchange[]
  readonly contents: readonly NamedContent[]
  readonly messages: readonly SocketMessage[]
}

/** `isStored`: this content is in the store already, whoever brought it. */
export function createBacklog(limits: BacklogLimits, isStored: (digest: string) => boolean): Backlog {
  let pending = new Map<ExchangeId, Exchange>()
  let ended = new Set<ExchangeId>()
  let contents = new Map<string, NamedContent>()
  let messages: SocketMessage[] = []
  /** Exchanges that go on, and of which something is kept already. */
  const running = new Set<ExchangeId>()
  /** Digests of contents given up: exchanges that go on name them again. */
  const lost = new Set<string>()
  let missed = 0
  let shed = 0

  function clear(): void {
    pending = new Map()
    ended = new Set()
    contents = new Map()
    messages = []
  }

  function isLost(content: Content): boolean {
    if (content.kept === 'none' || !lost.has(content.digest) || contents.has(content.digest)) return false
    return !isStored(content.digest)
  }

  /** What was given up is not named, and the record says why. */
  function told<M extends Message>(message: M): M {
    if (!isLost(message.content)) return message
    const { bodySize, codings, mimeType } = message.content
    const facts = mimeType === undefined ? { bodySize, codings } : { bodySize, codings, mimeType }
    return { ...message, content: { ...facts, kept: 'none', why: 'overload' } }
  }

  function asKept(exchange: Exchange): Exchange {
    if (lost.size === 0) return exchange
    const request = told(exchange.request)
    const response = responseOf(exchange)
    const outcome = response ? { ...exchange.outcome, response: told(response) } : exchange.outcome
    return { ...exchange, request, outcome } as Exchange
  }

  function contentsOf(exchanges: readonly Exchange[]): NamedContent[] {
    const named = new Set<NamedContent>()
    for (const exchange of exchanges)
      for (const content of [exchange.request.content, responseOf(exchange)?.content]) {
        const found = content && content.kept !== 'none' ? contents.get(content.digest) : undefined
        if (found) named.add(found)
      }
    return [...named]
  }

  return {
    get pending() {
      return pending
    },
    get ended() {
      return ended
    },
    get contents() {
      return contents
    },
    get messages() {
      return messages
    },
    get missed() {
      return missed
    },
    get shed() {
      return shed
    },
    add(taken) {
      for (const [id, exchange] of taken.changed) pending.set(id, exchange)
      for (const id of taken.ended) ended.add(id)
      for (const content of taken.contents) contents.set(content.digest, content)
      for (const message of taken.messages) messages.push(message)
    },
    next(count) {
      if (pending.size <= count)
        return { exchanges: [...pending.values()].map(asKept), contents: [...contents.values()], messages }
      const exchanges = [...pending.values().take(count)].map(asKept)
      return { exchanges, contents: contentsOf(exchanges), messages: [] }
    },
    isKnown: (id) => running.has(id),
    done({ exchanges, contents: kept }) {
      for (const { id } of exchanges)
        if (ended.has(id)) running.delete(id)
        else running.add(id)
      if (exchanges.length < pending.size) {
        for (const { id } of exchanges) {
          pending.delete(id)
          ended.delete(id)
        }
        for (const { digest } of kept) contents.delete(digest)
        return
      }
      clear()
      if (running.size === 0) lost.clear()
    },
    makeRoom(most = limits.octets) {
      let octets = messages.reduce((sum, { data }) => sum + data.length, 0)
      for (const content of contents.values()) octets += content.octets.length
      for (const [digest, content] of contents) {
        if (octets <= most) break
        contents.delete(digest)
        lost.add(digest)
        octets -= content.octets.length
        shed += 1
      }
      for (let i = 0; octets > most && i < messages.length; i++) {
        const message = messages[i]
        if (!message || message.data === '') continue
        messages[i] = { ...message, data: '', truncated: true }
        octets -= message.data.length
        shed += 1
      }
      if (messages.length > limits.messages) messages.splice(0, messages.length - limits.messages)
      // The newest go: those that go on are taken again with their next event.
      if (pending.size <= limits.exchanges) return
      for (const id of [...pending.keys()].slice(limits.exchanges)) {
        pending.delete(id)
        if (ended.delete(id)) missed += 1
      }
    },
    forget(ids) {
      for (const id of ids) {
        pending.delete(id)
        ended.delete(id)
        running.delete(id)
      }
      const gone = new Set(ids)
      messages = messages.filter(({ exchangeId }) => !gone.has(exchangeId))
      for (const [digest, { id }] of contents)
        if (gone.has(id)) {
          contents.delete(digest)
          lost.add(digest)
        }
    },
    drop() {
      missed += ended.size
      for (const digest of contents.keys()) lost.add(digest)
      clear()
    },
  }
}
