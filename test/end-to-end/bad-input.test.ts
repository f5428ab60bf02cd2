// Wrong options, busy ports, broken files: one sensible sentence, the right exit status, no stack trace, nothing lost.
import { spawn } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { loadAuthority } from '../../src/proxy/authority.ts'
import { Database } from '../../src/store/database.ts'
import { applicationId } from '../../src/store/schema.ts'
import { startTelltale, telltale, temporaryFolder } from '../support/telltale.ts'

const sentence = (t: Test, text: string) => {
  t.equal(text.trim().split('\n').length, 1, text)
  t.match(text, /^telltale: .+[.!?]\n?$/)
  t.notMatch(text, /\bat .+:\d+:\d+|Error:/)
}

t.test('mistakes on the command line: status 2', async (t) => {
  const cases: [readonly string[], RegExp][] = [
    [['--no-such-option'], /no option --no-such-option/],
    [['start', '--port', 'eighty'], /port from 0 to 65535/],
    [['start', '--insecure', '*'], /switch it off for every host/],
    [['start', '--mode', 'sideways'], /mode/],
    [['start', '--mode', 'reverse:http://a/', '--mode', 'reverse:http://b/'], /reverse:PORT=URL/],
    [['start', '--mode', 'reverse:http://a/v1'], /takes an origin/],
    [['start', '--mode', 'upstream:http://a/', '--mode', 'upstream:http://b/'], /one --mode upstream/],
    [['start', '--port', '7001', '--mode', 'reverse:7001=http://a/'], /7001 is asked for twice/],
    [['start', '--session', 'x'.repeat(201)], /--session takes a name of at most 200 characters/],
    [['start', '--host', ''], /--host takes an address/],
    [['start', '--upstream-ca', '/no/such/file.pem'], /does not exist/],
    [['start', '--host', '0.0.0.0'], /proxy-auth/],
    [['start', 'npm', 'test'], /telltale run -- npm/],
    [['frobnicate'], /no command "frobnicate"/],
    [['run', 'npm', 'test'], /telltale run -- npm test/],
    [['run'], /Put -- before/],
  ]
  await Promise.all(
    cases.map(async ([args, what]) => {
      const { status, stdout, stderr } = await telltale(args)
      t.equal(status, 2, args.join(' '))
      t.equal(stdout, '')
      t.match(stderr, what)
      sentence(t, stderr)
    }),
  )
})

t.test('what cannot be done: status 1', async (t) => {
  const busy = createServer().listen(0, '127.0.0.1')
  await new Promise((done) => busy.once('listening', done))
  const port = String((busy.address() as { port: number }).port)
  const fresh = () => ['--data-dir', temporaryFolder('bad')]
  const file = join(temporaryFolder('bad'), 'a-file')
  writeFileSync(file, 'not a folder')
  const broken = temporaryFolder('bad')
  writeFileSync(join(broken, 'ca.pem'), 'this is no certificate')
  const certificate = join(temporaryFolder('bad'), 'no.pem')
  writeFileSync(certificate, 'nothing')
  const { leafPem, caPem } = loadAuthority(join(temporaryFolder('bad'), 'one'))
  const second = join(temporaryFolder('bad'), 'second.pem')
  writeFileSync(second, `${caPem}-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----\n`)
  const pair = join(temporaryFolder('bad'), 'pair.pem')
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  writeFileSync(pair, leafPem('api') + privateKey.export({ type: 'pkcs8', format: 'pem' }))
  const withFolder = (name: string) => {
    const dataDir = temporaryFolder('bad')
    mkdirSync(join(dataDir, name))
    return dataDir
  }
  const newer = [temporaryFolder('bad'), temporaryFolder('bad')] as const
  for (const folder of newer) {
    const db = new Database(join(folder, 'captures.db'))
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = 99; CREATE TABLE theirs (a)`)
    db.close()
  }
  const stored = newer.map((folder) => readFileSync(join(folder, 'captures.db')))
  const cases: [readonly string[], RegExp, number][] = [
    [
      ['start', '--port', '0', '--ui-port', '0', '--data-dir', newer[0]],
      /made by a newer Telltale \(store version 99/,
      1,
    ],
    [['list', '--data-dir', newer[1]], /made by a newer Telltale \(store version 99/, 1],
    [['start', '--port', port, '--ui-port', '0', ...fresh()], new RegExp(`[Pp]ort ${port}`), 1],
    [['start', '--port', '0', '--ui-port', port, ...fresh()], new RegExp(`[Pp]ort ${port}`), 1],
    [['start', '--port', '0', '--ui-port', '0', '--data-dir', file], /cannot be used/, 1],
    [['start', '--port', '0', '--ui-port', '0', '--data-dir', '/proc/telltale'], /cannot be used/, 1],
    [['start', '--port', '0', '--ui-port', '0', ...fresh(), '--certs', broken], /ca\.pem|certificate/, 1],
    [['start', '--port', '0', '--ui-port', '0', ...fresh(), '--upstream-ca', certificate], /no certificate/, 2],
    [
      ['start', '--port', '0', '--ui-port', '0', ...fresh(), '--upstream-ca', second],
      /certificate 2 in .+ is broken/,
      2,
    ],
    [['start', '--port', '0', '--ui-port', '0', ...fresh(), '--client-cert', `api=${pair}`], /does not belong/, 2],
    [['start', '--port', '0', '--ui-port', '0', '--data-dir', withFolder('token')], /its token is a folder/, 1],
    [['start', '--port', '0', '--ui-port', '0', '--data-dir', withFolder('lock')], /its lock cannot be read/, 1],
  ]
  await Promise.all(
    cases.map(async ([args, what, wanted]) => {
      const { status, stderr } = await telltale(args)
      t.equal(status, wanted, `${args.join(' ')}: ${stderr}`)
      t.match(stderr, what)
      sentence(t, stderr)
    }),
  )
  busy.close()
  for (const [i, folder] of newer.entries()) {
    t.same(readFileSync(join(folder, 'captures.db')), stored[i], 'B18: the file is as it was')
    t.notOk(existsSync(join(folder, 'lock')))
  }
})

t.test(
  'a second instance on the same data is refused and names the first; after kill -9 the lock is taken over',
  async (t) => {
    const dataDir = temporaryFolder('lock')
    const first = await startTelltale({ dataDir })
    const { status, stderr } = await telltale(['start', '--port', '0', '--ui-port', '0', '--data-dir', dataDir])
    t.equal(status, 1)
    t.match(stderr, new RegExp(String(first.pid)))
    sentence(t, stderr)
    await first.kill('SIGKILL')
    const second = await startTelltale({ dataDir })
    t.equal(await second.stop(), 0)
    t.notOk(existsSync(join(dataDir, 'lock')))
  },
)

t.test('the terminal is closed: nobody is left to tell, and it ends in order', async (t) => {
  const dataDir = temporaryFolder('closed')
  const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
  const child = spawn(process.execPath, [main, 'start', '--port', '0', '--ui-port', '0', '--data-dir', dataDir])
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  child.stdout.destroy()
  child.stderr.destroy()
  child.kill('SIGHUP')
  t.same(await once(child, 'exit'), [0, null])
  t.notOk(existsSync(join(dataDir, 'lock')))
})

t.test('a broken CA pair and a corrupt store are moved aside and told, and the start goes on', async (t) => {
  const dataDir = temporaryFolder('corrupt')
  await (await startTelltale({ dataDir })).stop()
  const key = join(dataDir, 'certs', 'ca.key')
  writeFileSync(key, readFileSync(key, 'utf8').slice(0, 60))
  writeFileSync(join(dataDir, 'captures.db'), 'this is not a database at all, not even a little'.repeat(300))
  writeFileSync(join(dataDir, 'settings.json'), '{ broken')
  const again = await startTelltale({ dataDir })
  t.equal((await again.call('GET', '/api/status')).status, 200)
  t.equal(await again.stop(), 0)
  const names = [...readdirSync(dataDir), ...readdirSync(join(dataDir, 'certs'))]
  t.ok(
    names.some((name) => name.startsWith('captures.db.corrupt-')),
    names.join(' '),
  )
  t.ok(names.some((name) => name.startsWith('settings.json.broken-')))
  t.ok(names.some((name) => /^ca\.(key|pem)\.broken-/.test(name)))
})

t.test('API calls with nonsense get a problem, not a stack trace', async (t) => {
  const product = await startTelltale()
  const cases: [string, string, unknown, number][] = [
    ['GET', '/api/exchanges?filter=status%3A', undefined, 400],
    ['GET', '/api/exchanges?limit=-1', undefined, 400],
    ['GET', '/api/exchanges?sort=colour', undefined, 400],
    ['GET', '/api/exchanges/%27%3B--', undefined, 404],
    ['GET', '/api/exchanges/0000000000000000', undefined, 404],
    ['POST', '/api/exchanges/0000000000000000/replay', {}, 404],
    ['POST', '/api/requests', { method: 'GET', url: 'ftp://x/' }, 400],
    ['POST', '/api/requests', { method: 'GET', url: 'http://x/', headers: [{ name: 'X', value: 'a\r\nY: b' }] }, 400],
    ['POST', '/api/recording', { on: 'yes' }, 400],
    ['PUT', '/api/settings', { nothing: true }, 400],
  ]
  for (const [method, path, body, wanted] of cases) {
    const { status, answer } = await product.call(method, path, body)
    t.equal(status, wanted, `${method} ${path}`)
    t.match(answer, { title: String, detail: String })
    t.notMatch(JSON.stringify(answer), /\.ts:|node_modules/)
  }
  t.match((await product.call('GET', '/api/exchanges?filter=method%3AGET%20status%3A')).answer, { position: Number })
  await product.stop()
})
