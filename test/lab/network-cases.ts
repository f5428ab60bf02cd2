// Faults below HTTP: names, connections, silence, strangers' protocols, proxies in between.
import { spawn } from 'node:child_process'
import { connect, createServer } from 'node:net'
import { startLabProxy } from '../support/lab-proxy.ts'
import { pythonWith } from '../support/programs.ts'
import type { Lab } from './lab.ts'
import type { LabCase } from './lab-case.ts'
import { askHttp, askHttps } from './lab-client.ts'

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
async function closedPort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise<void>((done) => server.close(() => done()))
  return typeof address === 'object' && address ? address.port : 0
}

const python = pythonWith('socket')
export const hasPython = python !== undefined

/** A port that is bound and never accepts: once its queue is full the system drops what would connect, as a firewall does. */
async function fullBacklog(lab: Lab): Promise<number> {
  const code =
    'import socket,time\ns=socket.socket()\ns.bind(("127.0.0.1",0))\ns.listen(0)\nprint(s.getsockname()[1],flush=True)\ntime.sleep(20)'
  const child = spawn(python ?? '', ['-c', code], { stdio: ['ignore', 'pipe', 'ignore'] })
  lab.own(() => void child.kill())
  const port = Number(await new Promise((done) => child.stdout.once('data', done)))
  for (let n = 0; n < 3; n++) {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    lab.own(() => void socket.destroy())
  }
  await new Promise((done) => setTimeout(done, 50))
  return port
}

export const networkCases: readonly LabCase[] = [
  {
    name: 'no-such-host',
    async drive(lab) {
      await get(lab, `http://${'no-such-host-'.repeat(5)}.invalid:6571/`)
      return { port: 6571 }
    },
    rule: 'network/dns-failure',
    at: { at: 'connection' },
  },
  {
    name: 'nobody-listens',
    async drive(lab) {
      const port = await closedPort()
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
  ...(python
    ? [
        {
          name: 'no-answer-to-connecting',
          async drive(lab: Lab) {
            const port = await fullBacklog(lab)
            await get(lab, `http://127.0.0.1:${port}/`)
            return { port }
          },
          rule: 'network/connect-timeout',
          at: { at: 'connection' },
        } as const,
      ]
    : []),
  {
    name: 'portal-catches-every-host',
    async drive(lab) {
      const ports: number[] = []
      for (let n = 0; n < 3; n++) {
        const port = await lab.tcp(
          (socket) =>
            void socket.once('data', () =>
              socket.end('HTTP/1.1 302 Found\r\nLocation: http://portal.hotel.test/login\r\nContent-Length: 0\r\n\r\n'),
            ),
        )
        ports.push(port)
        await get(lab, `http://127.0.0.1:${port}/`)
      }
      return { port: ports[2] ?? 0, ports, count: 3 }
    },
    rule: 'network/captive-portal',
    at: { at: 'response.header', name: 'Location' },
  },
  {
    name: 'company-proxy-refuses',
    async drive(lab) {
      const company = await lab.tcp(
        (socket) => void socket.once('data', () => socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n')),
      )
      const through = await startLabProxy({ modes: [{ kind: 'upstream', url: `http://127.0.0.1:${company}` }] })
      lab.own(() => through.close())
      await askHttps(through.port, 'https://api.shop.test:6573', through.caPem)
      return { port: 6573, through }
    },
    rule: 'network/upstream-proxy',
    at: { at: 'connection' },
  },
  {
    name: 'company-proxy-is-down',
    async drive(lab) {
      const through = await startLabProxy({
        modes: [{ kind: 'upstream', url: `http://127.0.0.1:${await closedPort()}` }],
      })
      lab.own(() => through.close())
      await askHttps(through.port, 'https://api.shop.test:6574', through.caPem)
      return { port: 6574, through }
    },
    rule: 'network/upstream-proxy',
    at: { at: 'connection' },
  },
  {
    name: 'slower-than-usual',
    asks: [...Array.from({ length: 6 }, () => ({})), {}],
    answers: (_seen, count) => ({ status: 200, body: {}, ...(count === 6 ? { delay: 1150 } : {}) }),
    wanted: ['perf/slow'],
    rule: 'perf/slow',
    at: { at: 'timing' },
    beside: true,
  },
]
