// Opens the page's port: the next free one where the user named none, one plain sentence where the named one is busy.
import type { Server } from 'node:http'

/** How far a default port may move. */
const portsTried = 50

/** Answers the port. */
export async function openPort(
  server: Server,
  address: { readonly host: string; readonly port: number; readonly fixed: boolean },
): Promise<number> {
  const last = address.fixed || address.port === 0 ? address.port : Math.min(address.port + portsTried, 65535)
  for (let port = address.port; ; port += 1) {
    const code = await new Promise<string | undefined>((resolve) => {
      const failed = (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown')
      server.once('error', failed)
      server.listen(port, address.host, () => {
        server.off('error', failed)
        resolve(undefined)
      })
    })
    const bound = server.address()
    if (code === undefined) return typeof bound === 'object' && bound ? bound.port : port
    if (code === 'EADDRINUSE' && port < last) continue
    const why =
      code === 'EADDRINUSE'
        ? 'is in use'
        : code === 'EACCES'
          ? 'may not be opened by this user'
          : `cannot be opened (${code})`
    throw new Error(`Port ${port} for the page ${why}; choose another with --ui-port, or 0 for any.`)
  }
}
