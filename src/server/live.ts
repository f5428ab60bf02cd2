// Pushes changes to watching pages: coalesced, bounded, and resumable after a lost connection. The only file that knows ws here.
import { randomBytes } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Status } from '../api/contract.ts'
import type { LiveMessage, LiveRequest } from '../api/live.ts'
import type { Row } from '../api/row.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import type { Filter } from '../filter/filter.ts'
import type { Guard } from './guard.ts'

/** Octets and ms; `history` is how many changed ids are remembered for a page that comes back. */
export type LiveLimits = {
  readonly maxFrame: number
  readonly backlog: number
  readonly flushMs: number
  readonly history: number
}

export type LiveSource = {
  readonly status: () => Status
  readonly row: (id: string) => Row | undefined
  /** Throws a problem for a text that is no filter; an empty text is undefined. */
  readonly parse: (text: string) => Filter | undefined
  readonly matches: (filter: Filter, row: Row) => boolean
}

export type Live = {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
  changed(rows: readonly Row[]): void
  removed(ids: readonly string[] | 'all'): void
  messages(messages: readonly SocketMessage[]): void
  /** Too much changed to tell: every page reads again. */
  resync(reason: string): void
  statusChanged(): void
  readonly watchers: number
  close(): void
}

type Watcher = {
  readonly socket: WebSocket
  watching: boolean
  filter: Filter | undefined
  exchangeId: string | undefined
  readonly pending: Map<string, Row>
  readonly messages: SocketMessage[]
  late: boolean
}

const authLimitMs = 2000

export function createLive(guard: Guard, source: LiveSource, limits: LiveLimits): Live {
  const boot = randomBytes(9).toString('base64url')
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: limits.maxFrame,
    perMessageDeflate: false,
    clientTracking: false,
  })
  const watchers = new Set<Watcher>()
  /** Changed ids in the order of their last change, for resuming. */
  const history = new Map<string, number>()
  let change = 0
  let forgotten = 0
  /** Until the first page came there is nobody who could come back. */
  let visited = false
  let timer: NodeJS.Timeout | undefined
  let statusDue = false

  const send = (watcher: Watcher, message: LiveMessage) => watcher.socket.send(JSON.stringify(message))

  function remember(id: string): void {
    history.delete(id)
    history.set(id, change)
    if (history.size <= limits.history) return
    const oldest = history.entries().next().value
    if (oldest) {
      forgotten = oldest[1]
      history.delete(oldest[0])
    }
  }

  function flush(): void {
    timer = undefined
    const due = statusDue && watchers.size > 0
    const status: LiveMessage | undefined = due ? { type: 'status', status: source.status() } : undefined
    statusDue = false
    for (const watcher of watchers) {
      if (!watcher.watching) continue
      if (watcher.socket.bufferedAmount > limits.backlog) {
        watcher.late = true
        watcher.pending.clear()
        watcher.messages.length = 0
        continue
      }
      if (watcher.late) {
        watcher.late = false
        send(watcher, { type: 'resync', change, reason: 'The page could not keep up for a moment.' })
      }
      flushRows(watcher)
      if (watcher.messages.length > 0 && watcher.exchangeId) {
        send(watcher, { type: 'messages', exchangeId: watcher.exchangeId, messages: watcher.messages.splice(0) })
      }
      if (status) send(watcher, status)
    }
  }

  function flushRows(watcher: Watcher): void {
    if (watcher.pending.size === 0) return
    const rows: Row[] = []
    const left: string[] = []
    for (const [id, row] of watcher.pending) {
      if (!watcher.filter || source.matches(watcher.filter, row)) {
        rows.push(row)
      } else left.push(id)
    }
    watcher.pending.clear()
    if (rows.length > 0 || left.length > 0) send(watcher, { type: 'rows', change, rows, left })
  }

  function schedule(): void {
    timer ??= setTimeout(flush, limits.flushMs)
  }

  function watch(watcher: Watcher, request: Extract<LiveRequest, { type: 'watch' }>): void {
    try {
      watcher.filter = source.parse(request.filter)
    } catch {
      // A filter being typed may be wrong for a moment: the page shows why; here it selects nothing new.
      return
    }
    watcher.watching = true
    watcher.exchangeId = request.exchangeId
    watcher.messages.length = 0
    if (request.since === undefined) return
    if (request.boot !== boot || request.since < forgotten) {
      send(watcher, { type: 'resync', change, reason: 'Telltale was restarted or the page was away for long.' })
      return
    }
    for (const [id, at] of history) {
      if (at <= request.since) continue
      const row = source.row(id)
      if (row) watcher.pending.set(id, row)
    }
    schedule()
  }

  function greet(socket: WebSocket, trusted: boolean): void {
    const watcher: Watcher = {
      socket,
      watching: false,
      filter: undefined,
      exchangeId: undefined,
      pending: new Map(),
      messages: [],
      late: false,
    }
    let authorized = false
    const welcome = (): void => {
      authorized = true
      visited = true
      watchers.add(watcher)
      send(watcher, { type: 'hello', boot, change, status: source.status() })
    }
    const limit = setTimeout(() => socket.terminate(), authLimitMs)
    socket.on('error', () => socket.terminate())
    socket.on('close', () => {
      clearTimeout(limit)
      watchers.delete(watcher)
    })
    socket.on('message', (data, binary) => {
      const request = binary ? undefined : parseRequest(String(data))
      if (!request) return socket.close(1008, 'not understood')
      if (request.type === 'auth') {
        if (authorized) return
        if (guard.throttled() || !guard.matches(request.token)) return socket.terminate()
        clearTimeout(limit)
        welcome()
      } else if (authorized) watch(watcher, request)
      else socket.terminate()
    })
    if (trusted) {
      clearTimeout(limit)
      welcome()
    }
  }

  return {
    upgrade(request, socket, head) {
      const refuse = (status: number) => {
        socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () =>
          socket.destroy(),
        )
      }
      socket.on('error', () => socket.destroy())
      const refused = guard.origin(request)
      if (refused) return refuse(refused.status)
      if (request.url !== '/api/live') return refuse(404)
      const token = guard.token(request)
      if (token === 'wrong') return refuse(guard.throttled() ? 429 : 401)
      server.handleUpgrade(request, socket, head, (accepted) => greet(accepted, token === 'right'))
    },
    changed(rows) {
      if (rows.length === 0) return
      change += 1
      if (!visited) {
        forgotten = change
        return
      }
      for (const row of rows) {
        remember(row.id)
        for (const watcher of watchers) if (watcher.watching) watcher.pending.set(row.id, row)
      }
      statusDue = true
      schedule()
    },
    removed(ids) {
      change += 1
      if (ids === 'all') history.clear()
      else for (const id of ids) history.delete(id)
      for (const watcher of watchers) {
        if (ids === 'all') watcher.pending.clear()
        else for (const id of ids) watcher.pending.delete(id)
        if (watcher.watching) send(watcher, { type: 'removed', change, ids })
      }
      statusDue = true
      schedule()
    },
    messages(messages) {
      for (const watcher of watchers) {
        if (!watcher.watching || !watcher.exchangeId) continue
        watcher.messages.push(...messages.filter((message) => message.exchangeId === watcher.exchangeId))
      }
      schedule()
    },
    resync(reason) {
      change += 1
      for (const watcher of watchers) if (watcher.watching) send(watcher, { type: 'resync', change, reason })
    },
    statusChanged() {
      statusDue = true
      schedule()
    },
    get watchers() {
      return watchers.size
    },
    close() {
      clearTimeout(timer)
      for (const watcher of watchers) watcher.socket.close(1001, 'Telltale stopped')
      setTimeout(() => {
        for (const watcher of watchers) watcher.socket.terminate()
      }, 200).unref()
    },
  }
}

function parseRequest(text: string): LiveRequest | undefined {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null || !('type' in value)) return undefined
  const request = value as Partial<Record<string, unknown>>
  if (request.type === 'auth' && typeof request.token === 'string') return { type: 'auth', token: request.token }
  if (request.type !== 'watch' || typeof request.filter !== 'string') return undefined
  return {
    type: 'watch',
    filter: request.filter,
    ...(typeof request.exchangeId === 'string' ? { exchangeId: request.exchangeId } : {}),
    ...(typeof request.boot === 'string' ? { boot: request.boot } : {}),
    ...(typeof request.since === 'number' ? { since: request.since } : {}),
  }
}
