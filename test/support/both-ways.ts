// Plays a scene of HTTP/1 twice: over plain HTTP on the proxy port, and inside an opened tunnel.
import t, { type Test } from 'tap'
import { type OriginConnection, startOrigin } from './origin.ts'
import { openPlain, openTunnel, type WireHouse } from './wire-house.ts'

export type Scene = {
  readonly client: OriginConnection
  readonly host: string
  readonly port: number
  readonly connections: readonly OriginConnection[]
  /** The request's target, as this way in demands it. */
  at(path: string): string
}

/** `script` is what the origin does with each connection, `play` what the client does. */
export function bothWays(
  house: WireHouse,
  name: string,
  script: (connection: OriginConnection) => Promise<void> | void,
  play: (t: Test, scene: Scene) => Promise<void>,
): void {
  for (const tls of [false, true])
    void t.test(`${name}, ${tls ? 'inside TLS' : 'plain'}`, async (t) => {
      const origin = await startOrigin(script, { tls })
      const host = `localhost:${origin.port}`
      const client = tls ? await openTunnel(house, host) : await openPlain(house)
      const at = (path: string): string => (tls ? path : `http://${host}${path}`)
      await play(t, { client, at, host, port: origin.port, connections: origin.connections })
      client.raw.destroy()
      await origin.close()
    })
}

/** The connections on which something came: a tunnel may be listened into over one that carries nothing. */
export const carrying = (connections: readonly OriginConnection[]): OriginConnection[] =>
  connections.filter((one) => one.received().length > 0)

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

export const webSocketRequest = (target: string, host: string): string =>
  `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`
export const webSocketAccepted =
  'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n'
