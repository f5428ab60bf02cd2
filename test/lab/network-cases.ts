// Faults below HTTP: names, connections, silence, strangers' protocols, proxies in between.
import type { Lab } from './lab.ts'
import type { LabCase } from './lab-case.ts'
import { askHttp } from './lab-client.ts'

const get = (lab: Lab, url: string, patience?: number) =>
  askHttp(lab.proxy.port, url, patience === undefined ? {} : { patience })

/** A server that says `text` to whoever has sent something, or at once. */
const says =
  (text: string, atOnce = false) =>
  async (lab: Lab) => {
    const port = await lab.tcp((socket) => {
      const speak = () => void socket.write(Buffer.from(text, 'latin1'))
      if (atOnce) speak()
      else socket.once('data', speak)
      socket.once('data', () => setTimeout(() => socket.end(), 50))
    })
    await get(lab, `http://127.0.0.1:${port}/`)
    return { port }
  }

/** A port that was just closed: nothing listens there. */
async function closedPort(lab: Lab): Promise<number> {
  const { createServer } = await import('node:net')
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise<void>((done) => server.close(() => done()))
  void lab
  return typeof address === 'object' && address ? address.port : 0
}

export const networkCases: readonly LabCase[] = [
  {
    name: 'no-such-host',
    async drive(lab) {
      await get(lab, 'http://no-such-host.invalid:6571/')
      return { port: 6571 }
    },
    rule: 'network/dns-failure',
    at: { at: 'connection' },
  },
  {
    name: 'nobody-listens',
    async drive(lab) {
      const port = await closedPort(lab)
      await get(lab, `http://127.0.0.1:${port}/`)
      return { port }
    },
    rule: 'network/connection-refused',
    at: { at: 'connection' },
  },
  {
    name: 'reset-before-answer',
    async drive(lab) {
      const port = await lab.tcp((socket) => socket.once('data', () => socket.resetAndDestroy()))
      await get(lab, `http://127.0.0.1:${port}/`)
      return { port }
    },
    rule: 'network/connection-reset',
    at: { at: 'connection' },
  },
  {
    name: 'closed-before-answer',
    async drive(lab) {
      const port = await lab.tcp((socket) => socket.once('data', () => socket.end()))
      await get(lab, `http://127.0.0.1:${port}/`)
      return { port }
    },
    rule: 'network/connection-reset',
    at: { at: 'connection' },
  },
  {
    name: 'silence',
    async drive(lab) {
      const port = await lab.tcp((socket) => void socket.resume())
      await get(lab, `http://127.0.0.1:${port}/`)
      return { port }
    },
    rule: 'network/response-timeout',
    at: { at: 'timing' },
  },
  {
    name: 'client-hangs-up',
    async drive(lab) {
      const port = await lab.tcp((socket) => void socket.resume())
      await get(lab, `http://127.0.0.1:${port}/`, 150)
      return { port }
    },
    rule: 'network/client-aborted',
    at: { at: 'timing' },
    beside: true,
  },
  {
    name: 'ssh-server',
    drive: says('SSH-2.0-OpenSSH_10.0\r\n'),
    rule: 'network/protocol-error',
    at: { at: 'connection' },
  },
  {
    name: 'mail-server',
    drive: says('220 mail.test ESMTP ready\r\n', true),
    rule: 'network/protocol-error',
    at: { at: 'connection' },
  },
  {
    name: 'redis-server',
    drive: says("-ERR unknown command 'GET'\r\n"),
    rule: 'network/protocol-error',
    at: { at: 'connection' },
  },
  {
    name: 'broken-status-line',
    drive: says('HTTP/1.1 OK 200\r\nContent-Length: 0\r\n\r\n'),
    rule: 'network/protocol-error',
    at: { at: 'connection' },
  },
  {
    name: 'length-that-is-no-number',
    drive: says('HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}'),
    rule: 'network/protocol-error',
    at: { at: 'connection' },
  },
  {
    name: 'request-to-the-proxy-itself',
    async drive(lab) {
      await get(lab, `http://127.0.0.1:${lab.proxy.port}/x`)
      return { port: lab.proxy.port }
    },
    rule: 'network/proxy-loop',
    at: { at: 'connection' },
  },
  {
    name: 'proxy-login-wanted',
    answers: [{ status: 407, headers: { 'Proxy-Authenticate': 'Basic realm="corp"' } }],
    rule: 'network/upstream-proxy',
    at: { at: 'response.header', name: 'Proxy-Authenticate' },
  },
  {
    name: 'network-login-wanted',
    answers: [{ status: 511, headers: { 'Content-Type': 'text/html' }, body: '<html>Log in to Hotel WiFi</html>' }],
    rule: 'network/captive-portal',
    at: { at: 'response.status' },
  },
  {
    name: 'web-filter-page',
    answers: [
      {
        status: 403,
        headers: { 'Content-Type': 'text/html' },
        body: '<html><body><h1>Web Page Blocked</h1>Blocked by FortiGuard Web Filter</body></html>',
      },
    ],
    rule: 'network/blocked',
    at: { at: 'response.body' },
  },
  {
    name: 'proxy-status-names-the-error',
    answers: [{ status: 502, headers: { 'Proxy-Status': 'edge.test; error=connection_refused' } }],
    rule: 'network/intermediary-interference',
    at: { at: 'response.header', name: 'Proxy-Status' },
  },
]
