// http-mitm-proxy as a process of its own, kept-alive connections on.
import { Proxy as MitmProxy } from 'http-mitm-proxy'

const [, , folder = ''] = process.argv
const proxy = new MitmProxy()
// Failures reach the client as 504, where the load client counts them.
proxy.onError(() => undefined)
proxy.listen({ host: '127.0.0.1', port: 0, sslCaDir: folder, keepAlive: true }, (error) => {
  if (error) throw error
  process.send?.({ port: proxy.httpPort })
})
process.on('disconnect', () => process.exit())
