// `telltale check` on real files and on the traffic of a real command: what it prints, in which form, and how it ends.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { run as checkCommand } from '../../src/cli/check.ts'
import { exampleJwt } from '../../src/diagnose/example-jwt.ts'

const root = join(import.meta.dirname, '../..')
const dir = mkdtempSync(join(tmpdir(), 'telltale-check-'))
t.teardown(() => rmSync(dir, { recursive: true, force: true }))

const expired = exampleJwt({ iat: -7200, exp: -720 })
const base64 = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64')
const json = [
  ['Content-Type', 'application/json'],
  ['Date', 'Mon, 01 Jun 2026 12:00:00 GMT'],
  ['Server', 'test'],
]

const line = (status: number, answer: unknown, headers: string[][] = [], url = 'https://api.test/orders') =>
  JSON.stringify({
    recorded_at: '2026-06-01T12:00:00Z',
    request: { method: 'GET', url, headers, body_b64: '' },
    response: { status, reason: status === 200 ? 'OK' : 'Unauthorized', headers: json, body_b64: base64(answer) },
  })

writeFileSync(
  join(dir, 'calls.ndjson'),
  [
    line(200, { id: 1 }),
    line(401, { error: 'nope' }, [['Authorization', `Bearer ${expired}`]]),
    'not json',
    line(200, { ok: false, error: 'channel_not_found' }, [], 'https://chat.test/post?api_key=abcdefghijklmnopqrstuvw'),
  ].join('\n'),
)
writeFileSync(
  join(dir, 'calls.har'),
  JSON.stringify({
    log: {
      version: '1.2',
      creator: { name: 'test', version: '1' },
      entries: [
        {
          startedDateTime: '2026-06-01T12:00:00.000Z',
          time: 12,
          request: {
            method: 'POST',
            url: 'https://api.test/orders',
            httpVersion: 'HTTP/1.1',
            headers: [{ name: 'Content-Type', value: 'application/json' }],
            queryString: [],
            cookies: [],
            headersSize: -1,
            bodySize: 9,
            postData: { mimeType: 'application/json', text: '{"a": 1,}' },
          },
          response: {
            status: 400,
            statusText: 'Bad Request',
            httpVersion: 'HTTP/1.1',
            headers: json.map(([name, value]) => ({ name, value })),
            cookies: [],
            content: { size: 24, mimeType: 'application/json', text: '{"message":"bad <b>body"}' },
            redirectURL: '',
            headersSize: -1,
            bodySize: 24,
          },
          cache: {},
          timings: { send: 1, wait: 10, receive: 1 },
        },
      ],
    },
  }),
)
writeFileSync(join(dir, 'fine.ndjson'), line(200, { id: 1 }))
writeFileSync(join(dir, 'other.txt'), 'neither')

/** Runs the command in this process, as main.ts does: a refusal is its sentence and its exit status. */
async function check(...args: string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  const said = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof said) => {
    const through = new PassThrough()
    through.on('data', (part: Buffer) => {
      said[name] += part.toString()
    })
    return through as unknown as NodeJS.WriteStream
  }
  const environment = {
    cwd: dir,
    env: { PATH: process.env.PATH, TELLTALE_HOME: join(dir, 'home') },
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    version: '0',
    root,
    checkout: true,
  }
  try {
    const status = await checkCommand(args, environment)
    return { status, ...said }
  } catch (error) {
    const refused = error as Error & { exitStatus?: number }
    if (refused.exitStatus === undefined) throw error
    return { status: refused.exitStatus, stdout: said.stdout, stderr: `telltale: ${refused.message}\n` }
  }
}

t.test('text names the cause, quotes the server and shows no secret', async (t) => {
  const { status, stdout } = await check('calls.ndjson')
  t.equal(status, 1, 'an error reaches the default --fail-on')
  t.match(stdout, /^3 exchanges: 2 failures.*1 skipped/)
  t.match(stdout, /✖ The token had expired 12 min before this request {2}auth\/token-expired/)
  t.match(stdout, /server {2}“nope”/)
  t.match(stdout, /response\/error-in-success/)
  t.notMatch(stdout, expired.slice(20, 60))
  t.notMatch(stdout, 'abcdefghijklmnopqrstuvw')
  t.match(stdout, /calls\.ndjson, entry 2 was skipped/)
})

t.test(
  'a failure tells how it differs from the call that worked, and of several files which one it is in',
  async (t) => {
    const versions = ['2024-01', '2024-01', '2024-01', '2019-01'].map((version, index) =>
      line(index < 3 ? 200 : 400, { a: 1 }, [['X-Api-Version', version]], `https://api.test/v1/items/${index}`),
    )
    writeFileSync(join(dir, 'versions.ndjson'), versions.join('\n'))
    const { stdout } = await check('calls.har', 'versions.ndjson')
    t.match(stdout, /entry 3 of versions\.ndjson/)
    t.match(stdout, /also {4}The only difference from the call that worked .* is the header X-Api-Version/)
    t.match(stdout, /request\.header X-Api-Version of the other call: 2024-01/)
    t.match(stdout, /^5 exchanges: 2 failures, 0 warnings, 0 notes/, 'what stands below a failure is not counted again')
  },
)

t.test('a dash is standard input', async (t) => {
  const { stdout, status } = spawnSync(process.execPath, [join(root, 'src', 'main.ts'), 'check', '-'], {
    input: readFileSync(join(dir, 'calls.har')),
    encoding: 'utf8',
  })
  t.equal(status, 1)
  t.match(stdout, /request\/malformed-json/)
})

t.test('JSON is for programs: entries, levels, fixes, a summary', async (t) => {
  const { stdout } = await check('--format', 'json', 'calls.ndjson', 'calls.har')
  const report = JSON.parse(stdout)
  t.equal(report.exchanges, 4)
  const primary = report.findings.filter((finding: { primary: boolean }) => finding.primary)
  t.strictSame(
    primary.map((finding: { ruleId: string; file: string; entry: number }) => [
      finding.ruleId,
      finding.file,
      finding.entry,
    ]),
    [
      ['auth/token-expired', 'calls.ndjson', 1],
      ['response/error-in-success', 'calls.ndjson', 3],
      ['request/malformed-json', 'calls.har', 0],
    ],
  )
  t.match(primary[2], {
    level: 'error',
    fix: { kind: 'complete' },
    evidence: [{ location: { at: 'request.body', line: 1, column: 8 } }],
  })
  t.match(report.summary, { failures: 3, skipped: [{ entry: 2 }] })
  t.notMatch(stdout, expired.slice(20, 60))
})

t.test('Markdown holds no markup of the capture', async (t) => {
  const { stdout } = await check('--format', 'markdown', 'calls.har')
  t.match(stdout, /^# Diagnosis\n\n1 exchange: 1 failure/)
  t.match(stdout, /\*\*Fix:\*\*/)
  t.notMatch(stdout, '<b>')
})

t.test('--fail-on and --mute decide the exit status', async (t) => {
  t.equal((await check('fine.ndjson')).status, 0)
  t.equal((await check('--fail-on', 'none', 'calls.har')).status, 0)
  t.equal((await check('--mute', 'request/*', '--mute', 'diagnosis/*', 'calls.har')).status, 0)
})

t.test('what is not called right is one sentence and 2', async (t) => {
  for (const [args, sentence] of [
    [['missing.har'], /^telltale: There is no file missing\.har\.\n$/],
    [['other.txt'], /^telltale: other\.txt is neither HAR nor NDJSON\.\n$/],
    [['.'], /^telltale: \. is not a file\.\n$/],
    [[], /^telltale: Name a HAR or NDJSON file/],
    [['--format', 'xml', 'fine.ndjson'], /^telltale: --format is one of text, json, markdown/],
    [['--fail-on', 'bad', 'fine.ndjson'], /^telltale: --fail-on is one of/],
  ] as const) {
    const { status, stderr, stdout } = await check(...args)
    t.equal(status, 2, args.join(' '))
    t.match(stderr, sentence)
    t.equal(stdout, '')
  }
})

t.test('a command is run through the proxy and its traffic diagnosed', async (t) => {
  const origin = createServer((_request, response) =>
    response.writeHead(500, { 'Content-Type': 'application/json' }).end('{"message":"the database is gone"}'),
  )
  await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done))
  t.teardown(() => origin.close())
  const { port } = origin.address() as AddressInfo
  const { status, stdout } = await check(
    '--port',
    '0',
    '--ui-port',
    '0',
    '--',
    'curl',
    '-s',
    '-o',
    '/dev/null',
    `http://127.0.0.1:${port}/orders`,
  )
  t.equal(status, 1)
  t.match(stdout, /1 exchange: 1 failure/)
  t.match(stdout, /the database is gone/)
})
