// The commands over the store, with real files, a real store and a real Telltale: list, show, export, import, replay.
import { spawn } from 'node:child_process'
import {
  cpSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { run as exportCommand } from '../../src/cli/export.ts'
import { run as importCommand } from '../../src/cli/import.ts'
import { run as list } from '../../src/cli/list.ts'
import { run as sessions } from '../../src/cli/sessions.ts'
import { run as show } from '../../src/cli/show.ts'
import { openReadOnly } from '../../src/store/open-read-only.ts'
import { run as ran } from '../support/programs.ts'
import { caller, type Result } from './caller.ts'

const root = join(import.meta.dirname, '../..')
const dir = mkdtempSync(join(tmpdir(), 'telltale-cli-'))
t.teardown(() => rmSync(dir, { recursive: true, force: true }))

const call = caller(dir)

const steering = '\u001b]0;owned\u0007'
const entries = Array.from({ length: 250 }, (_, i) => ({
  startedDateTime: new Date(1_767_000_000_000 + i * 1000).toISOString(),
  time: 12,
  request: {
    method: i % 5 === 0 ? 'POST' : 'GET',
    url: `https://api.test/v1/items/${i}?token=SECRET${i}SECRET`,
    httpVersion: 'HTTP/1.1',
    headers: [
      { name: 'Authorization', value: 'Bearer SECRETSECRETSECRET' },
      { name: 'X-Steer', value: steering },
    ],
  },
  response: {
    status: i % 50 === 7 ? 500 : 200,
    statusText: i % 50 === 7 ? `Broken ${steering}` : 'OK',
    httpVersion: 'HTTP/1.1',
    headers: [{ name: 'Content-Type', value: 'application/json' }],
    content: { mimeType: 'application/json', text: `{"n":${i},"text":"caf\u00e9 \u202e"}` },
  },
  timings: { send: 1, wait: 10, receive: 1 },
}))
const file = join(dir, 'capture.har')
writeFileSync(
  file,
  JSON.stringify({
    log: { version: '1.2', creator: { name: 'x', version: '1' }, entries: [...entries, { request: {} }] },
  }),
)

t.test('nothing captured yet is said in one sentence', async (t) => {
  t.match(await call(list, []), {
    status: 0,
    stdout: '',
    stderr: /^telltale: nothing has been captured in \S+ yet\.\n$/,
  })
  t.match(await call(show, ['last']), { status: 1, stderr: /nothing has been captured/ })
  t.match(await call(exportCommand, ['-o', 'x.har']), { status: 1 })
  t.notOk(existsSync(join(dir, 'home')), 'asking makes no directory')
})

t.test('a file is imported whole, bad entries named; a bad file changes nothing', async (t) => {
  const done = await call(importCommand, [file])
  t.match(done, { status: 0, stderr: /250 exchanges imported from .*capture\.har, 1 entry skipped\.\n {2}entry 250: / })
  t.match(
    (await call(importCommand, [file], 'watched', 80)).stderr,
    /importing capture\.har [█░]{30} \d+ % /,
    'a bar where a person watches',
  )
  writeFileSync(join(dir, 'cut.har'), readFileSync(file).subarray(0, 30_000))
  writeFileSync(join(dir, 'noise.har'), 'not a capture')
  t.match(await call(importCommand, ['cut.har', 'noise.har', 'missing.har']), {
    status: 1,
    stderr: /There is no file missing\.har/,
  })
  t.match(await call(importCommand, ['cut.har', 'noise.har']), {
    status: 1,
    stderr: /cut\.har was not imported: .*cut off.*\n.*noise\.har was not imported: /,
  })
  writeFileSync(
    join(dir, 'more.ndjson.gz'),
    gzipSync(
      `${JSON.stringify({ recorded_at: '2020-01-01T00:00:00Z', request: { method: 'GET', url: 'http://old.test/', headers: [], body_b64: '' }, response: { status: 200, reason: 'OK', headers: [], body_b64: 'aGk=' } })}\n`,
    ),
  )
  t.match(await call(importCommand, ['more.ndjson.gz', '--json']), { status: 0, stdout: /"imported":1/ })
  const all = await call(list, ['--limit', '0', '--json'])
  t.equal(all.stdout.trim().split('\n').length, 251, 'nothing of the broken files is there')
})

t.test('list: newest first, filtered, limited, as JSON, and never steering the terminal', async (t) => {
  const lines = (await call(list, ['-n', '3'])).stdout.trim().split('\n')
  t.equal(lines.length, 3)
  t.match(lines[0], /^[0-9a-z]{16} {2}2025-12-\d\d \d\d:\d\d:\d\d {2}GET {2}200 {2}api\.test\/v1\/items\/249/)
  const failed = await call(list, ['status:5xx', 'method:GET', '--json'])
  t.same(
    failed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).status),
    [500, 500, 500, 500, 500],
  )
  t.match(await call(list, ['--', '-status:200']), { stdout: /^(.* 500 .*\n){5}$/ })
  t.match(await call(list, ['domain:nowhere.test']), { status: 0, stdout: '', stderr: /nothing matches/ })
  t.match(await call(list, ['status:(']), { status: 2, stderr: /status[^\n]*\n {2}status:\(\n {2} +\^/ })
  const screen = await call(list, ['-n', '250'], 'home', 100)
  t.notMatch(screen.stdout.replace(/\u001b\[\d+m/g, ''), /[\u001b\u0007\u202e]/)
  t.match(screen.stdout, /\u001b\[31m500/)
  t.equal(screen.stdout.trim().split('\n').length, 250)
  t.notMatch((await call(list, ['-n', '250'])).stdout, /\u001b|SECRET/, 'no colour in a pipe')
  t.match((await call(list, ['-n', '1', '--with-secrets'])).stdout, /token=SECRET249SECRET/)
})

t.test('a damaged store is told of, and what can be read of it is listed at once', async (t) => {
  cpSync(join(dir, 'home'), join(dir, 'damaged'), { recursive: true })
  const file = join(dir, 'damaged', 'captures.db')
  const octets = readFileSync(file)
  for (let i = 1; i < 8; i++)
    octets.fill(0xff, Math.floor((octets.length * i) / 8), Math.floor((octets.length * i) / 8) + 1024)
  writeFileSync(file, octets)
  const first = await call(list, ['-n', '0'], 'damaged')
  t.match(first.stderr, /captures\.db is damaged; it was moved to .*\n.* exchanges were brought back from /)
  const listed = first.stdout.trim().split('\n').length
  t.ok(listed > 50 && listed < 252, `${listed} of 251`)
  t.same(await call(list, ['-n', '0'], 'damaged'), { ...first, stderr: '' })
})

t.test('show: findings first, then both messages; parts for other programs; secrets only when asked for', async (t) => {
  const [row] = (await call(list, ['status:500', '-n', '1', '--json'])).stdout
    .split('\n')
    .map((line) => line && JSON.parse(line))
  const id: string = row.id
  const all = await call(show, [id])
  t.match(all.stdout, /server\/internal-error/)
  t.match(all.stdout, /GET https:\/\/api\.test\/v1\/items\/207\?token=%7B%7Bsecret-[0-9a-f]{8}%7D%7D/)
  t.match(all.stdout, /Authorization: Bearer \{\{secret-[0-9a-f]{8}\}\}/)
  t.match(all.stdout, /"text": "caf\u00e9 \\u202e"/)
  t.notMatch(all.stdout, /SECRET|[\u001b\u202e]/)
  t.match((await call(show, [id, '--with-secrets'])).stdout, /Bearer SECRETSECRETSECRET/)
  t.notMatch((await call(show, [id, '--headers'])).stdout, /caf\u00e9/)
  t.equal(
    (await call(show, [id, '--body'])).octets.toString(),
    '{"n":207,"text":"caf\u00e9 \u202e"}',
    'exactly the octets',
  )
  t.notMatch((await call(show, [id, '--body'], 'home', 80)).stdout, /\u202e/, 'but not to a terminal')
  t.equal(JSON.parse((await call(show, [id, '--har'])).stdout).log.entries[0].response.status, 500)
  t.equal(JSON.parse((await call(show, ['last', '--json'])).stdout).exchange.request.method, 'GET')
  t.match(await call(show, ['nope']), { status: 1, stderr: /There is no exchange "nope"/ })
  t.equal((await call(show, [id.slice(-6)])).stdout, all.stdout, 'the end of an id is enough')
  t.equal((await call(show, ['last'])).status, 0)
  const many = await call(show, [id.slice(0, 3)])
  t.match(many, { status: 1, stderr: /^"\w{3}" fits \d+ exchanges: \w{16}, .* and others\. Write more of the id\.$/ })
  t.match(await call(show, ['zz']), { status: 1, stderr: /There is no exchange "zz"/ })
  t.match(await call(show, []), { status: 2 })
  t.match(await call(show, [id, '--body', '--request']), { status: 1, stderr: /The request has no body\./ })
})

t.test('export: by the ending of the file, filtered, redacted, whole or not at all', async (t) => {
  t.match(await call(exportCommand, ['status:500', '-o', 'failed.har']), {
    status: 0,
    stderr: /5 exchanges written to failed\.har/,
  })
  const har = readFileSync(join(dir, 'failed.har'), 'utf8')
  t.equal(JSON.parse(har).log.entries.length, 5)
  t.notMatch(har, /SECRET/)
  t.match(
    (await call(exportCommand, ['-o', 'watched.har'], 'home', 80)).stderr,
    /exporting [█░]{30} \d+ % \d+ exchanges, [\d.]+ \w+/,
    'a bar where a person watches',
  )
  await call(exportCommand, ['status:500', '-o', 'failed.ndjson', '--with-secrets'])
  t.match(readFileSync(join(dir, 'failed.ndjson'), 'utf8'), /SECRETSECRETSECRET/)
  t.match(
    (await call(exportCommand, ['status:500', '-o', '-', '--format', 'curl'])).stdout,
    /curl 'https:\/\/api\.test\/v1\/items\/7\?/,
  )
  t.match((await call(exportCommand, ['status:500', '-o', 'failed.md'])).status, 0)
  t.match(await call(exportCommand, ['-o', 'x.docx']), { status: 2, stderr: /No format ends in \.docx/ })
  t.match(await call(exportCommand, ['-o', 'x', '--format', 'pdf']), {
    status: 2,
    stderr: /--format is one of har, ndjson/,
  })
  t.match(await call(exportCommand, []), { status: 2 })
  t.match(await call(exportCommand, ['-o', 'no/such/x.har']), { status: 1, stderr: /its folder does not exist/ })
  t.same(
    readdirSync(dir).filter((name) => name.endsWith('.part')),
    [],
  )
  symlinkSync('failed.ndjson', join(dir, 'link.ndjson'))
  await call(exportCommand, ['status:500', '-o', 'link.ndjson', '--with-secrets'])
  t.ok(lstatSync(join(dir, 'link.ndjson')).isSymbolicLink(), 'what a link leads to is written')
  const ndjson = readFileSync(join(dir, 'failed.ndjson'), 'utf8')
  const device = `"${process.execPath}" "${root}/src/main.ts" export status:500 -o /dev/stdout --format ndjson --with-secrets | cat`
  const env = { ...process.env, TELLTALE_HOME: join(dir, 'home') }
  if (existsSync('/dev/stdout'))
    t.equal((await ran('sh', ['-c', device], { env })).stdout, ndjson, 'what is no file is not replaced')
  await call(importCommand, ['failed.ndjson'], 'other')
  await call(exportCommand, ['-o', 'again.ndjson', '--with-secrets'], 'other')
  t.equal(
    readFileSync(join(dir, 'again.ndjson'), 'utf8'),
    readFileSync(join(dir, 'failed.ndjson'), 'utf8'),
    'in by the store and out again',
  )
})

t.test('sessions are listed, compared by endpoint, and deleted', async (t) => {
  const json = (value: unknown) => ({ mimeType: 'application/json', text: JSON.stringify(value) })
  const exchanged = (method: string, path: string, status: number, time = 10, answer?: unknown, sent?: unknown) => ({
    startedDateTime: '2026-01-01T00:00:00Z',
    time,
    request: { method, url: `https://api.test${path}`, headers: [], ...(sent ? { postData: json(sent) } : {}) },
    response: { status, content: answer ? json(answer) : {} },
    timings: { send: 0, wait: time, receive: 0 },
  })
  const har = (name: string, list: unknown[]) =>
    writeFileSync(join(dir, name), JSON.stringify({ log: { entries: list } }))
  const times = (count: number, make: (n: number) => unknown) => Array.from({ length: count }, (_, n) => make(n))
  const same = times(3, (n) => exchanged('GET', `/same/${n}`, 200))
  har('worked.har', [
    ...same,
    ...times(4, (n) => exchanged('GET', `/orders/${n}`, 200)),
    ...times(5, () => exchanged('GET', '/slow', 200, 20)),
    exchanged('DELETE', '/old', 204),
    exchanged('POST', '/login', 500),
    ...times(4, (n) => exchanged('GET', '/cart', 200, 10, { id: n, lines: [{ qty: 1, note: null }], total: 5 })),
    ...times(2, (n) => exchanged('PUT', '/cart', 200, 10, { ok: true, [`opt${n}`]: 1 }, { qty: 1, gift: false })),
    ...times(2, () => exchanged('GET', '/users/ada', 200, 10, [])),
  ])
  har('failed.har', [
    ...same,
    ...times(4, (n) => exchanged('GET', `/orders/${n + 10}`, n === 0 ? 200 : 401)),
    ...times(5, () => exchanged('GET', '/slow', 200, 900)),
    exchanged('POST', '/fresh', 201),
    exchanged('POST', '/login', 200),
    ...times(4, (n) => exchanged('GET', '/cart', 200, 10, { id: n, lines: [{ qty: '1', note: 'x' }], sum: 5 })),
    ...times(2, () => exchanged('PUT', '/cart', 200, 10, { ok: true }, { qty: '1' })),
    ...times(2, () => exchanged('GET', '/users/ada', 200, 10, [{ name: 'Ada' }])),
  ])
  await call(importCommand, ['worked.har', 'failed.har'], 'sessions')
  const listed = await call(sessions, [], 'sessions')
  t.match(listed.stdout, /^\w{16} .* 22 {2}failed\.har\n\w{16} .* 22 {2}worked\.har\n$/)
  const compared = await call(sessions, ['compare', 'worked'], 'sessions')
  t.same(
    compared.stdout
      .split('\n\n')[1]
      ?.trim()
      .split('\n')
      .map((line) => line.replace(/ +/g, ' ').replace(/ [a-z]+\/[a-z-]+$/, '')),
    [
      '✖ fails now GET api.test/orders/{} 200 ×4 → 401 ×3, 200',
      '+ only after POST api.test/fresh no call → 201',
      '− only before DELETE api.test/old 204 → no call',
      '~ findings GET api.test/cart no finding → schema/response-type-changed ×2; response /lines/*/note: null → string, response /lines/*/qty: number → string, response +/sum, response −/total',
      '~ content PUT api.test/cart request −/gift, request /qty: number → string',
      '✔ works now POST api.test/login 500 → 200',
      '▲ slower GET api.test/slow 20 ms → 900 ms',
      '7 endpoints differ, 2 do not.',
    ],
  )
  const { differences } = JSON.parse(
    (await call(sessions, ['compare', 'worked', 'failed', '--json'], 'sessions')).stdout,
  )
  t.match(differences[0], { kind: 'fails now', before: { failures: 0 }, after: { failures: 3, count: 4 } })
  t.match(await call(sessions, ['compare', 'har'], 'sessions'), { status: 1, stderr: /"har" fits 2 sessions/ })
  t.match(await call(sessions, ['compare'], 'sessions'), { status: 2 })
  t.match(await call(sessions, ['delete', 'nothing'], 'sessions'), {
    status: 1,
    stderr: /There is no session "nothing"/,
  })
  t.match(await call(sessions, ['delete', 'worked.har'], 'sessions'), {
    stderr: /worked\.har is deleted with 22 exchanges/,
  })
  t.match(await call(sessions, ['--json'], 'sessions'), { stdout: /^\{"id":[^\n]*"failed\.har"[^\n]*\}\n$/ })
  t.match(await call(sessions, [], 'nowhere'), { status: 0, stderr: /nothing has been captured/ })
})

/** The real program, in a process of its own. */
function telltale(args: string[], home: string) {
  const child = spawn(process.execPath, [join(root, 'src/main.ts'), ...args], {
    cwd: dir,
    env: { ...process.env, TELLTALE_HOME: join(dir, home) },
  })
  const parts = { stdout: '', stderr: '' }
  child.stdout.on('data', (part: Buffer) => (parts.stdout += part.toString()))
  child.stderr.on('data', (part: Buffer) => (parts.stderr += part.toString()))
  const ended = new Promise<Result>((resolve) =>
    child.on('close', (status) => resolve({ status: status ?? -1, ...parts, octets: Buffer.alloc(0) })),
  )
  return { child, parts, ended }
}

t.test('the commands that docs/formats.md shows do what it says', async (t) => {
  const text = readFileSync(join(root, 'docs/formats.md'), 'utf8')
  const commands = (/```sh\n([\s\S]*?)```/.exec(text)?.[1] ?? '')
    .split('\n')
    .filter((line) => line.startsWith('telltale '))
  t.equal(commands.length, 4)
  const folder = t.testdir({
    'capture.har': JSON.stringify({ log: { entries: entries.slice(0, 2) } }),
    'recording.ndjson.gz': gzipSync(
      '{"request":{"method":"GET","url":"https://api.test/x"},"response":{"status":200,"headers":[]}}\n',
    ),
  })
  const main = `"${process.execPath}" "${join(root, 'src/main.ts')}"`
  for (const command of commands) {
    // jq need not be here: cat reads as well.
    const line = command.replace(/ +#.*$/, '').replace(/\| jq .*$/, '| cat')
    const script = `telltale() { ${main} "$@"; }; set -eo pipefail; ${line}`
    const env = { ...process.env, TELLTALE_HOME: join(dir, 'home') }
    const { status, stderr } = await ran('bash', ['-c', script], { cwd: folder, env, timeoutMs: 100_000 })
    t.equal(status, 0, `${line}: ${stderr}`)
  }
  t.ok(readdirSync(folder).includes('failed.har'))
  const shown = JSON.parse(readFileSync(join(folder, 'one.har'), 'utf8')) as { log: { entries: unknown[] } }
  t.equal(shown.log.entries.length, 1)
})

t.test('an export that is ended half-way leaves no piece of a file', async (t) => {
  const ending = telltale(['export', '-o', 'ended.har'], 'home')
  const left = () => readdirSync(dir).filter((name) => name.startsWith('ended.har'))
  for (let i = 0; i < 2000 && left().length === 0; i++) await new Promise((resolve) => setTimeout(resolve, 5))
  ending.child.kill('SIGINT')
  await ending.ended
  t.same(
    left().filter((name) => name !== 'ended.har'),
    [],
  )
})

t.test('a reader that has seen enough is no error', async (t) => {
  const child = spawn(
    'sh',
    [
      '-c',
      `"${process.execPath}" "${root}/src/main.ts" list -n 0 --json | head -1; "${process.execPath}" "${root}/src/main.ts" export -o - | head -c 10 >/dev/null`,
    ],
    { cwd: dir, env: { ...process.env, TELLTALE_HOME: join(dir, 'home') } },
  )
  let stderr = ''
  let stdout = ''
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()))
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()))
  const status = await new Promise((resolve) => child.on('close', resolve))
  t.equal(status, 0)
  t.equal(stderr, '')
  t.equal(JSON.parse(stdout).method, 'GET')
})

t.test('an import that is killed half-way leaves nothing', async (t) => {
  const whole = `${entries.map((entry) => JSON.stringify({ recorded_at: entry.startedDateTime, request: { method: 'GET', url: entry.request.url, headers: [] }, response: { status: 200, headers: [] } })).join('\n')}\n`
  const child = telltale(['import', '-'], 'killed')
  child.child.stdin.write(whole)
  const file = join(dir, 'killed', 'captures.db')
  const stored = (): number => {
    const store = openReadOnly(join(dir, 'killed'))
    const { length } = store.ids(undefined)
    store.close()
    return length
  }
  const begun = () => {
    try {
      return existsSync(file) && stored() > 0
    } catch {
      return false // its tables are being made
    }
  }
  for (let i = 0; i < 600 && !begun(); i++) await new Promise((resolve) => setTimeout(resolve, 50))
  child.child.kill('SIGKILL')
  await child.ended
  t.ok(stored() > 0, 'some had been written')
  t.match(await call(list, [], 'killed'), { status: 0, stdout: '', stderr: /nothing matches/ })
  t.equal(stored(), 0)
})

t.test('with and without a running Telltale the commands say the same, and replay sends again', async (t) => {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers['x-mode'] ?? ''}`)
    response.writeHead(request.headers['x-mode'] === 'good' ? 200 : 401, { 'Content-Type': 'application/json' })
    response.end('{"ok":true}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/replayed`
  writeFileSync(
    join(dir, 'one.har'),
    JSON.stringify({
      log: {
        entries: [
          {
            startedDateTime: '2026-01-01T00:00:00Z',
            request: { method: 'GET', url, headers: [{ name: 'X-Mode', value: 'bad' }] },
            response: { status: 401, content: {} },
          },
        ],
      },
    }),
  )
  await call(importCommand, ['one.har'], 'live')
  const alone = await telltale(['replay', 'last', '--json'], 'live').ended
  t.match(alone, { status: 0 }, alone.stderr)
  t.match(JSON.parse(alone.stdout), { status: 401, origin: 'replay' })
  const before = (await call(list, ['--json', '-n', '0'], 'live')).stdout
  const running = telltale(['start', '--json', '--port', '0', '--ui-port', '0'], 'live')
  t.teardown(() => running.child.kill())
  while (!running.parts.stdout.includes('\n') && running.child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 50))
  t.match(running.parts.stdout, /"event":"ready"/, running.parts.stderr)
  t.equal((await call(list, ['--json', '-n', '0'], 'live')).stdout, before)
  t.match(await call(list, ['status:('], 'live'), { status: 2, stderr: /status/ })
  const kept = (await call(sessions, ['--json'], 'live')).stdout.trim().split('\n')
  t.ok(kept.map((line) => JSON.parse(line).name).includes('one.har'))
  t.match(await call(list, ['body:ok'], 'live'), { status: 0, stdout: /^.* 401 .*\n$/ })
  const fixed = await telltale(['replay', 'last', '-H', 'X-Mode: good'], 'live').ended
  t.match(fixed, { status: 0, stdout: /GET +200/ }, fixed.stderr)
  t.same(seen, ['GET /replayed bad', 'GET /replayed good'])
  t.equal((await call(show, ['last', '--body'], 'live')).stdout, '{"ok":true}')
  t.match(await call(importCommand, ['failed.ndjson'], 'live'), { status: 0, stderr: /5 exchanges imported/ })
  t.match(await call(importCommand, ['noise.har'], 'live'), { status: 1, stderr: /was not imported: [^\n]+\.\n/ })
  await call(exportCommand, ['status:500', '-o', 'live.ndjson', '--with-secrets'], 'live')
  t.equal(readFileSync(join(dir, 'live.ndjson'), 'utf8'), readFileSync(join(dir, 'failed.ndjson'), 'utf8'))
  running.child.kill('SIGTERM')
  await running.ended
})
