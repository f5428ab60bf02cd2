// Opens a TLS connection to an origin through an HTTP proxy's CONNECT, for clients that know no proxies.
import { connect } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'

/** Resolves once the tunnel stands; the TLS handshake goes on by itself. `ca` is PEM. */
export function openTunnel(proxy: string, host: string, port: number, ca: string): Promise<TLSSocket> {
  const { hostname, port: proxyPort } = new URL(proxy)
  return new Promise((done, fail) => {
    const socket = connect(Number(proxyPort), hostname)
    socket.on('error', fail)
    socket.write(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`)
    socket.once('data', (head) => {
      const [line = ''] = String(head).split('\r\n')
      if (line.startsWith('HTTP/1.1 200'))
        done(connectTls({ socket, servername: host, ca, ALPNProtocols: ['http/1.1'] }))
      else fail(new Error(line))
    })
  })
}
