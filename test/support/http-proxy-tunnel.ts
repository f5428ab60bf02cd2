// An agent that reaches TLS origins through an HTTP proxy's CONNECT, for clients that have none of their own.
import { Agent } from 'node:https'
import { connect, type Socket } from 'node:net'
import { type ConnectionOptions, connect as tlsConnect } from 'node:tls'

// biome-ignore lint/style/useNamingConvention: a class because Agent is one
export class HttpProxyTunnel extends Agent {
  readonly #proxy: URL
  constructor(proxy: string) {
    super()
    this.#proxy = new URL(proxy)
  }

  override createConnection(
    options: ConnectionOptions,
    done: (error: Error | null, socket?: Socket) => void,
  ): undefined {
    const authority = `${options.host}:${options.port}`
    const socket = connect(Number(this.#proxy.port), this.#proxy.hostname)
    socket.on('error', done)
    socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`)
    socket.once('data', (head) => {
      if (!String(head).startsWith('HTTP/1.1 200')) return done(new Error(String(head).split('\r\n')[0]))
      const secure = tlsConnect({ ...options, socket, servername: String(options.host), ALPNProtocols: ['http/1.1'] })
      secure.once('secureConnect', () => done(null, secure))
      secure.on('error', done)
    })
  }
}
