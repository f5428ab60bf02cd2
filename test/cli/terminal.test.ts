// On a terminal: lines that fit, colour as wanted, results while a search runs, and nothing captured that steers it.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { Row } from '../../src/api/row.ts'
import { run as exportCommand } from '../../src/cli/export.ts'
import { run as importCommand } from '../../src/cli/import.ts'
import { run as list } from '../../src/cli/list.ts'
import { rowsAsFound } from '../../src/cli/rows-as-found.ts'
import { run as sessions } from '../../src/cli/sessions.ts'
import { run as show } from '../../src/cli/show.ts'
import { createTable } from '../../src/cli/table.ts'
import { columnsOf, cutTo, fitTo, painter, safeLine } from '../../src/cli/terminal-text.ts'
import { parseFilter } from '../../src/filter/parse-filter.ts'
import { formats } from '../../src/formats/formats.ts'
import { openReader } from '../../src/store/open-reader.ts'
import { openStore } from '../../src/store/open-store.ts'
import { batchOf, entryOf, idOf } from '../store/entries.ts'
import { telltale } from '../support/telltale.ts'
import { caller } from './caller.ts'

const dir = mkdtempSync(join(tmpdir(), 'telltale-terminal-'))
t.teardown(() => rmSync(dir, { recursive: true, force: true }))
const call = caller(dir)

const plain = (text: string) => text.replace(/\u001b\[\d+m/g, '')

t.test('characters are counted as the columns they take', async (t) => {
  t.same(['abc', 'größe', '日本語', 'e\u0301', '👍', '｡', '한글', ''].map(columnsOf), [3, 5, 6, 1, 2, 1, 4, 0])
  t.equal(cutTo('日本語', 5), '日本…')
  t.equal(cutTo('日本語', 6), '日本語')
  t.equal(cutTo('日本語', 4), '日…')
  t.equal(cutTo('abc', 1), '…')
  t.equal(cutTo('abc', 0), '')
  t.equal(fitTo('日本', 6), '日本  ')
  t.equal(fitTo('👍👍', 3), '👍…')
})

t.test('colour: where a person watches, unless NO_COLOR or TERM=dumb; FORCE_COLOR decides', async (t) => {
  const painted = (isTTY: boolean, env: Record<string, string>) => painter({ isTTY }, env)('red', 'x') !== 'x'
  t.same(
    [{}, { NO_COLOR: '1' }, { NO_COLOR: '' }, { TERM: 'dumb' }, { FORCE_COLOR: '0' }].map((env) =>
      painted(true, env as Record<string, string>),
    ),
    [true, false, true, false, false],
  )
  t.same(
    [{}, { TERM: 'xterm' }, { FORCE_COLOR: '1' }, { FORCE_COLOR: '' }, { FORCE_COLOR: 'false' }].map((env) =>
      painted(false, env as Record<string, string>),
    ),
    [false, false, true, true, false],
  )
})

t.test('a list fits into the terminal, however narrow, and names every exchange whole', async (t) => {
  const row = (number: number, more: Partial<Row>): Row => ({ ...entryOf(number, { finding: {} }).row, ...more })
  const brief = 'Token expired 12 min ago'
  const rows = [
    row(1, { path: `/${'long/'.repeat(60)}`, startedDateTime: '2020-01-01T00:00:00.000Z' }),
    row(2, { path: '/検索/ページ'.repeat(9), mimeType: 'application/vnd.something.of.its.own+json' }),
    row(3, { outcome: 'failed', failure: 'ERR_TLS_CERT_ALTNAME_INVALID', method: 'PROPPATCH' }),
    row(4, {
      primary: { ruleId: 'auth/token-expired', title: brief, brief, level: 'error' },
      responseSize: 123_456_789,
    }),
  ]
  for (const width of [200, 120, 80, 60, 50, 40]) {
    const lines = createTable(painter({ isTTY: true }, {}), width)(rows, Date.now()).map(plain)
    for (const line of lines) t.ok(columnsOf(line) <= width, `${width}: ${line}`)
    t.same(
      lines.map((line) => line.split(' ')[0]),
      rows.map(({ id }) => id),
    )
    if (width >= 60) t.match(lines[3], /✖ Token e/)
  }
  const [wide, narrow] = [120, 80].map(
    (width) => createTable((_, text) => text, width)(rows.slice(0, 1), Date.now())[0],
  )
  t.match([wide, narrow], [/ 2020-01-01 \d\d:\d\d:\d\d .* json /, / POST {2}\d{3} {2}auth\.example\.com/])
  const table = createTable((_, text) => text)
  const [first] = table(rows.slice(0, 1), 0)
  t.ok(first?.includes(rows[0]?.path ?? '-'), 'in a pipe nothing is cut')
  const later = table([row(5, { path: '/', startedDateTime: '2020-01-01T00:00:00.000Z' })], 0)
  t.equal(later[0]?.indexOf('auth.'), first?.indexOf('auth.'), 'what comes later stands under what came before')
})

t.test('a search is listed while it runs: newest first, each once, as many as asked for', async (t) => {
  const dataDir = join(dir, 'many')
  mkdirSync(dataDir)
  const store = openStore({
    dataDir,
    maxStore: 1 << 30,
    maxExchanges: 1e5,
    durable: false,
    version: '0',
    now: Date.now,
  })
  store.begin({ id: 's1', name: 'many', startedDateTime: '2026-01-01T00:00:00.000Z', kind: 'import' })
  const numbers = Array.from({ length: 3_000 }, (_, n) => n)
  store.write(batchOf(numbers, (n) => ({ body: `{"n":${n},"rest":"${n % 3}"}` })))
  store.end('s1')
  store.close()
  const parsed = parseFilter('body:/rest.:.1/')
  if ('error' in parsed) throw new Error(parsed.error.message)
  const wanted = numbers
    .filter((n) => n % 3 === 1)
    .map(idOf)
    .toReversed()
  const reader = openReader(dataDir)
  for (const limit of [0, 1, 7, 999, 1_000, 5_000]) {
    const seen: string[] = []
    for await (const rows of rowsAsFound((page) => reader.rows({ ...page, filter: parsed.filter }, 1), limit))
      seen.push(...rows.map(({ id }) => id))
    t.same(seen, limit === 0 ? wanted : wanted.slice(0, limit), `limit ${limit}`)
  }
  await reader.close()
  const listed = await call(list, ['-n', '0', '--json', 'body:/rest.:.1/'], 'many')
  t.same(
    listed.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).id),
    wanted,
  )
  t.match(await call(list, ['-n', '5', 'body:/rest.:.1/'], 'many'), {
    stderr: /^telltale: (5 of 1000|the newest 5); --limit 0 lists all\.\n$/,
  })
  t.match(await call(list, ['-n', '5', 'status:4xx'], 'many'), {
    stderr: /^telltale: 5 of 1125; --limit 0 lists all\.\n$/,
  })
  t.same(
    readdirSync(dataDir).filter((name) => /lock|-wal|-shm/.test(name)),
    [],
    'nothing is left behind',
  )
})

/** OSC, CSI as two octets and as one character, bell, backspace, carriage return, bidirectional and zero-width characters. */
const steering = '\u001b]0;owned\u0007\u001b[2J\u009b31m\u009d0;x\u009c\b\r\u202egnp\u2066\u200b\ufeff'
const name = `x${steering.replaceAll('\u0000', '')}y.ndjson`

t.test('nothing captured steers the terminal, whatever is shown of it', async (t) => {
  const base64 = (text: string) => Buffer.from(text).toString('base64')
  const line = {
    recorded_at: '2026-01-01T00:00:00Z',
    request: {
      method: 'POST',
      url: 'https://api.test/steer?q=1',
      headers: [
        ['X-Steer', steering],
        ['Content-Type', `text/plain; x="${steering}"`],
      ],
      body_b64: base64(`asked ${steering}`),
    },
    response: {
      status: 500,
      reason: `Broken ${steering}`,
      headers: [
        ['Content-Type', 'text/plain'],
        ['X-Answer', steering],
      ],
      body_b64: base64(`answered ${steering} {"error":"${steering}"}`),
    },
    messages: [{ from: 'server', at: 1, opcode: 'text', data: steering, size: steering.length }],
  }
  writeFileSync(join(dir, name), `${JSON.stringify(line)}\n{"request":{"method":${JSON.stringify(steering)}}}\n`)
  const told = [await call(importCommand, [name], 'steered', 80)]
  t.equal(told[0]?.status, 0)
  for (const args of [[], ['--json'], ['--with-secrets']]) {
    told.push(await call(list, args, 'steered', 100))
    told.push(await call(show, ['last', ...args], 'steered', 100))
  }
  for (const part of ['--headers', '--body', '--har'])
    told.push(await call(show, ['last', part, '--with-secrets'], 'steered', 100))
  told.push(await call(show, ['last', '--body', '--request'], 'steered', 100))
  for (const { id, write } of formats)
    if (write) told.push(await call(exportCommand, ['-o', '-', '--format', id, '--with-secrets'], 'steered', 100))
  told.push(await call(sessions, [], 'steered', 100), await call(sessions, ['--json'], 'steered', 100))
  told.push(
    await call(list, [`"${steering}"`], 'steered', 100),
    await call(list, [`status:${steering}`], 'steered', 100),
  )
  t.ok(told.length > 25)
  for (const { stdout, stderr } of told)
    t.notMatch(
      plain(`${stdout}${stderr}`).replaceAll('\r\u001b[2K', ''),
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e\u2066\u200b\ufeff]/,
      safeLine(`${stdout}${stderr}`).slice(0, 60),
    )
  t.match((await call(show, ['last', '--body'], 'steered')).octets.toString(), steering, 'a pipe gets the octets')
  const refused = await telltale(['show', steering], { env: { TELLTALE_HOME: join(dir, 'steered') } })
  t.equal(refused.status, 1)
  t.notMatch(refused.stderr, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2066\u200b]/)
  t.match(await telltale([`no${steering}`]), {
    status: 2,
    stderr: /^telltale: there is no command "no\\x1b\]0;owned\\x07.*"; "telltale help" lists them\.\n$/,
  })
})

t.test('a progress line keeps to one line, and to terminals that can draw it again', async (t) => {
  const long = `${'long-name-'.repeat(12)}.ndjson`
  writeFileSync(
    join(dir, long),
    `${JSON.stringify({ request: { method: 'GET', url: 'http://a.test/', headers: [] }, response: { status: 200, headers: [] } })}\n`,
  )
  const drawn = (await call(importCommand, [long], 'drawn', 30)).stderr.split('\r\u001b[2K').slice(1, -1)
  t.ok(drawn.length > 0)
  for (const one of drawn) t.ok(columnsOf(one) < 30, one)
  t.notMatch((await call(importCommand, [long], 'drawn', 30, { TERM: 'dumb' })).stderr, /\u001b|█/)
})

t.test(
  'what cannot be done is said in one sentence, with 2 for a mistake in the command and 1 for the rest',
  async (t) => {
    const folder = join(dir, 'folder')
    mkdirSync(folder)
    writeFileSync(join(dir, 'file'), '')
    const refusals: [Parameters<typeof call>[0], string[], number, RegExp, string?][] = [
      [list, ['--nope'], 2, /^There is no option --nope here; --help lists what there is\.$/],
      [list, ['-n', 'many'], 2, /^--limit takes a whole number, not "many"\.$/],
      [list, ['-n'], 2, /^--limit needs a value\.$/],
      [list, ['status:('], 2, /^status takes a status such as [^\n]*\n {2}status:\(\n {9}\^$/],
      [list, ['body:"日本', 'x'], 2, /^This quote is not closed\n {2}body:"日本 x\n {7}\^$/],
      [list, ['日本', '(a'], 2, /^This parenthesis is not closed\n {2}日本 \(a\n {7}\^$/],
      [list, [`${'a '.repeat(99)}(`], 2, /^Something must follow \(\n {2}…(a ){30}\(\n {63}\^$/],
      [show, [], 2, /^Say which exchange: telltale show ID\.$/],
      [show, ['last', '--har', '--body'], 2, /^--body and --har do not go together\.$/],
      [show, ['last', '--request'], 2, /^--request goes with --body\.$/],
      [show, ['nope'], 1, /^There is no exchange "nope"; "telltale list" prints the ids\.$/],
      [exportCommand, [], 2, /^Say where to: /],
      [exportCommand, ['-o', 'folder'], 1, /^folder is a folder: say which file in it\.$/],
      [
        exportCommand,
        ['-o', 'file/x.har'],
        1,
        /^file\/x\.har cannot be written: a file stands in the place of its folder\.$/,
      ],
      [importCommand, [], 2, /^Say what to import: telltale import FILE…$/],
      [importCommand, ['folder'], 2, /^folder is a folder\.$/],
      [
        importCommand,
        [name],
        1,
        /^The data directory \S+file cannot be used: it is not a folder\. Choose another with --data-dir\.$/,
        'file',
      ],
      [sessions, ['nope'], 2, /^"telltale sessions" takes compare or delete, not "nope"\.$/],
      [sessions, ['delete', 'nope'], 1, /^There is no session "nope"; "telltale sessions" lists them\.$/],
      [sessions, ['compare', 'steer'], 1, /^There is no session "steer"; /],
    ]
    for (const [command, args, status, sentence, home = 'steered'] of refusals) {
      const said = await call(command, args, home)
      t.match(said, { status, stdout: '', stderr: sentence }, safeLine(args.join(' ')))
    }
  },
)

t.test(
  'a filter on the command line: a minus needs no --, and words are looked for everywhere when asked',
  async (t) => {
    const ids = async (...args: string[]) =>
      (await call(list, [...args, '--json', '-n', '0'], 'many')).stdout
        .split('\n')
        .filter(Boolean)
        .map((row) => JSON.parse(row).id)
    t.same(
      await ids('status:2xx', '-status:200', '-method:GET,PUT'),
      await ids('status:2xx -status:200 -method:GET,PUT'),
    )
    t.same(
      await ids('-larger-than:1k', 'OR', '-domain=api.example.com', '-n', '0'),
      await ids('-larger-than:1k OR -domain=api.example.com'),
    )
    t.same(await ids('--', '-things'), [])
    t.same(await ids('req-2999'), [])
    t.same(await ids('req-2999', '--everywhere'), [idOf(2999)])
    t.same(await ids('"rest\\":\\"2"', 'status:500', '--everywhere'), await ids('body:"rest\\":\\"2" status:500'))
    t.match(await call(exportCommand, ['req-2999', '--everywhere', '-o', 'one.har'], 'many'), {
      status: 0,
      stderr: /^telltale: 1 exchange written/,
    })
  },
)

t.test(
  'Ctrl-C ends a replay that is not answered: the exchange is kept as interrupted, and nothing else stays',
  async (t) => {
    const asked = Promise.withResolvers<void>()
    const silent = createServer(() => asked.resolve())
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    t.teardown(() => silent.close())
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/silent`
    writeFileSync(join(dir, 'silent.sh'), `curl ${url}\n`)
    t.equal((await call(importCommand, ['silent.sh'], 'left')).status, 0)
    const home = join(dir, 'left')
    const child = spawn(process.execPath, [join(import.meta.dirname, '../../src/main.ts'), 'replay', 'last'], {
      env: { ...process.env, TELLTALE_HOME: home },
      stdio: 'ignore',
    })
    const ended = new Promise((resolve) => child.once('close', resolve))
    await asked.promise
    child.kill('SIGINT')
    t.equal(await ended, 130)
    const [row] = (await call(list, ['--json'], 'left')).stdout.split('\n').map((line) => line && JSON.parse(line))
    t.match(row, { url, origin: 'replay', outcome: 'failed', failure: 'INTERRUPTED' })
    t.same(
      readdirSync(home).filter((file) => /lock|-wal|-shm/.test(file)),
      [],
    )
  },
)

t.test('a list that nobody reads to its end (| less) keeps nobody from the store', async (t) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../src/main.ts'), 'list', '-n', '0', '--json'], {
    env: { ...process.env, TELLTALE_HOME: join(dir, 'many') },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise((resolve) => child.once('close', resolve))
  await new Promise((resolve) => child.stdout.once('readable', resolve))
  t.match(await call(list, ['-n', '1'], 'many'), { status: 0, stdout: /^\w{16} .*\n$/ })
  let text = ''
  child.stdout.on('data', (part: Buffer) => (text += part.toString()))
  t.equal(await ended, 0)
  t.equal(text.trim().split('\n').length, 3_000)
})
