// What the terminal and logs get to see holds no header values, bodies or credentials in URLs (A15): planted, and looked for.
import { readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import { telltale, temporaryFolder } from '../support/telltale.ts'

const canary = (name: string) => `CANARY-${name}-7c1f0b9e4d2a`

/** Sends requests that fail in every way, each with secrets in it, through the proxy of its environment. */
const client = `
  const { request } = require('node:http')
  const { connect } = require('node:net')
  const proxy = new URL(process.env.HTTP_PROXY)
  const [origin, closed] = process.argv.slice(1)
  const send = (url) => new Promise((done) => {
    const sent = request(url, { method: 'POST', headers: {
      Authorization: 'Bearer ${canary('authorization')}', Cookie: 'sid=${canary('cookie')}',
      'X-Api-Key': '${canary('key')}', 'Content-Type': 'application/json' } }, (answer) => answer.resume().on('close', done))
    sent.on('error', done).end(JSON.stringify({ password: '${canary('password')}' }))
  })
  const raw = (text) => new Promise((done) => connect(proxy.port, proxy.hostname, function () { this.end(text) }).on('error', done).on('close', done).resume())
  const query = '?token=${canary('query')}&api_key=${canary('parameter')}'
  ;(async () => {
    for (const path of ['/refused', '/broken', '/cut', '/reset']) await send(origin + path + query)
    await send(closed + '/' + query)
    await send('http://no.such.host.invalid/' + query)
    await raw('GET http://x/' + query + ' HTTP/1.1\\r\\nHost: x\\r\\nContent-Length: 1\\r\\nContent-Length: 2\\r\\nCookie: sid=${canary('smuggled')}\\r\\n\\r\\n')
    await raw('CONNECT ' + new URL(origin).host + ' HTTP/1.1\\r\\nProxy-Authorization: Basic ${canary('proxy')}\\r\\n\\r\\n')
  })()
`

t.test('no secret of the traffic is printed or written beside the captures', async (t) => {
  const origin = createServer((request, response) => {
    request.resume()
    const { url = '' } = request
    if (url.startsWith('/reset')) return request.socket.destroy()
    response.writeHead(url.startsWith('/refused') ? 401 : 500, {
      'Content-Type': 'application/json',
      'Set-Cookie': `session=${canary('set-cookie')}`,
      ...(url.startsWith('/cut') ? { 'Content-Length': 1000 } : {}),
    })
    const body = JSON.stringify({ error: 'invalid_token', access_token: canary('answer') })
    if (url.startsWith('/cut')) response.write(body, () => request.socket.destroy())
    else response.end(body)
  })
  await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done))
  const spare = createServer()
  await new Promise<void>((done) => spare.listen(0, '127.0.0.1', done))
  const urls = [origin, spare].map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  await new Promise<unknown>((done) => spare.close(done))
  const dataDir = temporaryFolder('canaries')
  t.teardown(() => {
    origin.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const ports = ['--port', '0', '--ui-port', '0', '--data-dir', dataDir]
  for (const how of [[], ['--json']]) {
    const ran = await telltale(['run', ...ports, ...how, '--', process.execPath, '-e', client, ...urls])
    t.equal(ran.status, 0, ran.stderr)
    t.match(ran.stdout + ran.stderr, how.length > 0 ? /"event":"summary","exchanges":[6-9]/ : /[6-9] exchanges, /)
    t.notMatch(ran.stdout + ran.stderr, /CANARY/, `run ${how.join(' ')}`)
  }
  const listed = await telltale(['list', '--data-dir', dataDir, '--limit', '0', '--json'])
  t.match(listed.stdout, /\/refused/)
  t.notMatch(listed.stdout + listed.stderr, /CANARY/, 'list')
  const refused = listed.stdout.split('\n').find((line) => line.includes('/refused')) ?? '{}'
  const { id } = JSON.parse(refused) as { id: string }
  const replayed = await telltale(['replay', id, '--data-dir', dataDir])
  t.match(replayed.stdout, /POST +401/, replayed.stderr)
  t.notMatch(replayed.stdout + replayed.stderr, /CANARY/, 'replay')
  const sessions = await telltale(['sessions', '--data-dir', dataDir])
  t.match(sessions.stdout, /\n.*\n/)
  t.notMatch(sessions.stdout + sessions.stderr, /CANARY-(authorization|query|password)/, 'sessions')
  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((one) => one.isFile())
  for (const { parentPath, name } of files)
    if (!name.startsWith('captures.db')) t.notMatch(readFileSync(join(parentPath, name), 'latin1'), /CANARY/, name)
})
