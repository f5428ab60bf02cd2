// Everything a case needs at hand: the proxy, the origin, a place for servers of its own, and the clients.

import type { AddressInfo } from 'node:net'
import { createServer as createTcpServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls'
import { type LabProxy, startLabProxy } from '../support/lab-proxy.ts'
import { originAuthority } from '../support/origin.ts'
import type { LabCase } from './lab-case.ts'
import { labCa } from './lab-certificates.ts'
import { type MisbehavingOrigin, startMisbehavingOrigin } from './misbehaving-origin.ts'

export type Lab = {
  readonly proxy: LabProxy
  readonly origin: MisbehavingOrigin
  /** A TCP server that lives as long as the lab; answers its port. */
  tcp(onConnection: (socket: Socket) => void): Promise<number>
  tls(options: TlsOptions, onConnection?: (socket: TLSSocket) => void): Promise<number>
  /** Closed when the lab is. */
  own(close: () => void | Promise<void>): void
  close(): Promise<void>
}

export async function openLab(cases: readonly LabCase[]): Promise<Lab> {
  const proxy = await startLabProxy({ upstreamCa: [originAuthority().caPem, labCa] })
  const origin = await startMisbehavingOrigin(cases)
  const closers: (() => void | Promise<void>)[] = []
  const sockets = new Set<Socket>()

  async function listen(server: Server): Promise<number> {
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.once('close', () => sockets.delete(socket))
    })
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    closers.push(() => void server.close())
    return (server.address() as AddressInfo).port
  }

  return {
    proxy,
    origin,
    tcp: (onConnection) => listen(createTcpServer(onConnection)),
    tls: (options, onConnection = () => undefined) => {
      const server = createTlsServer(options, (socket) => {
        socket.on('error', () => undefined)
        onConnection(socket)
      })
      server.on('tlsClientError', () => undefined)
      return listen(server)
    },
    own: (close) => void closers.push(close),
    async close() {
      for (const socket of sockets) socket.destroy()
      await Promise.all(closers.map((close) => close()))
      await proxy.close()
      await origin.close()
    },
  }
}
