// `telltale run` and `env`: what a child gets, what it never gets, attaching to a running Telltale, signals, and quoting by shell.
import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import t from 'tap'
import { captureVariables, withoutNpm, writeBundle } from '../../src/cli/child-environment.ts'
import { summarize } from '../../src/cli/run-summary.ts'
import { painter } from '../../src/cli/terminal-text.ts'
import { loadAuthority } from '../../src/proxy/authority.ts'
import { run } from '../support/programs.ts'
import { root, startTelltale, telltale, temporaryFolder } from '../support/telltale.ts'

const main = join(root, 'src', 'main.ts')
/** A file that is no program. */
const noProgram = () => join(root, 'LICENSE')
const fresh = () => ['--port', '0', '--ui-port', '0', '--data-dir', temporaryFolder('run')]

t.test('what is set sends traffic to the proxy and adds trust; nothing switches verification off', async (t) => {
  const variables = captureVariables('http://127.0.0.1:8080', '/ca.pem', '/bundle.pem', false)
  for (const name of ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy', 'ALL_PROXY'])
    t.equal(variables[name], 'http://127.0.0.1:8080')
  for (const name of ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'GIT_SSL_CAINFO', 'DENO_CERT'])
    t.equal(variables[name], '/bundle.pem')
  t.match(variables, { NODE_EXTRA_CA_CERTS: '/ca.pem', NO_PROXY: '', no_proxy: '', NODE_USE_ENV_PROXY: '1' })
  t.notOk('NO_PROXY' in captureVariables('http://x', '/ca', '/b', true))
  for (const name of Object.keys(variables)) t.notMatch(name, /REJECT_UNAUTHORIZED|NO_VERIFY|INSECURE|SSLVERIFY|TOKEN/i)
})

t.test('npm’s traces are undone, the user’s own stay', async (t) => {
  const path = [
    '/project/node_modules/.bin',
    '/usr/lib/node_modules/npm/node_modules/@npmcli/run-script/lib/node-gyp-bin',
    '/usr/bin',
  ].join(delimiter)
  const env = {
    npm_lifecycle_event: 'telltale',
    npm_package_name: 'telltale',
    npm_config_user_agent: 'x',
    NODE: '/n',
    INIT_CWD: '/here',
    COLOR: '1',
    HOME: '/home/u',
    PATH: path,
  }
  t.same(withoutNpm(env), { HOME: '/home/u', PATH: '/usr/bin' })
  const plain = { PATH: path, npm_config_registry: 'https://r.example' }
  t.same(withoutNpm(plain), plain, 'outside npm nothing is touched')
  const other = { PATH: path, npm_lifecycle_event: 'test', npm_package_name: 'shop', INIT_CWD: '/elsewhere' }
  t.same(withoutNpm(other), other, 'inside another package, npm’s variables are the user’s own')
})

t.test('the bundle holds each certificate once, however often it is written', async (t) => {
  const folder = temporaryFolder('bundle')
  const { caFile, caPem } = loadAuthority(join(folder, 'certs'))
  const company = loadAuthority(join(folder, 'company'))
  const env = { REQUESTS_CA_BUNDLE: company.caFile, SSL_CERT_FILE: folder, PIP_CERT: '/no/such/file' }
  const bundle = writeBundle(folder, caFile, env)
  const first = readFileSync(bundle, 'utf8')
  t.ok(first.startsWith(caPem.trim()), 'ours')
  t.ok(first.includes(company.caPem.trim()), "and the company's")
  t.ok(first.split('BEGIN CERTIFICATE').length > 50, "and the system's")
  // In a shell that was set up before, every variable names the bundle itself.
  writeBundle(folder, caFile, captureVariables('http://x', caFile, bundle, false))
  t.equal(readFileSync(bundle, 'utf8').length, first.length)
})

t.test('the child sees the variables, its own directory, and no token', async (t) => {
  const cwd = temporaryFolder('cwd')
  const env = { ...process.env, SSL_CERT_DIR: '/somewhere', NO_PROXY: 'localhost' }
  const script = 'console.log(JSON.stringify({ env: process.env, cwd: process.cwd() }))'
  const ran = await run(process.execPath, [main, 'run', ...fresh(), '--', process.execPath, '-e', script], { cwd, env })
  const child = JSON.parse(ran.stdout) as { env: Record<string, string>; cwd: string }
  t.equal(child.cwd, cwd)
  t.match(child.env, { HTTP_PROXY: /^http:\/\/127\.0\.0\.1:\d+$/, SSL_CERT_FILE: /ca-bundle\.pem$/, NO_PROXY: '' })
  t.notOk(child.env.SSL_CERT_DIR, 'a folder of certificates would defeat the bundle')
  t.notOk(child.env.NODE_TLS_REJECT_UNAUTHORIZED)
  t.match(ran.stderr, /no traffic was seen/)
})

t.test('stdin and stdout pass through; --verbose prints what is set', async (t) => {
  const ran = await run(process.execPath, [main, 'run', ...fresh(), '--verbose', '--', 'cat'], {
    input: 'in and out\n',
  })
  t.equal(ran.stdout, 'in and out\n')
  t.match(ran.stderr, /telltale: HTTP_PROXY=http/)
  t.equal(ran.status, 0)
})

t.test('--json: where everything is in the first line, the command’s own output, a summary in the last', async (t) => {
  const { status, stdout } = await telltale(['run', '--json', ...fresh(), '--', 'echo', 'hi'])
  t.equal(status, 0)
  const [ready = '', own, summary = ''] = stdout.split('\n')
  t.match(JSON.parse(ready), {
    event: 'ready',
    proxy: /^http:\/\/127\.0\.0\.1:\d+$/,
    ui: /^http:\/\/127\.0\.0\.1:\d+$/,
    token: /^[\w-]{43}$/,
    ca: /ca\.pem$/,
    dataDir: String,
    pid: Number,
    version: String,
  })
  t.equal(own, 'hi')
  t.match(JSON.parse(summary), { event: 'summary', exchanges: 0, failures: [] })
  const checked = await telltale(['check', '--json', ...fresh(), '--', 'true'])
  const [begun = '', report = '', rest] = checked.stdout.split('\n')
  t.match([JSON.parse(begun), JSON.parse(report), rest], [{ event: 'ready' }, { exchanges: 0, findings: [] }, ''])
})

t.test(
  'a command that cannot be run: one sentence, the status a shell would give, and nothing left running',
  async (t) => {
    const cases: [string, number, RegExp][] = [
      ['telltale-no-such-command', 127, /telltale: there is no command "telltale-no-such-command"\.\n$/],
      [noProgram(), 126, /cannot be run \(EACCES\)\.\n$/],
      ['', 2, /^telltale: Put -- before the command.+\n$/],
    ]
    for (const [command, wanted, what] of cases) {
      const { status, stderr } = await telltale(['run', ...fresh(), '--', command])
      t.equal(status, wanted, stderr)
      t.match(stderr, what)
    }
    t.match(await telltale(['check', ...fresh(), '--', '']), { status: 2, stderr: /^telltale: .+ is empty\.\n$/ })
  },
)

t.test('a signal to us reaches the child, and its end is ours', async (t) => {
  const child = spawn(
    process.execPath,
    [
      main,
      'run',
      ...fresh(),
      '--',
      'sh',
      '-c',
      'trap "echo stopped; exit 9" TERM; echo up; while :; do sleep 0.05; done',
    ],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  let text = ''
  const ended = new Promise((done) => child.on('exit', done))
  await new Promise<void>((done) =>
    child.stdout.on('data', (data) => {
      text += data
      if (text.includes('up')) done()
    }),
  )
  child.kill('SIGTERM')
  t.equal(await ended, 9)
  t.match(text, /stopped/)
})

t.test('it attaches to the Telltale that runs on the data directory', async (t) => {
  const origin = createServer((_request, response) => response.end('ok'))
  await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done))
  const product = await startTelltale()
  t.teardown(async () => {
    await product.stop()
    origin.close()
  })
  const url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}/attached`
  const script = `fetch(${JSON.stringify(url)}).then((r) => r.text()).then(console.log)`
  const ran = await telltale(['run', '--data-dir', product.dataDir, '--', process.execPath, '-e', script])
  t.equal(ran.stdout, 'ok\n', ran.stderr)
  t.match(ran.stderr, /1 exchange, 0 failures/)
  t.equal((await product.rows('path:/attached')).length, 1)
  t.equal((await product.call('GET', '/api/status')).status, 200, 'and leaves it running')

  const printed = await telltale(['env', '--data-dir', product.dataDir, '--shell', 'sh'])
  const shown = await run('sh', ['-c', `${printed.stdout}\necho "$HTTP_PROXY"`])
  t.equal(shown.stdout.trim(), product.proxy)
  const unset = await telltale(['env', '--unset', '--data-dir', product.dataDir, '--shell', 'sh'])
  t.equal((await run('sh', ['-c', `${printed.stdout}\n${unset.stdout}\necho "[$HTTP_PROXY]"`])).stdout.trim(), '[]')
  t.match(
    (await telltale(['env', '--shell', 'powershell', '--data-dir', product.dataDir])).stdout,
    /^\$env:HTTP_PROXY = 'http/,
  )
  // In a shell that is set up like this, our own commands still find the one that runs.
  const env = { HTTP_PROXY: product.proxy, http_proxy: product.proxy, NODE_USE_ENV_PROXY: '1', NO_PROXY: '' }
  const again = await telltale(['run', '--data-dir', product.dataDir, '--', process.execPath, '-e', script], { env })
  t.equal(again.stdout, 'ok\n', again.stderr)
  t.match(await telltale(['list', 'path:/attached', '--json', '--data-dir', product.dataDir], { env }), {
    status: 0,
    stdout: /^\{.+\}\n\{.+\}\n$/,
  })
  const opened = await telltale(['open', '--data-dir', product.dataDir], { env })
  const code = new URL(opened.stdout.trim()).hash.slice('#code='.length)
  t.match(await product.call('POST', '/api/token', { code }), { status: 200 })
})

t.test('env and open say so when none runs', async (t) => {
  for (const command of ['env', 'open']) {
    const { status, stderr } = await telltale([command, '--data-dir', temporaryFolder('none')])
    t.equal(status, 1)
    t.match(stderr, /^telltale: No Telltale runs on .+\n$/)
  }
})

t.test('the summary fits one screen, groups repeats, and captured text cannot steer the terminal', async (t) => {
  const row = {
    method: 'GET',
    host: 'api.example',
    path: '/x?\u001b[2J\u009b\u202e\u0007',
    status: 401,
    statusText: 'Unauthorized',
    outcome: 'complete',
    findings: { error: 1, warning: 0, note: 0 },
    primary: { ruleId: 'auth/x', title: 'No', brief: 'No', level: 'error' },
  } as never
  const options = { itself: 'telltale', kept: '/d', paint: painter({}, {}) }
  const text = summarize([row, row, row], options)
  t.match(text, /3 exchanges, 3 failures/)
  t.match(text, /"telltale start" shows them on the page/)
  t.match(
    summarize([row], { ...options, page: 'http://127.0.0.1:1' }),
    /Kept in \/d; http:\/\/127\.0\.0\.1:1 shows them/,
  )
  t.match(text, /\(3 times\)/)
  t.notMatch(text, /[\u001b\u009b\u202e\u0007]/)
  const watched = summarize([row], { ...options, paint: painter({ isTTY: true }, {}) })
  t.match(watched, /\u001b\[31m✖\u001b\[0m GET api\.example/)
  const many = Array.from({ length: 100 }, (_, i) => ({ ...(row as object), path: `/${i}` }) as never)
  t.ok(summarize(many, options).split('\n').length < 30)
})
