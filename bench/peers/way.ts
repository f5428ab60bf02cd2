// How the load client reaches the origin: straight, or through a proxy's CONNECT, with TLS on top.
import { connect, type Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'

export type Way = {
  /** Port of the proxy on 127.0.0.1; absent = straight to the origin. */
  readonly proxyPort?: number
  readonly host: string
  /** Ports of the origin on 127.0.0.1. */
  readonly http: number
  readonly https: number
}

function open(port: number): Promise<Socket> {
  return new Promise((done, fail) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.once('error', fail)
    socket.once('connect', () => done(socket))
  })
}

/** A connection on which absolute-form requests (or origin-form ones, where there is no proxy) may be sent. */
export const openPlain = (way: Way): Promise<Socket> => open(way.proxyPort ?? way.http)

function tunnel(socket: Socket, way: Way): Promise<void> {
  const target = `${way.host}:${way.https}`
  return new Promise((done, fail) => {
    socket.once('error', fail)
    socket.once('close', () => fail(new Error('closed in CONNECT')))
    let head = ''
    const onData = (bytes: Buffer): void => {
      head += bytes.toString('latin1')
      if (!head.includes('\r\n\r\n')) return
      socket.off('data', onData)
      const status = head.slice(9, 12)
      if (status === '200') done()
      else fail(new Error(`CONNECT ${status}`))
    }
    socket.on('data', onData)
    socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\nUser-Agent: bench/1.0\r\n\r\n`)
  })
}

/** The load client trusts every certificate: what it checks itself costs the proxies nothing. */
export async function openSecure(way: Way, protocol: 'h2' | 'http/1.1'): Promise<TLSSocket> {
  const socket = await open(way.proxyPort ?? way.https)
  if (way.proxyPort !== undefined) await tunnel(socket, way)
  return new Promise((done, fail) => {
    const secure = connectTls({ socket, servername: way.host, ALPNProtocols: [protocol], rejectUnauthorized: false })
    secure.once('error', fail)
    secure.once('close', () => fail(new Error('closed in the TLS handshake')))
    secure.once('secureConnect', () => done(secure))
  })
}
