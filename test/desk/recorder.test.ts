// The recorder under a full disk: traffic goes on, the loss is told and counted, and recording resumes by itself (B02).
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t from 'tap'
import type { Status } from '../../src/api/contract.ts'
import { lacks } from '../support/programs.ts'
import { startTelltale, temporaryFolder } from '../support/telltale.ts'

t.test('a full disk pauses recording, never the traffic, and it resumes by itself', async (t) => {
  const folder = temporaryFolder('tmpfs')
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=24m', 'tmpfs', folder]).status === 0
  if (lacks(t, 'the right to mount a small file system', mounted)) return
  const body = Buffer.alloc(20_000, 'x')
  const origin = createServer((request, response) => response.end(`${request.url}${body}`))
  await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`
  const dataDir = join(folder, 'data')
  mkdirSync(dataDir)
  const product = await startTelltale({ dataDir, args: ['--certs', temporaryFolder('certs')] })
  t.teardown(async () => {
    await product.stop()
    origin.close()
    spawnSync('umount', [folder])
  })
  const { hostname, port } = new URL(product.proxy)
  const through = (path: string): Promise<number> =>
    new Promise((done, fail) => {
      get({ hostname, port, path: url + path, headers: { Host: new URL(url).host }, agent: false }, (response) => {
        response.resume()
        response.on('end', () => done(response.statusCode ?? 0))
      }).on('error', fail)
    })
  const status = async () => (await product.call('GET', '/api/status')).answer as Status

  t.equal(await through('/before'), 200)
  await product.waitForRows(1, 'path:/before')
  const filler = join(folder, 'filler')
  spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=64k'], { stdio: 'ignore' })
  const answers: number[] = []
  for (let i = 0; i < 200; i++) answers.push(await through(`/full/${i}`))
  t.ok(
    answers.every((answer) => answer === 200),
    'every request was answered',
  )
  const until = Date.now() + 30_000
  while ((await status()).recording !== 'stopped' && Date.now() < until) await through('/full/more')
  const full = await status()
  t.equal(full.recording, 'stopped')
  t.match(full.reason, /disk/)
  t.ok((full.waiting ?? 0) > 0, `${full.waiting} exchanges wait, and are counted`)

  rmSync(filler)
  const resume = Date.now() + 30_000
  while ((await status()).recording !== 'on' && Date.now() < resume) {
    await through('/after')
    await new Promise((done) => setTimeout(done, 200))
  }
  t.equal((await status()).recording, 'on')
  await product.waitForRows(1, 'path:/after')
  t.equal((await product.rows('path:/before')).length, 1, 'what was kept before is still there')
  t.equal((await product.waitForRows(200, 'path:/full/ -path:/full/more')).length, 200, 'what waited is kept')
  t.equal((await status()).missed, 0)
  writeFileSync(join(folder, 'x'), '')
})

t.test('pause and resume by hand', async (t) => {
  const origin = createServer((_request, response) => response.end('ok'))
  await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`
  const product = await startTelltale()
  t.teardown(async () => {
    await product.stop()
    origin.close()
  })
  const { hostname, port } = new URL(product.proxy)
  const through = (path: string) =>
    new Promise((done) =>
      get({ hostname, port, path: url + path, headers: { Host: new URL(url).host }, agent: false }, (response) =>
        response.resume().on('end', done),
      ),
    )
  await through('/one')
  await product.waitForRows(1)
  t.match(await product.call('POST', '/api/recording', { on: false }), { answer: { recording: 'paused' } })
  await new Promise((done) => setTimeout(done, 100))
  await through('/unseen')
  t.match(await product.call('POST', '/api/recording', { on: true }), { answer: { recording: 'on' } })
  await new Promise((done) => setTimeout(done, 100))
  await through('/three')
  const rows = await product.waitForRows(2)
  t.same(
    rows.map((row) => row.path),
    ['/three', '/one'],
  )
})

t.test('B24: while another program holds the store, heads wait for it and contents are given up', async (t) => {
  const size = 1024 * 1024
  const origin = createServer(({ url = '' }, response) => response.end(url.padEnd(size, 'x')))
  await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done))
  const url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`
  const product = await startTelltale()
  t.teardown(async () => {
    await product.stop()
    origin.close()
  })
  const { hostname, port } = new URL(product.proxy)
  const through = (path: string): Promise<number> =>
    new Promise((done, fail) => {
      get({ hostname, port, path: url + path, headers: { Host: new URL(url).host }, agent: false }, (response) => {
        let size = 0
        response.on('data', (piece: Buffer) => {
          size += piece.length
        })
        response.on('end', () => done(size))
      }).on('error', fail)
    })
  const status = async () => (await product.call('GET', '/api/status')).answer as Status
  await through('/before')
  await product.waitForRows(1, 'is:complete')
  const other = spawn(
    process.execPath,
    [
      '-e',
      `const db = new (require('node:sqlite').DatabaseSync)(process.argv[1], { timeout: 60000 })
       db.exec('BEGIN IMMEDIATE'); console.log('held'); process.stdin.on('end', () => process.exit()).resume()`,
      join(product.dataDir, 'captures.db'),
    ],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const gone = new Promise((done) => other.once('exit', done))
  await new Promise((done) => other.stdout.once('data', done))
  const begun = performance.now()
  const count = 96
  const sizes: number[] = []
  for (let i = 0; i < count; i += 8)
    sizes.push(...(await Promise.all(Array.from({ length: 8 }, (_, k) => through(`/held/${i + k}`)))))
  t.ok(
    sizes.every((one) => one === size),
    'every answer came whole',
  )
  // Longer than SQLite itself would wait for the other program.
  let told = await status()
  const late = () => performance.now() - begun > 60_000
  while (performance.now() - begun < 6_500 || (told.waiting !== count && !late())) {
    await new Promise((done) => setTimeout(done, 100))
    told = await status()
  }
  t.match(told, { recording: 'stopped', reason: 'Another program holds captures.db.', missed: 0 })
  t.equal((await product.rows()).length, 1, 'reading goes on')
  const recorded = { request: { method: 'GET', url: `${url}/imported`, headers: [] }, response: { status: 200 } }
  t.match(await product.call('POST', '/api/import?format=ndjson&name=x', recorded), {
    status: 503,
    answer: { detail: /Another program holds captures\.db/ },
  })
  other.stdin.end()
  await gone
  const rows = await product.waitForRows(count, 'path:/held')
  t.equal(rows.length, count, 'every head is there')
  const shed = rows.filter((row) => row.shed).length
  // At most 32 MiB wait in the desk, and 32 more on the way there.
  t.ok(shed >= count - 65 && shed < count, `${shed} contents of ${count} MiB were given up, and their rows say so`)
  // The wire tells its counts once a second.
  for (let i = 0; i < 100 && (await status()).shed !== shed; i++) await new Promise((done) => setTimeout(done, 100))
  t.match(await status(), { recording: 'on', missed: 0, shed }, 'and they are counted')
  const whole = rows.find((row) => !row.shed)
  const content = await product.call('GET', `/api/exchanges/${whole?.id}/response/content`)
  t.equal(content.answer, whole?.path.padEnd(size, 'x'))
})
