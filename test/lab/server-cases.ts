// Faults of the server, its gateways and its dependencies; one of them a real nginx.

import { spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { has } from '../support/programs.ts'
import { temporaryFolder } from '../support/telltale.ts'
import { openTcp } from '../support/wire-house.ts'
import type { Lab } from './lab.ts'
import type { LabCase } from './lab-case.ts'
import { askHttp } from './lab-client.ts'

const html = { 'Content-Type': 'text/html' }
const retryDate = () => new Date(Date.now() + 300_000).toUTCString()

const plain: readonly LabCase[] = [
  {
    name: 'internal-error',
    answers: [
      { status: 500, headers: { 'X-Request-Id': 'req_8d2f' }, body: { error: { message: 'Unexpected null' } } },
    ],
    rule: 'server/internal-error',
    at: { at: 'response.header', name: 'X-Request-Id' },
  },
  {
    name: 'maintenance-in-seconds',
    answers: [
      { status: 503, headers: { 'Retry-After': '120' }, body: { message: 'Scheduled maintenance in progress' } },
    ],
    rule: 'server/unavailable',
    at: { at: 'response.header', name: 'Retry-After' },
  },
  {
    name: 'unavailable-until-a-date',
    answers: () => [{ status: 503, headers: { 'Retry-After': retryDate() } }][0] ?? { status: 503 },
    rule: 'server/unavailable',
    at: { at: 'response.header', name: 'Retry-After' },
  },
  {
    name: 'gateway-gives-up',
    answers: [{ status: 504, headers: { Server: 'HAProxy' }, delay: 150 }],
    rule: 'server/gateway-timeout',
    at: { at: 'timing' },
  },
  {
    name: 'edge-cannot-connect',
    answers: [{ status: 522, headers: { Server: 'cloudflare', 'CF-RAY': '8a1b' }, body: 'error code: 522' }],
    rule: 'server/edge-error',
    at: { at: 'response.header', name: 'CF-RAY' },
  },
  {
    name: 'database-is-full',
    answers: [{ status: 500, body: { error: 'FATAL: sorry, too many connections already' } }],
    rule: 'server/backend-failure',
    at: { at: 'response.status' },
  },
  {
    name: 'not-built-yet',
    answers: [{ status: 501, body: { error: 'PDF export is not built yet' } }],
    rule: 'server/not-implemented',
    at: { at: 'response.status' },
  },
  {
    name: 'input-breaks-server',
    asks: [...[1, 2, 3].map(() => ({ path: '/items?sort=name' })), { path: '/items?sort=%27' }],
    answers: (seen) => (seen.path.includes('%27') ? { status: 500 } : { status: 200, body: [] }),
    rule: 'server/request-triggered',
    at: { at: 'request.line' },
  },
  {
    name: 'errors-in-a-row',
    asks: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ path: `/${name}` })),
    answers: [{ status: 500 }],
    rule: 'server/error-burst',
    at: { at: 'session' },
    beside: true,
  },
  {
    name: 'overloaded',
    asks: [1, 2, 3].map((n) => ({ path: `/${n}` })),
    answers: [
      { status: 503, headers: html, body: '<html><body>No server is available to handle this request.</body></html>' },
    ],
    rule: 'server/overload',
    at: { at: 'session' },
    beside: true,
  },
  {
    name: 'stack-trace',
    answers: [
      {
        status: 500,
        body: { error: 'x is undefined', stack: 'TypeError: x\n    at handler (/srv/app/routes.js:12:9)' },
      },
    ],
    rule: 'security/stack-trace-exposed',
    at: { at: 'response.body', line: 1 },
    beside: true,
  },
]

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((done) => server.close(() => done()))
  return port
}

/** Debian's nginx in front of a port on which nothing listens. */
async function nginxWithDeadBackend(lab: Lab): Promise<{ port: number }> {
  const folder = temporaryFolder('nginx')
  const [port, dead] = [await freePort(), await freePort()]
  for (const name of ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(join(folder, name))
  const conf = join(folder, 'nginx.conf')
  writeFileSync(
    conf,
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log ${folder}/error.log;
events { worker_connections 64; }
http { access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
server { listen 127.0.0.1:${port}; location / { proxy_pass http://127.0.0.1:${dead}; } } }
`,
  )
  const child = spawn(nginx, ['-p', folder, '-c', conf, '-e', join(folder, 'error.log')], { stdio: 'ignore' })
  lab.own(() => {
    child.kill('SIGTERM')
  })
  for (let tries = 0; tries < 100; tries++) {
    const up = await openTcp(port).then(
      (socket) => socket.destroy() !== undefined,
      () => false,
    )
    if (up) break
    await new Promise((done) => setTimeout(done, 30))
  }
  await askHttp(lab.proxy.port, `http://127.0.0.1:${port}/orders`)
  return { port }
}

const nginx = ['/usr/sbin/nginx', 'nginx'].find((path) => has(path, ['-v'])) ?? ''

/** Without nginx the case is left out here and said to be missing in the test file. */
export const hasNginx = nginx !== ''

export const serverCases: readonly LabCase[] = [
  ...plain,
  ...(hasNginx
    ? [
        {
          name: 'nginx-with-dead-backend',
          drive: nginxWithDeadBackend,
          rule: 'server/bad-gateway',
          at: { at: 'response.header', name: 'Server' },
        } as const,
      ]
    : []),
]
