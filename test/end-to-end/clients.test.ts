// Real clients through the real product: curl, Node, Python and a WebSocket are recorded and diagnosed; kill -9 loses nothing.
import { readFileSync } from 'node:fs'
import t from 'tap'
import { WebSocket } from 'ws'
import { type ApiOrigin, startApiOrigin } from '../support/api-origin.ts'
import { has, lacks, pythonWith, run } from '../support/programs.ts'
import { startTelltale, type Telltale, telltale, temporaryFolder } from '../support/telltale.ts'
import { openTunnel } from '../support/tunnel.ts'

let origin: ApiOrigin
let product: Telltale
const dataDir = temporaryFolder('clients')

t.before(async () => {
  origin = await startApiOrigin()
  product = await startTelltale({ dataDir, args: ['--upstream-ca', origin.caFile] })
})
t.teardown(async () => {
  await product.stop()
  await origin.close()
})

const curl = (...args: string[]) =>
  run('curl', ['-sS', '-x', product.proxy, '--cacert', product.ca, '-m', '15', ...args])
const path = (path: string) => `path:${path} `

t.test('curl: four calls, three of them flagged with a cause and the server’s own words', async (t) => {
  if (lacks(t, 'curl', has('curl'))) return
  t.match(await curl(`${origin.url}/v1/orders`), { status: 0, stdout: /ord_1/ })
  await curl('-H', 'Authorization: Bearer tok_live_wrong', `${origin.url}/v1/me`)
  await curl(`${origin.url}/v1/charges`)
  await curl(`${origin.url}/v1/report`)
  await product.waitForRows(4)
  const [report, charges, me, orders] = await product.waitForRows(4)
  t.match(orders, { status: 200, method: 'GET', host: `localhost:${origin.port}`, findings: { error: 0 } })
  t.match(me, { status: 401, primary: { ruleId: 'auth/invalid-credentials' } })
  t.match(charges, { status: 200, primary: { ruleId: 'response/error-in-success' } })
  t.match(report, { status: 500, primary: { ruleId: 'server/internal-error' } })
  const words = async (id: string | undefined) => {
    const { answer } = await product.call('GET', `/api/exchanges/${id}`)
    const { findings } = answer as { findings: { primary: boolean; quote?: { text: string } }[] }
    return findings.find((finding) => finding.primary)?.quote?.text ?? ''
  }
  t.match(await words(me?.id), /not known here/)
  t.match(await words(charges?.id), /insufficient funds/)
  t.match(await words(report?.id), /Unhandled exception in report builder/)
})

t.test('curl speaks HTTP/2 with the origin’s HTTP/2, and HTTP/1.1 when told to', async (t) => {
  if (lacks(t, 'curl', has('curl'))) return
  const two = await curl('--http2', '-w', '%{http_version}', '-o', '/dev/null', `${origin.url}/echo?two`)
  t.equal(two.stdout, '2')
  const one = await curl('--http1.1', '-w', '%{http_version}', '-o', '/dev/null', `${origin.url}/echo?one`)
  t.equal(one.stdout, '1.1')
  const rows = await product.waitForRows(2, path('/echo'))
  t.same(rows.map((row) => row.protocol).toSorted(), ['HTTP/1.1', 'HTTP/2'])
})

t.test('without --upstream-ca the same origin is a 502 that names the verification failure', async (t) => {
  if (lacks(t, 'curl', has('curl'))) return
  const strict = await startTelltale()
  const { stdout } = await run('curl', [
    '-sS',
    '-x',
    strict.proxy,
    '--cacert',
    strict.ca,
    '-w',
    ' %{http_code}',
    `${origin.url}/v1/orders`,
  ])
  t.match(stdout, / 502$/)
  t.match(stdout, /UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_GET_ISSUER_CERT_LOCALLY/)
  const [row] = await strict.waitForRows(1)
  t.match(row, { outcome: 'failed', primary: { ruleId: 'network/tls-certificate' } })
  t.equal(await strict.stop(), 0)
})

t.test('Node’s fetch and http read the proxy variables', async (t) => {
  const script = `const r = await fetch(${JSON.stringify(`${origin.url}/v1/orders?node`)}); console.log(r.status, (await r.json()).orders.length)`
  const env = {
    ...process.env,
    NODE_USE_ENV_PROXY: '1',
    HTTPS_PROXY: product.proxy,
    HTTP_PROXY: product.proxy,
    NO_PROXY: '',
    NODE_EXTRA_CA_CERTS: product.ca,
  }
  t.match(await run(process.execPath, ['--input-type=module', '-e', script], { env }), { status: 0, stdout: '200 1\n' })
  await product.waitForRows(1, 'url:"orders?node"')
})

t.test('Python requests', async (t) => {
  const python = pythonWith('requests')
  if (lacks(t, 'python3-requests', python !== undefined) || !python) return
  const script = `import requests; r = requests.post(${JSON.stringify(`${origin.url}/v1/orders?py`)}, json={"total": 1}); print(r.status_code, r.json()["total"])`
  const env = { ...process.env, HTTPS_PROXY: product.proxy, NO_PROXY: '', no_proxy: '', REQUESTS_CA_BUNDLE: product.ca }
  t.match(await run(python, ['-c', script], { env }), { status: 0, stdout: '201 1\n' })
  const [row] = await product.waitForRows(1, 'url:"orders?py"')
  t.match(row, { method: 'POST', status: 201, client: /python-requests/ })
})

t.test('a WebSocket is relayed, and its messages are read', async (t) => {
  const tunnel = await openTunnel(product.proxy, 'localhost', origin.port, readFileSync(product.ca, 'utf8'))
  const socket = new WebSocket(`wss://localhost:${origin.port}/socket`, { createConnection: () => tunnel })
  const echoed = new Promise((done, fail) => {
    socket.on('message', (data) => done(String(data)))
    socket.on('error', fail)
  })
  await new Promise((done, fail) => socket.on('open', done).on('error', fail))
  socket.send('hello from the client')
  t.equal(await echoed, 'hello from the client')
  socket.close(1000)
  const [row] = await product.waitForRows(1, 'is:websocket')
  type Messages = { readonly messages: readonly { from: string; opcode: string; data: string }[] }
  const read = async () =>
    ((await product.call('GET', `/api/exchanges/${row?.id}/messages`)).answer as Messages).messages
  let messages = await read()
  for (const until = Date.now() + 20_000; messages.length < 2 && Date.now() < until; messages = await read())
    await new Promise((done) => setTimeout(done, 50))
  t.same(
    messages.filter((message) => message.opcode === 'text').map((message) => [message.from, message.data]),
    [
      ['client', 'hello from the client'],
      ['server', 'hello from the client'],
    ],
  )
})

t.test('kill -9: everything answered a quarter of a second before is there after a restart', async (t) => {
  if (lacks(t, 'curl', has('curl'))) return
  await Promise.all(Array.from({ length: 20 }, (_, i) => curl(`${origin.url}/v1/orders?kill=${i}`)))
  await product.waitForRows(20, 'url:"kill="')
  const before = (await product.rows()).length
  await product.kill('SIGKILL')
  product = await startTelltale({ dataDir, args: ['--upstream-ca', origin.caFile] })
  t.equal((await product.rows('url:"kill="')).length, 20)
  t.equal((await product.rows()).length, before)
  const [report] = await product.rows('path:/v1/report')
  t.match(report, { primary: { ruleId: 'server/internal-error' } }, 'findings are kept as well')
})

t.test('an edited replay turns the 401 into a 200, and both stand in the list', async (t) => {
  const [me] = await product.rows('path:/v1/me status:401')
  const edits = [{ op: 'set-header', name: 'Authorization', value: 'Bearer tok_live_5f3a9c1e7b2d4860' }]
  const { status, answer } = await product.call('POST', `/api/exchanges/${me?.id}/replay`, { edits })
  t.equal(status, 200)
  const rows = await product.waitForRows(2, 'path:/v1/me')
  t.match(rows, [{ id: (answer as { id: string }).id, origin: 'replay' }, { status: 401 }])
  await product.waitForRows(1, 'path:/v1/me status:200')
})

t.test('telltale run: variables for the child, argv and exit status kept, a summary at the end', async (t) => {
  if (lacks(t, 'curl', has('curl'))) return
  const home = temporaryFolder('run')
  const captured = (options: readonly string[], ...command: string[]) =>
    telltale(['run', '--port', '0', '--ui-port', '0', '--data-dir', home, ...options, '--', ...command])

  const calls = 'curl -sS -o /dev/null "$1"; curl -sS -o /dev/null "$2"; exit 7'
  const trust = ['--upstream-ca', origin.caFile]
  const ran = await captured(trust, 'sh', '-c', calls, 'sh', `${origin.url}/v1/me`, `${origin.url}/v1/orders`)
  t.equal(ran.status, 7, ran.stderr)
  t.match(ran.stderr, /2 exchanges, 1 failure/)
  t.match(ran.stderr, /GET localhost:\d+\/v1\/me {2}401/)
  t.match(ran.stderr, /auth\/missing-credentials/)

  const argv = ['a b', `it's`, '"q"', ';', '$HOME', '*', '']
  const print = 'console.log(JSON.stringify(process.argv.slice(1)))'
  t.same(JSON.parse((await captured([], process.execPath, '-e', print, ...argv)).stdout), argv)
  t.equal((await captured([], 'no-such-command-here')).status, 127)
  t.equal((await captured([], 'sh', '-c', 'kill -TERM $$')).status, 143)
})
