// Real clients through the real product: each gets its answer, and each call is recorded as what it was.
import { spawnSync } from 'node:child_process'
import { createHash, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { chromium } from 'playwright-core'
import t, { type Test } from 'tap'
import type { Row } from '../../src/api/row.ts'
import { type ApiOrigin, startApiOrigin } from '../support/api-origin.ts'
import { browserPath } from '../support/browser.ts'
import { type GitOrigin, startGitOrigin } from '../support/git-origin.ts'
import { has, lacks, pythonWith, type Ran, run } from '../support/programs.ts'
import { root, startTelltale, type Telltale, temporaryFolder } from '../support/telltale.ts'

let origin: ApiOrigin
let repositories: GitOrigin
let product: Telltale
const plain = createServer((request, response) => {
  request.resume()
  request.on('end', () => response.end(JSON.stringify({ method: request.method, raw: request.rawHeaders })))
})

t.before(async () => {
  await new Promise<void>((done) => plain.listen(0, '127.0.0.1', done))
  origin = await startApiOrigin()
  repositories = await startGitOrigin()
  product = await startTelltale({ args: ['--upstream-ca', origin.caFile, '--upstream-ca', repositories.caFile] })
})
t.teardown(async () => {
  await product.stop()
  await origin.close()
  repositories.close()
  plain.close()
  plain.closeAllConnections()
})

const client = (name: string) => join(root, 'test', 'support', 'real-clients', name)
const plainUrl = () => `http://127.0.0.1:${(plain.address() as AddressInfo).port}`

/** What programs that read the environment are given. */
function environment(): NodeJS.ProcessEnv {
  const { proxy, ca } = product
  return {
    ...process.env,
    HTTPS_PROXY: proxy,
    https_proxy: proxy,
    HTTP_PROXY: proxy,
    http_proxy: proxy,
    NO_PROXY: '',
    no_proxy: '',
    SSL_CERT_FILE: ca,
    REQUESTS_CA_BUNDLE: ca,
    PERL_LWP_SSL_CA_FILE: ca,
    NODE_EXTRA_CA_CERTS: ca,
    NODE_USE_ENV_PROXY: '1',
  }
}

type Expected = Partial<Pick<Row, 'method' | 'status' | 'protocol'>> & { readonly client: RegExp }

/** The one exchange whose URL holds `mark`, and that it was recorded as what the client did. */
async function recorded(t: Test, mark: string, expected: Expected): Promise<Row | undefined> {
  const [row, another] = await product.waitForRows(1, `url:"${mark}" is:complete`)
  t.match(row, { outcome: 'complete', ...expected }, `${mark} is recorded`)
  t.equal(another, undefined, `${mark} is recorded once`)
  return row
}

const curl = (...args: string[]): Promise<Ran> =>
  run('curl', ['-sS', '-x', product.proxy, '--cacert', product.ca, '-m', '15', ...args])

t.test('curl', async (t) => {
  if (lacks(t, 'curl', has('curl'))) return
  const version = ['-o', '/dev/null', '-w', '%{http_code} %{http_version}']
  const sent = /curl \d/

  await t.test('HTTP/1.1 and HTTP/2, as the client asks', async (t) => {
    t.equal((await curl('--http1.1', ...version, `${origin.url}/echo?curl-1.1`)).stdout, '200 1.1')
    t.equal((await curl('--http2', ...version, `${origin.url}/echo?curl-2.0`)).stdout, '200 2')
    t.equal((await curl('--http1.0', ...version, `${plainUrl()}/?curl-1.0`)).stdout.slice(0, 3), '200')
    await recorded(t, 'curl-1.1', { method: 'GET', status: 200, protocol: 'HTTP/1.1', client: sent })
    await recorded(t, 'curl-2.0', { method: 'GET', status: 200, protocol: 'HTTP/2', client: sent })
    await recorded(t, 'curl-1.0', { method: 'GET', status: 200, client: sent })
  })

  await t.test('two requests on one connection', async (t) => {
    const { stdout } = await curl('-w', '%{num_connects} ', `${plainUrl()}/?curl-first`, `${plainUrl()}/?curl-second`)
    t.match(stdout, /}1 .*}0 /s, 'the second needed no connection')
    await product.waitForRows(2, 'url:"curl-first" OR url:"curl-second"')
  })

  await t.test('a POST that waits for 100 Continue', async (t) => {
    const body = `{"note":"${'x'.repeat(2_000_000)}"}`
    const ran = await run(
      'curl',
      [
        ...['-sS', '-x', product.proxy, '--cacert', product.ca, '--http1.1', '-m', '20', '-o', '/dev/null'],
        ...['-w', '%{http_code} %{size_upload}', '-H', 'Expect: 100-continue', '--data-binary', '@-'],
        `${origin.url}/v1/orders?curl-expect`,
      ],
      { input: body },
    )
    t.equal(ran.stdout, `201 ${body.length}`, ran.stderr)
    const row = await recorded(t, 'curl-expect', { method: 'POST', status: 201, protocol: 'HTTP/1.1', client: sent })
    t.equal(row?.requestSize, body.length)
  })

  await t.test('an upload from stdin, in chunks', async (t) => {
    const body = '{"total":4580,"note":"no length is known"}'
    const upload = ['-T', '-', '-X', 'POST', '--http1.1', '-H', 'Content-Type: application/json']
    const args = ['-sS', '-x', product.proxy, '--cacert', product.ca, '-m', '15', ...upload]
    const ran = await run('curl', [...args, `${origin.url}/echo?curl-chunked`], { input: body })
    t.equal(JSON.parse(ran.stdout).body, body)
    t.match(JSON.parse(ran.stdout).headers, { 'transfer-encoding': 'chunked' })
    const row = await recorded(t, 'curl-chunked', { method: 'POST', status: 200, client: sent })
    t.equal(row?.requestSize, body.length, 'content is counted without its framing')
  })

  await t.test('fields for the proxy stay with the proxy', async (t) => {
    const args = ['--proxy-header', 'X-For-Proxy: 1', '-H', 'X-For-Origin: 1']
    const { stdout } = await curl(...args, `${origin.url}/echo?curl-fields`)
    t.match(JSON.parse(stdout).headers, { 'x-for-origin': '1' })
    t.notOk('x-for-proxy' in JSON.parse(stdout).headers)
  })

  await t.test('SOCKS5 with the name, resolved here', async (t) => {
    const { port } = new URL(product.proxy)
    const args = ['-sS', '--socks5-hostname', `127.0.0.1:${port}`, '--cacert', product.ca, '-m', '15', ...version]
    t.match((await run('curl', [...args, `${origin.url}/echo?curl-socks`])).stdout, /^200 /)
    await recorded(t, 'curl-socks', { method: 'GET', status: 200, client: sent })
  })

  await t.test('HEAD, and a range of a larger answer', async (t) => {
    t.equal((await curl('-I', ...version, `${origin.url}/v1/orders?curl-head`)).stdout, '200 2')
    await recorded(t, 'curl-head', { method: 'HEAD', status: 200, client: sent })
  })
})

t.test('wget', async (t) => {
  if (lacks(t, 'wget', has('wget'))) return
  const args = ['-q', '-O', '-', '-T', '15', '-t', '1', `--ca-certificate=${product.ca}`]
  const env = environment()
  t.match(await run('wget', [...args, `${origin.url}/v1/orders?wget-secure`], { env }), { status: 0, stdout: /ord_1/ })
  t.match(await run('wget', [...args, `${plainUrl()}/?wget-plain`], { env }), { status: 0, stdout: /"GET"/ })
  await recorded(t, 'wget-secure', { method: 'GET', status: 200, protocol: 'HTTP/1.1', client: /^Wget \d/ })
  await recorded(t, 'wget-plain', { method: 'GET', status: 200, protocol: 'HTTP/1.1', client: /^Wget \d/ })
})

for (const [module, name] of [
  ['requests', /^python-requests \d/],
  ['httpx', /^python-httpx \d/],
] as const)
  t.test(`Python ${module}`, async (t) => {
    const python = pythonWith(module)
    if (lacks(t, `python3-${module}`, python !== undefined) || !python) return
    const ran = await run(python, [client('client.py'), module, `${origin.url}/v1/orders`], { env: environment() })
    t.match(ran, { status: 0, stdout: /^200 .*ord_1.*\n201 .*"total":1.*\n$/ }, ran.stderr)
    await recorded(t, `${module}-get`, { method: 'GET', status: 200, protocol: 'HTTP/1.1', client: name })
    await recorded(t, `${module}-post`, { method: 'POST', status: 201, protocol: 'HTTP/1.1', client: name })
  })

t.test('Node: fetch, https and http', async (t) => {
  const args = [client('client.mjs'), `${origin.url}/echo`, `${plainUrl()}/`]
  const ran = await run(process.execPath, args, { env: environment() })
  t.equal(ran.status, 0, ran.stderr)
  const [fetched = '', secure = '', bare = ''] = ran.stdout.split('\n')
  t.match(fetched, /^200 .*"body":"{\\"total\\":1}"/)
  t.match(secure, /^200 .*"transfer-encoding":"chunked".*"body":"{\\"total\\":1}"/)
  t.match(bare, /^200 /)
  await recorded(t, 'node=fetch', { method: 'POST', status: 200, protocol: 'HTTP/1.1', client: /^node-fetch/ })
  await recorded(t, 'node=tls', { method: 'PUT', status: 200, protocol: 'HTTP/1.1', client: /^node-https/ })
  await recorded(t, 'node=plain', { method: 'GET', status: 200, protocol: 'HTTP/1.1', client: /^node-http/ })
})

t.test('Java HttpClient', async (t) => {
  if (lacks(t, 'java', has('java', ['-version']) && has('keytool', ['-help']))) return
  const store = join(temporaryFolder('java'), 'trust.p12')
  const keytool = ['-importcert', '-noprompt', '-alias', 'ca', '-file', product.ca, '-keystore', store]
  spawnSync('keytool', [...keytool, '-storetype', 'PKCS12', '-storepass', 'changeit'])
  const trust = [`-Djavax.net.ssl.trustStore=${store}`, '-Djavax.net.ssl.trustStorePassword=changeit']
  const { port } = new URL(product.proxy)
  // One processor and the quickest compiler: the program runs for a second.
  const args = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', ...trust, client('Client.java'), port]
  const ran = await run('java', [...args, `${origin.url}/v1/orders`])
  t.match(ran, { status: 0, stdout: /^200 HTTP_2 .*ord_1.*\n201 HTTP_1_1 .*"total":1/ }, ran.stderr)
  await recorded(t, 'java-get', { method: 'GET', status: 200, protocol: 'HTTP/2', client: /^Java-http-client \d/ })
  await recorded(t, 'java-post', { method: 'POST', status: 201, protocol: 'HTTP/1.1', client: /^Java-http-client \d/ })
})

t.test('Perl LWP', async (t) => {
  if (lacks(t, 'libwww-perl', has('/usr/bin/perl', ['-MLWP::Protocol::https', '-e', '1']))) return
  const ran = await run('/usr/bin/perl', [client('client.pl'), `${origin.url}/v1/orders`], { env: environment() })
  t.match(ran, { status: 0, stdout: /^200 .*ord_1.*\n201 .*"total":1/ }, ran.stderr)
  await recorded(t, 'perl-get', { method: 'GET', status: 200, protocol: 'HTTP/1.1', client: /^libwww-perl \d/ })
  await recorded(t, 'perl-post', { method: 'POST', status: 201, protocol: 'HTTP/1.1', client: /^libwww-perl \d/ })
})

t.test('git clone over HTTPS, smart and dumb', async (t) => {
  if (lacks(t, 'git', has('git'))) return
  const folder = temporaryFolder('clone')
  // The variable, not http.sslCAInfo: a variable of the machine would win over the setting.
  const env = { ...environment(), GIT_SSL_CAINFO: product.ca, GIT_TERMINAL_PROMPT: '0' }
  for (const way of ['smart', 'dumb']) {
    const to = join(folder, way)
    const ran = await run('git', ['clone', '-q', `${repositories.url}/${way}/repo.git`, to], { env })
    t.equal(ran.status, 0, ran.stderr)
    t.equal(readFileSync(join(to, 'README'), 'utf8'), 'cloned through the proxy\n')
    const noise = readFileSync(join(to, 'noise.txt'))
    t.equal(noise.length, readFileSync(join(folder, 'smart', 'noise.txt')).length)
    await product.waitForRows(1, `url:"${way}/repo.git/info/refs"`)
  }
  const [pack] = await product.waitForRows(1, 'url:"smart/repo.git/git-upload-pack" method:POST', 5000)
  t.match(pack, { method: 'POST', status: 200, client: /^git \d/ })
})

t.test('Chromium', async (t) => {
  const executablePath = browserPath
  if (lacks(t, 'chromium', executablePath !== undefined) || !executablePath) return
  const { publicKey } = new X509Certificate(readFileSync(product.ca))
  const spki = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64')
  const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync']
  const flags = ['--no-sandbox', '--disable-gpu', '--no-first-run', ...quiet]
  // Only our CA is trusted, by its key; every other certificate error would still stop the page.
  const context = await chromium.launchPersistentContext(temporaryFolder('chromium'), {
    executablePath,
    proxy: { server: product.proxy },
    args: [...flags, `--ignore-certificate-errors-spki-list=${spki}`],
  })
  try {
    const page = await context.newPage()
    const answer = await page.goto(`${origin.url}/page?chromium`)
    t.equal(answer?.status(), 200)
    t.equal(await page.title(), 'ran')
    const total = await page.evaluate(async () => {
      const response = await fetch('/v1/orders?chromium-fetch', { method: 'POST', body: '{"total":7}' })
      return ((await response.json()) as { total: number }).total
    })
    t.equal(total, 7)
    const echoed = await page.evaluate(
      (url) =>
        new Promise<string>((done, fail) => {
          const socket = new WebSocket(url)
          socket.onopen = () => socket.send('from the page')
          socket.onmessage = (event) => done(String(event.data))
          socket.onerror = () => fail(new Error('the socket failed'))
        }),
      `${origin.url.replace('https', 'wss')}/socket?chromium-socket`,
    )
    t.equal(echoed, 'from the page')
  } finally {
    await context.close()
  }
  await recorded(t, 'page?chromium', { method: 'GET', status: 200, protocol: 'HTTP/2', client: /^Chrome \d/ })
  await recorded(t, 'chromium-fetch', { method: 'POST', status: 201, protocol: 'HTTP/2', client: /^Chrome \d/ })
  await recorded(t, 'chromium-socket', { method: 'GET', status: 101, client: /^Chrome \d/ })
})

t.test('every call was an exchange that worked, and nothing was lost on the way', async (t) => {
  const { answer } = await product.call('GET', '/api/status')
  t.match(answer, { missed: 0, shed: 0, rejectedBy: [] })
  // A browser calls home for itself, too.
  const ours = (row: Row) => /^(localhost|127\.0\.0\.1):/.test(row.host)
  t.same((await product.rows('is:failed')).filter(ours), [])
  t.equal(product.stderr(), '')
})
