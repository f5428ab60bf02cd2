// The ways a connection ends: in good order, cut without a clean end, or reset, always after what was still to be sent.
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** How long octets still waiting may take to leave before the connection is ended all the same. */
const flushMs = 2_000

const nothing = (): void => {}

function whenFlushed(socket: Duplex, then: () => void): void {
  if (socket.destroyed || socket.writableLength === 0) {
    then()
    return
  }
  const timer = setTimeout(done, flushMs)
  function done(): void {
    clearTimeout(timer)
    socket.off('drain', done)
    socket.off('close', done)
    then()
  }
  // An empty write comes after everything before it, whether or not a drain is due.
  socket.write('', done)
  socket.once('close', done)
}

/** Sends FIN after everything waiting, then reads on for a while so that the peer gets what was sent (RFC 9112 §9.6). */
export function endGracefully(socket: Duplex): void {
  if (socket.destroyed) return
  const timer = setTimeout(() => socket.destroy(), flushMs)
  socket.once('close', () => clearTimeout(timer))
  socket.on('error', nothing)
  socket.removeAllListeners('data')
  socket.resume()
  socket.once('end', () => socket.destroy())
  socket.end()
  if (socket.readableEnded) whenFlushed(socket, () => socket.destroy())
}

/** Ends without anything that could be taken for the end of a message: what was received is sent, then FIN. */
export function cut(socket: Duplex): void {
  socket.on('error', nothing)
  whenFlushed(socket, () => socket.destroy())
}

/** Closes with RST; where a FIN is just being sent the system refuses that, and Node would keep the descriptor for good. */
export function resetTcp(raw: Socket): void {
  if (raw.destroyed) return
  if (raw.pending || (raw.writableEnded && !raw.writableFinished)) raw.destroy()
  else raw.resetAndDestroy()
}

/** As `cut`, with RST: `raw` is the TCP connection underneath. */
export function reset(socket: Duplex, raw: Duplex): void {
  socket.on('error', nothing)
  raw.on('error', nothing)
  whenFlushed(socket, () => {
    if (raw instanceof Socket) resetTcp(raw)
    socket.destroy()
  })
}
