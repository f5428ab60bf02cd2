// Relays octets between two connections unread, with back-pressure, half-closes and resets passed on as they come.
import type { Duplex } from 'node:stream'
import { reset } from './closing.ts'

export type SpliceSide = { readonly socket: Duplex; readonly raw: Duplex }
export type SpliceWatch = {
  onClientData?(chunk: Buffer): void
  onOriginData?(chunk: Buffer): void
  /** Both directions are over; `error` when it was not in good order, `by` whose side it came from. */
  onOver(error: Error | undefined, by: 'client' | 'origin'): void
}

/** Both sides must be paused or without data listeners; first octets already read are given separately. */
export function splice(
  client: SpliceSide,
  origin: SpliceSide,
  watch: SpliceWatch,
  first: { readonly fromClient?: Buffer | undefined; readonly fromOrigin?: Buffer | undefined } = {},
): void {
  let open = 2
  let over = false
  function finish(error: Error | undefined, by: 'client' | 'origin'): void {
    if (over) return
    over = true
    watch.onOver(error, by)
  }
  function ended(to: SpliceSide, by: 'client' | 'origin'): void {
    open--
    to.socket.end()
    if (open === 0) finish(undefined, by)
  }
  function closed(to: SpliceSide, failed: Error | undefined, by: 'client' | 'origin'): void {
    finish(failed, by)
    if (failed) reset(to.socket, to.raw)
    else if (!to.socket.destroyed) to.socket.end(() => to.socket.destroy())
  }
  function oneWay(from: SpliceSide, to: SpliceSide, by: 'client' | 'origin', see?: (chunk: Buffer) => void): void {
    let failed: Error | undefined
    from.socket.on('data', (chunk: Buffer) => {
      see?.(chunk)
      if (!to.socket.write(chunk)) from.socket.pause()
    })
    to.socket.on('drain', () => from.socket.resume())
    from.socket.on('error', (error) => {
      failed = error
    })
    from.socket.once('end', () => ended(to, by))
    from.socket.once('close', () => closed(to, failed, by))
  }
  oneWay(client, origin, 'client', watch.onClientData)
  oneWay(origin, client, 'origin', watch.onOriginData)
  if (first.fromClient?.length) {
    watch.onClientData?.(first.fromClient)
    origin.socket.write(first.fromClient)
  }
  if (first.fromOrigin?.length) {
    watch.onOriginData?.(first.fromOrigin)
    client.socket.write(first.fromOrigin)
  }
  // A side that had ended before it came here has no 'end' left to tell.
  if (client.socket.readableEnded) ended(origin, 'client')
  if (origin.socket.readableEnded) ended(client, 'origin')
  // Nor has one that was reset meanwhile a 'close': what leads to the other would stand for ever.
  if (client.socket.destroyed) closed(origin, client.socket.errored ?? undefined, 'client')
  else if (origin.socket.destroyed) closed(client, origin.socket.errored ?? undefined, 'origin')
  client.socket.resume()
  origin.socket.resume()
}
