// Opens a port: the next free one where the user named none, one plain sentence where the named one is busy.
import { createServer, type Server, type Socket } from 'node:net'
import { codeOf } from './failures.ts'

/** How far a default port may move. */
const portsTried = 20

export type Listening = { readonly server: Server; readonly host: string; readonly port: number }

function tryPort(host: string, port: number, onSocket: (socket: Socket) => void): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = createServer(
      { allowHalfOpen: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 },
      onSocket,
    )
    server.once('error', reject)
    server.listen({ host, port, backlog: 1024 }, () => {
      server.off('error', reject)
      // Out of descriptors: accepting pauses and goes on by itself.
      server.on('error', () => {})
      const address = server.address()
      resolve({ server, host, port: typeof address === 'object' && address ? address.port : port })
    })
  })
}

export async function listen(
  host: string,
  port: number,
  { fixed, option }: { readonly fixed: boolean; readonly option: string },
  onSocket: (socket: Socket) => void,
): Promise<Listening> {
  for (let offset = 0; ; offset++) {
    try {
      return await tryPort(host, port === 0 ? 0 : port + offset, onSocket)
    } catch (error) {
      const code = codeOf(error)
      if (code === 'EADDRINUSE' && !fixed && port !== 0 && offset < portsTried && port + offset < 65_535) continue
      if (code === 'EADDRINUSE')
        throw new Error(`Port ${port} is in use by another program; choose another with ${option}, or 0 for any.`)
      if (code === 'EACCES') throw new Error(`Port ${port} may not be opened by this user; choose one above 1023.`)
      throw new Error(`Cannot listen on ${host}:${port} (${code}).`)
    }
  }
}
