// The end, orderly or not: within three seconds, whatever is open or held; what the store could not take is there after the next start.
import { spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, get, type IncomingMessage, request } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import WebSocket from 'ws'
import { openUnwritten } from '../../src/desk/open-unwritten.ts'
import type { Left } from '../../src/desk/recorder.ts'
import type { Session } from '../../src/exchange/session.ts'
import type { SocketMessage } from '../../src/exchange/socket-message.ts'
import { openStore } from '../../src/store/open-store.ts'
import { batchOf } from '../store/entries.ts'
import { lacks } from '../support/programs.ts'
import { startTelltale, type Telltale, telltale, temporaryFolder } from '../support/telltale.ts'

/** What is promised is 3,000 ms; a machine that is busy with other things gets more. */
const promised = 6_000

const origin = createServer((asked, response) => {
  asked.resume()
  const path = asked.url ?? ''
  if (path === '/sse') response.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: 1\n\n')
  else if (path === '/endless') {
    const more = () => void (response.write(Buffer.alloc(65_536)) ? setImmediate(more) : response.once('drain', more))
    more()
  } else if (path === '/upload') return
  else if (path.endsWith('0'))
    response.writeHead(401, { 'Content-Type': 'application/json' }).end(`{"error":"token expired","at":"${path}"}`)
  else response.end(`hello ${path}`)
})
await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done))
const url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`
t.teardown(() => {
  origin.closeAllConnections()
  origin.close()
})

function through(product: Telltale, path: string): Promise<IncomingMessage> {
  const { hostname, port } = new URL(product.proxy)
  const asked = { hostname, port, path: url + path, headers: { Host: new URL(url).host }, agent: false as const }
  return new Promise((done, fail) => get(asked, done).on('error', fail))
}

async function exchange(product: Telltale, path: string): Promise<number> {
  const response = await through(product, path)
  for await (const _ of response);
  return response.statusCode ?? 0
}

async function timedStop(t: Test, product: Telltale, what: string): Promise<void> {
  const begun = performance.now()
  t.equal(await product.stop(), 0)
  const took = Math.round(performance.now() - begun)
  t.comment(`${what}: ended after ${took} ms`)
  t.ok(took < promised, `${what}: ended after ${took} ms`)
}

/** Another program that keeps everybody from writing; answers what ends it. */
async function hold(dataDir: string): Promise<() => Promise<void>> {
  const script = `const db = new (require('node:sqlite').DatabaseSync)(process.argv[1], { timeout: 60000 })
    db.exec('BEGIN EXCLUSIVE'); console.log('held'); process.stdin.on('end', () => process.exit()).resume()`
  const other = spawn(process.execPath, ['-e', script, join(dataDir, 'captures.db')], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const gone = new Promise<void>((done) => other.once('exit', () => done()))
  await new Promise((done) => other.stdout.once('data', done))
  return () => {
    other.stdin.end()
    return gone
  }
}

const leftOvers = (dataDir: string) => readdirSync(dataDir).filter((name) => name.startsWith('unwritten'))

t.test(
  'while another program holds the store: what waits is in a file, and in the store after the next start',
  async (t) => {
    const dataDir = temporaryFolder('held')
    const product = await startTelltale({ dataDir, args: ['--session', 'held'] })
    const count = 300
    const letGo = await hold(dataDir)
    for (let from = 0; from < count; from += 20)
      await Promise.all(Array.from({ length: 20 }, (_, i) => exchange(product, `/held/${from + i}`)))
    await timedStop(t, product, 'with the store held')
    t.match(product.stdout(), /300 exchanges the store did not take wait in .*unwritten, for the next start\./)
    t.same(leftOvers(dataDir), ['unwritten'])
    t.equal(statSync(join(dataDir, 'unwritten')).mode & 0o777, 0o600)
    await letGo()
    const listed = await telltale(['list', '--data-dir', dataDir])
    t.match(listed.stderr, /unwritten holds exchanges that the next start will take in/)

    const again = await startTelltale({ dataDir, args: ['--session', 'after'] })
    const rows = await again.waitForRows(count, 'path:/held is:complete')
    t.match(again.stdout(), /300 exchanges that the last end left in unwritten are in the store now/)
    t.equal(new Set(rows.map(({ path }) => path)).size, count, 'every one is there once')
    t.same(leftOvers(dataDir), [])
    const one = rows.find(({ path }) => path === '/held/7')
    t.equal((await again.call('GET', `/api/exchanges/${one?.id}/response/content`)).answer, 'hello /held/7')
    t.equal((await again.waitForRows(30, 'path:/held level:error')).length, 30, 'they are diagnosed')
    const { sessions } = (await again.call('GET', '/api/sessions')).answer as {
      sessions: readonly (Session & { readonly exchanges: number })[]
    }
    t.match(
      sessions.map(({ name, exchanges }) => [name, exchanges]),
      [
        ['after', 0],
        ['held', count],
      ],
    )
    await timedStop(t, again, 'with nothing to do')
  },
)

t.test('with streams, tunnels, uploads, sockets, searches, exports and imports open', async (t) => {
  const dataDir = temporaryFolder('open')
  const product = await startTelltale({ dataDir })
  for (let i = 1; i < 10; i++) await exchange(product, `/before/${i}`)
  const proxy = new URL(product.proxy)
  const ended: Promise<unknown>[] = []
  const open = [await through(product, '/sse'), await through(product, '/endless')]
  for (const response of open) ended.push(new Promise((done) => response.once('error', done).once('close', done)))
  // The endless one is not read on: the proxy has octets left to give to it.
  open[0]?.resume()
  const upload = request({
    host: proxy.hostname,
    port: proxy.port,
    method: 'POST',
    path: `${url}/upload`,
    headers: { Host: new URL(url).host, 'Content-Length': 1_000_000 },
    agent: false,
  })
  ended.push(new Promise((done) => upload.once('error', done)))
  upload.write('half')
  const tunnel = connect(Number(proxy.port), proxy.hostname)
  ended.push(new Promise((done) => tunnel.once('close', done).on('error', () => {})))
  tunnel.write(`CONNECT ${new URL(url).host} HTTP/1.1\r\nHost: ${new URL(url).host}\r\n\r\n`)
  await new Promise((done) => tunnel.once('data', done))
  const page = new WebSocket(`${product.ui.replace('http', 'ws')}/api/live`, {
    headers: { Authorization: `Bearer ${product.token}` },
  })
  ended.push(new Promise((done) => page.once('close', done)))
  await new Promise((done) => page.once('message', done))
  const asked = (method: string, path: string) =>
    request(product.ui + path, { method, headers: { Authorization: `Bearer ${product.token}` }, agent: false })
  const searched = asked('GET', '/api/exchanges?filter=body:/nowhere.*to.*be.*found/')
  const exported = asked('GET', '/api/export?format=har')
  const imported = asked('POST', '/api/import?format=ndjson&name=slow')
  for (const call of [searched, exported, imported]) call.on('error', () => {})
  searched.end()
  exported.end()
  imported.write('{"request":{"method":"GET","url":"http://a.test/imported","headers":[]},"response":{"status":200}}\n')
  await product.waitForRows(3, '-path:/before')
  await timedStop(t, product, 'with everything open')
  open[1]?.resume()
  await Promise.all(ended)
  for (const call of [searched, exported, imported]) call.destroy()
  const again = await startTelltale({ dataDir })
  const rows = await again.rows('-path:/before')
  t.same(rows.map(({ path, outcome }) => `${path} ${outcome}`).toSorted(), [
    '/endless failed',
    '/sse failed',
    '/upload failed',
  ])
  t.equal((await again.rows('path:/before')).length, 9)
  await again.stop()
})

t.test('R08: kill -9 loses nothing that was answered a quarter of a second before', async (t) => {
  const dataDir = temporaryFolder('killed')
  const count = 50
  let found = 0
  // The promise is one of time, and this machine may be kept from its work for longer than that: it is kept or not in one of three.
  for (let round = 0; round < 3 && found < count; round++) {
    const product = await startTelltale({ dataDir })
    await Promise.all(Array.from({ length: count }, (_, i) => exchange(product, `/round${round}/${i}`)))
    await new Promise((done) => setTimeout(done, 250))
    await product.kill('SIGKILL')
    const again = await startTelltale({ dataDir })
    found = (await again.rows(`path:/round${round}/ is:complete`)).length
    t.comment(`${found} of ${count}`)
    await again.stop()
  }
  t.equal(found, count)
})

const tools = { durable: false, maxStore: 2 ** 30, maxExchanges: 1000, version: '1', now: Date.now }
const hash = (octets: Uint8Array) => createHash('sha256').update(octets).digest('hex')

const notHeld: Left = () => ({ exchanges: [], contents: [], messages: [] })

/** As the recorder would leave it: exchanges, each with content and a message of its own. */
function leftOf(count: number, bodySize = 20): Left {
  const vary = (i: number) => ({ body: `${i} `.padEnd(bodySize, 'x'), status: 200 })
  const { contents, entries } = batchOf(Array(count).keys(), vary)
  const exchanges = entries.map(({ exchange }) => ({ ...exchange, messageCount: 1 }))
  const messages = exchanges.map(({ id }) => messageOf(id))
  const named = contents.map(({ digest, octets }) => ({ id: '', side: 'response' as const, digest, octets }))
  return (octets) => ({ exchanges, contents: octets === 0 ? [] : named, messages })
}

const messageOf = (exchangeId: string): SocketMessage => ({
  exchangeId,
  seq: 0,
  from: 'server',
  at: 1,
  opcode: 'text',
  size: 2,
  data: 'hé',
  truncated: false,
  compressed: false,
})

t.test('a file that is broken in any way is moved aside, told, and read as far as it goes', async (t) => {
  const dataDir = temporaryFolder('broken')
  const file = join(dataDir, 'unwritten')
  const store = openStore({ ...tools, dataDir })
  t.teardown(() => store.close())
  const unwritten = openUnwritten(dataDir, hash)
  const count = 20
  unwritten.keep(leftOf(count))
  const whole = readFileSync(file)
  t.equal(whole.toString().split('\n').length, 3 * count + 2, 'contents, exchanges, messages, the end')

  const broken: readonly [what: string, write: () => void, taken: number][] = [
    ['without its last line', () => writeFileSync(file, whole.subarray(0, whole.lastIndexOf('{'))), count],
    [
      'cut after every exchange',
      () => writeFileSync(file, whole.subarray(0, whole.indexOf('{"message"') - 9)),
      count - 1,
    ],
    ['cut in the contents', () => writeFileSync(file, whole.subarray(0, 50)), 0],
    [
      'one octet of a content changed',
      () => writeFileSync(file, whole.toString().replace('"octets":"M', '"octets":"N')),
      count,
    ],
    [
      'one exchange without a request',
      () => writeFileSync(file, whole.toString().replace('"request":', '"r":')),
      count - 1,
    ],
    ['empty', () => writeFileSync(file, ''), 0],
    ['noise', () => writeFileSync(file, randomBytes(5000)), 0],
    [
      'JSON of another kind',
      () => writeFileSync(file, 'null\n[]\n{"exchange":null}\n{"message":{}}\n{"lines":4}\n'),
      0,
    ],
    ['a folder', () => mkdirSync(file), 0],
  ]
  for (const [what, write, taken] of broken) {
    store.clear()
    write()
    const { ids, notice } = unwritten.takeIn(store)
    t.equal(ids.length, taken, what)
    t.match(notice, /the file is broken and was moved to unwritten\.corrupt-/, what)
    t.equal(store.status().exchanges, taken, what)
    t.notOk(existsSync(file), what)
  }
  t.equal(leftOvers(dataDir).length, broken.length, 'each under a name of its own')

  writeFileSync(file, whole)
  writeFileSync(`${file}.new`, 'the end was cut off while it was written')
  const { ids, notice } = unwritten.takeIn(store)
  t.match(notice, /^20 exchanges that the last end left in unwritten are in the store now\.$/)
  t.notOk(existsSync(file) || existsSync(`${file}.new`))
  const [id = ''] = ids
  t.same(store.messages(id, 0, 9).messages, [messageOf(id)])
  // The end of the process between the commit and the removal of the file: it is taken in again.
  writeFileSync(file, whole)
  unwritten.takeIn(store)
  t.equal(store.status().exchanges, count, 'taken in twice, there once')
  t.equal(unwritten.keep(notHeld), undefined, 'nothing left, nothing written')
  t.same(
    leftOvers(dataDir).filter((name) => !name.includes('corrupt')),
    [],
  )
})

t.test('what does not fit on the disk is named: contents first, then all', async (t) => {
  const folder = temporaryFolder('full')
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', folder]).status === 0
  if (lacks(t, 'the right to mount a small file system', mounted)) return
  t.teardown(() => spawnSync('umount', [folder]))
  const unwritten = openUnwritten(folder, hash)
  t.match(
    unwritten.keep(leftOf(100, 100_000)),
    /^100 exchanges the store did not take wait in .* without their contents/,
  )
  t.match(unwritten.keep(leftOf(1)), /^1 exchange the store did not take waits in .*, for the next start\.$/)
  t.match(unwritten.keep(leftOf(5000)), /^5000 exchanges could not be kept and are lost: the disk is full\.$/)
  t.same(leftOvers(folder), ['unwritten'], 'what was there before is still there')
})
