// Real clients of the proxy: Node's http by absolute-form, Node's tls through CONNECT, and curl.
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import type { Socket } from 'node:net'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { run } from '../support/programs.ts'
import { openTcp } from '../support/wire-house.ts'

export type Outgoing = {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** Hangs up after this many ms. */
  readonly patience?: number
}

/** Status of the answer, or 0 where none came. The body is read to its end, however that comes. */
export function askHttp(port: number, url: string, out: Outgoing = {}): Promise<number> {
  return new Promise((done) => {
    const headers = { Host: new URL(url).host, Accept: 'application/json', 'User-Agent': 'lab/1.0', ...out.headers }
    const request = httpRequest({
      host: '127.0.0.1',
      port,
      method: out.method ?? 'GET',
      path: url,
      headers,
      agent: false,
    })
    request.on('response', (response: IncomingMessage) => {
      response.resume()
      response.on('close', () => done(response.statusCode ?? 0))
    })
    request.on('error', () => done(0))
    if (out.patience !== undefined) setTimeout(() => request.destroy(), out.patience)
    request.end(out.body)
  })
}

/** One GET inside a tunnel the proxy has opened, with the proxy's CA trusted; what came back as text. */
export async function askHttps(
  port: number,
  url: string,
  ca: string | undefined,
  path = '/',
  agent?: string,
): Promise<string> {
  const { hostname, port: targetPort } = new URL(url)
  const target = `${hostname}:${targetPort}`
  const raw = await tunnelTo(port, target, agent).catch((error: unknown) => String(error))
  if (typeof raw === 'string') return raw
  return new Promise((done) => {
    let text = ''
    const socket: TLSSocket = connectTls(
      { socket: raw, servername: hostname, ...(ca === undefined ? {} : { ca }) },
      () =>
        socket.write(
          `GET ${path} HTTP/1.1\r\nHost: ${target}\r\nAccept: application/json\r\nConnection: close\r\n\r\n`,
        ),
    )
    socket.on('data', (data) => (text += data.toString('latin1')))
    socket.on('error', (error) => done(`${error}`))
    // The raw socket stays half open by itself, so the end of the answer is the end of the call.
    socket.on('end', () => {
      socket.destroy()
      done(text)
    })
    socket.on('close', () => done(text))
  })
}

/** A way through CONNECT; rejects where the proxy does not open it. */
async function tunnelTo(port: number, target: string, agent = 'lab/1.0'): Promise<Socket> {
  const raw = await openTcp(port)
  raw.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\nUser-Agent: ${agent}\r\n\r\n`)
  const head = await new Promise<string>((done) => raw.once('data', (data) => done(data.toString('latin1'))))
  if (head.startsWith('HTTP/1.1 200')) return raw
  raw.destroy()
  throw new Error(head)
}

/** One POST over HTTP/2, to whatever end it comes. */
export async function askHttp2(port: number, target: string, ca: string, type: string): Promise<void> {
  const socket = connectTls({
    socket: await tunnelTo(port, target),
    ca,
    servername: 'localhost',
    ALPNProtocols: ['h2'],
  })
  await new Promise((done, fail) => socket.once('secureConnect', done).once('error', fail))
  const session = connectHttp2(`https://${target}`, { createConnection: () => socket })
  session.on('error', () => undefined)
  const stream = session.request({
    ':method': 'POST',
    ':path': '/shop.Orders/List',
    'content-type': type,
    te: 'trailers',
  })
  stream.on('error', () => undefined)
  stream.end(Buffer.from([0, 0, 0, 0, 0]))
  stream.resume()
  await new Promise((done) => stream.once('close', done))
  session.destroy()
}

/** curl through the proxy; answers its exit status. */
export async function askCurl(
  port: number,
  url: string,
  caFile: string,
  args: readonly string[] = [],
): Promise<number> {
  const proxy = `http://127.0.0.1:${port}`
  const common = ['-s', '-o', '/dev/null', '--max-time', '6', '-x', proxy, '--noproxy', '', '--cacert', caFile]
  return (await run('curl', [...common, ...args, url])).status ?? -1
}

/** Node's own fetch in a process of its own, led through the proxy by its environment; what it printed. */
export async function askFetch(port: number, url: string, caFile: string, init: object = {}): Promise<string> {
  const proxy = `http://127.0.0.1:${port}`
  const env = {
    ...process.env,
    NODE_USE_ENV_PROXY: '1',
    HTTP_PROXY: proxy,
    HTTPS_PROXY: proxy,
    NO_PROXY: '',
    NODE_EXTRA_CA_CERTS: caFile,
  }
  const code = `fetch(${JSON.stringify(url)}, ${JSON.stringify(init)}).then(r => r.text()).then(console.log, e => console.log(String(e.cause ?? e)))`
  const { stdout } = await run(process.execPath, ['-e', code], { env })
  return stdout
}
