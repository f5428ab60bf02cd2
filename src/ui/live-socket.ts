// The live WebSocket: authenticates, says what the page watches, hands frames on and comes back by itself with its cursor.
import type { LiveMessage, LiveRequest } from '../api/live.ts'
import { call, isRefusal, token } from './connection.ts'

/** Waits between attempts to come back, in ms; the last one repeats. */
const waits = [250, 500, 1000, 2000, 4000]

export type Watch = { readonly filter: string; readonly exchangeId?: string }

export type LiveSocket = {
  /** Changes what the desk sends; also said again after every reconnect. */
  watch(wanted: Watch): void
  close(): void
}

/** Whether the desk answers and does not accept this tab's token. */
async function refused(): Promise<boolean> {
  try {
    await call('GET /api/status')
    return false
  } catch (error) {
    return isRefusal(error) && [401, 403].includes(error.problem.status)
  }
}

/** `since` is the last change number this page has seen in the desk's life `boot`; a new boot starts from nothing. */
export function openLiveSocket(
  take: (message: LiveMessage) => void,
  tell: (state: 'live' | 'reconnecting' | 'locked') => void,
): LiveSocket {
  let wanted: Watch = { filter: '' }
  let boot: string | undefined
  let change = 0
  let failures = 0
  let socket: WebSocket | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false

  const send = (message: LiveRequest) => {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message))
  }
  const sayWatch = () => send({ type: 'watch', ...wanted, ...(boot === undefined ? {} : { boot, since: change }) })

  const open = () => {
    socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/live`)
    socket.onopen = () => {
      send({ type: 'auth', token: token() ?? '' })
      sayWatch()
    }
    socket.onmessage = (event) => {
      const message = JSON.parse(String(event.data)) as LiveMessage
      if (message.type === 'hello') {
        failures = 0
        const first = boot === undefined
        // A new boot begins to count anew: rows from before it are read by paging.
        if (boot !== message.boot) change = message.change
        boot = message.boot
        // What happened between the greeting and the watch that was said before it belongs to nobody yet.
        if (first) sayWatch()
        tell('live')
      } else if ('change' in message) change = message.change
      take(message)
    }
    socket.onclose = async () => {
      if (closed) return
      // A socket that was never greeted may have been refused: only a call can tell that from a desk that is away.
      if (failures > 0 && (await refused())) return tell('locked')
      tell('reconnecting')
      timer = setTimeout(open, waits[Math.min(failures++, waits.length - 1)])
    }
  }
  open()

  return {
    watch(next) {
      wanted = next
      sayWatch()
    },
    close() {
      closed = true
      clearTimeout(timer)
      socket?.close()
    },
  }
}
