// What Telltale may do on a machine: no more than the user who starts it (A20), and never what a call of its API names (A24).
import { spawnSync } from 'node:child_process'
import { chownSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { get } from 'node:http'
import { dirname, join, relative, resolve } from 'node:path'
import t from 'tap'
import { startOrigin } from './support/origin.ts'
import { root, startTelltale, temporaryFolder } from './support/telltale.ts'

const src = join(root, 'src')
const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => /\.tsx?$/.test(name))
/** Without its comments: they may speak of what the code must not do. */
const codeOf = (file: string): string => readFileSync(join(src, file), 'utf8').replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '')

/** Every file that code begun in `file` can load, threads included. */
function reachable(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  const text = readFileSync(join(src, file), 'utf8')
  const next = [
    ...text.matchAll(/(?:from|import|import\()\s*'(\.[^']+)'/g),
    ...text.matchAll(/new URL\([`'](\.\/[\w-]+)/g),
  ]
  for (const [, to = ''] of next) {
    const path = relative(src, resolve(src, dirname(file), /\.\w+$/.test(to) ? to : `${to}.ts`))
    if (files.includes(path)) reachable(path, seen)
  }
  return seen
}

t.test('A24: nothing that serves the API or records traffic can start a program', async (t) => {
  const starters = files.filter((file) => codeOf(file).includes("'node:child_process'"))
  t.same(starters.toSorted(), ['cli/run.ts', 'cli/start.ts'], 'only what a person typed is started, and a browser')
  const desk = reachable('desk.ts')
  t.ok(desk.has('server/routes.ts') && desk.has('store/reader-thread.ts') && desk.has('desk/export-thread.ts'))
  const wire = reachable('proxy/wire.ts')
  t.ok(wire.has('proxy/http1-client.ts'))
  t.same(
    starters.filter((file) => desk.has(file) || wire.has(file)),
    [],
  )
})

t.test('A24: no text becomes code', async (t) => {
  const makers =
    /\beval\(|\bnew Function\b|\bFunction\(|'node:vm'|\.runIn\w*Context\(|setTimeout\('|(?:await|=>|=) import\((?!['`]\.)/
  t.same(
    files.filter((file) => makers.test(codeOf(file))),
    ['bridge/release-at-rest.ts'],
    'but the two letters that name the collector',
  )
  t.match(codeOf('bridge/release-at-rest.ts'), /runInNewContext\('gc'\)/)
  const threads = files.filter((file) => /new (?:Shared)?Worker\(/.test(codeOf(file)))
  for (const file of threads)
    t.match(
      codeOf(file),
      /new Worker\(\s*new URL\((?:import\.meta\.url\.endsWith\('\.ts'\) \? )?[`']\.{1,2}\//,
      `${file} begins a thread of our own files only`,
    )
})

t.test('A20: no way to more rights is taken, and no setting of the system touched', async (t) => {
  const ways =
    /\b(?:sudo|pkexec|doas|runas|setuid|seteuid|setgid|setcap|networksetup|gsettings|scutil|netsh|osascript|update-ca-certificates|add-trusted-cert)\b/
  t.same(
    files.filter((file) => ways.test(codeOf(file))),
    [],
  )
})

t.test('A20: it runs as a user who may nothing', async (t) => {
  const nobody = 65534
  const user = process.getuid?.() === 0 ? nobody : undefined
  if (user !== undefined) {
    const seen = spawnSync(
      process.execPath,
      ['-e', `require('fs').readFileSync(${JSON.stringify(join(root, 'package.json'))})`],
      {
        uid: user,
        gid: user,
      },
    )
    if (seen.status !== 0) return t.plan(0, 'this checkout cannot be read by another user')
  }
  const dataDir = temporaryFolder('nobody')
  if (user !== undefined) chownSync(dataDir, user, user)
  // The test runner has each process note its end in a folder, by default this checkout, where that user may write nothing.
  const env = { HOME: dataDir, _TAPJS_PROCESSINFO_CWD_: dataDir }
  const product = await startTelltale({ dataDir, env, ...(user === undefined ? {} : { user }) })
  const origin = await startOrigin(async (c) => {
    await c.until('\r\n\r\n')
    c.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  })
  const { hostname, port } = new URL(product.proxy)
  const status = await new Promise((done, fail) => {
    const path = `http://127.0.0.1:${origin.port}/nobody`
    get({ hostname, port, path, headers: { Host: `127.0.0.1:${origin.port}` }, agent: false }, (response) =>
      response.resume().on('end', () => done(response.statusCode)),
    ).on('error', fail)
  })
  t.equal(status, 200)
  await product.waitForRows(1, 'path:/nobody is:complete')
  const owner = user ?? process.getuid?.()
  for (const name of ['captures.db', 'token', 'certs/ca.key'])
    t.equal(statSync(join(dataDir, name)).uid, owner, `${name} is that user's`)
  t.equal(await product.stop(), 0)
  t.equal(product.stderr(), '')
  await origin.close()
})
