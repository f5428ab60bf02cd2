// The two threads: a desk that dies stops recording, not proxying; it comes back on the same port; the end is orderly.
import { createServer, get } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Worker } from 'node:worker_threads'
import t from 'tap'
import type { Status } from '../../src/api/contract.ts'
import { commandEnvironment } from '../../src/cli/command.ts'
import { type Launched, launch } from '../../src/cli/launch.ts'
import { proxyOptions, readOptions } from '../../src/options.ts'
import { temporaryFolder } from '../support/telltale.ts'

/** Every worker this process talks to: the only way to the desk from outside is to end its thread. */
const workers = new Set<Worker>()
const { postMessage } = Worker.prototype
Worker.prototype.postMessage = function (this: Worker, ...args: Parameters<typeof postMessage>) {
  workers.add(this)
  return postMessage.apply(this, args)
}

/** The one that lives: a word to a thread that has just ended adds it again, with no number any more. */
const living = () => [...workers].find((worker) => worker.threadId > 0)

const origin = createServer((request, response) => response.end(`hello ${request.url}`))
const said: string[] = []
let started: Launched
let url = ''

const through = (path: string): Promise<number> =>
  new Promise((done, fail) => {
    const { hostname, port } = new URL(started.proxyUrl)
    get({ hostname, port, path: url + path, headers: { Host: new URL(url).host }, agent: false }, (response) => {
      response.resume()
      response.on('end', () => done(response.statusCode ?? 0))
    }).on('error', fail)
  })

async function asked<T>(path: string, options: RequestInit = {}): Promise<T> {
  const headers = { Authorization: `Bearer ${started.token}`, 'Content-Type': 'application/json' }
  return (await fetch(started.uiUrl + path, { ...options, headers })).json() as Promise<T>
}

async function paths(): Promise<string[]> {
  return (await asked<{ rows: { path: string }[] }>('/api/exchanges?limit=100')).rows.map((row) => row.path)
}

async function until(what: string, test: () => Promise<boolean> | boolean, limitMs = 60_000): Promise<void> {
  const end = Date.now() + limitMs
  for (;;) {
    if (await Promise.resolve(test()).catch(() => false)) return
    if (Date.now() > end) throw new Error(`not within ${limitMs} ms: ${what}`)
    await new Promise((done) => setTimeout(done, 40))
  }
}

t.before(async () => {
  await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`
  const args = ['--port', '0', '--ui-port', '0', '--data-dir', temporaryFolder('launch')]
  started = await launch(readOptions(args, proxyOptions), commandEnvironment(process), {
    say: (text) => said.push(text),
  })
})
t.teardown(() => origin.close())

t.test('a desk that dies is started again, on the same port, and the traffic goes on', async (t) => {
  t.equal(await through('/before'), 200)
  await until('recorded', async () => (await paths()).includes('/before'))
  const body = JSON.stringify({ name: 'renamed' })
  await asked(`/api/sessions/${started.session.id}`, { method: 'PATCH', body })
  const sessionName = async () => (await asked<Status>('/api/status')).session.name
  t.equal(await sessionName(), 'renamed')
  const desk = living()
  workers.clear()
  await desk?.terminate()
  t.equal(await through('/during'), 200, 'the wire did not notice')
  await until('said so', () => said.some((text) => text.includes('runs again')))
  t.ok(said.some((text) => text.includes('traffic still flows')))
  t.equal(await through('/after'), 200)
  await until('recording again', async () => (await paths()).includes('/after'))
  t.ok((await paths()).includes('/before'), 'what was committed is still there')
  t.equal(await sessionName(), 'renamed')
})

t.test('after three restarts in a minute it stays off, says so, and the traffic still goes on', async (t) => {
  for (let i = 0; i < 3; i++) {
    await through(`/again${i}`)
    await until('a desk to end', () => living() !== undefined)
    const desk = living()
    workers.clear()
    const before = said.length
    await desk?.terminate()
    await until('a word about it', () => said.slice(before).some((text) => /runs again|stays off/.test(text)))
  }
  t.ok(said.some((text) => text.includes('stays off')))
  t.equal(await through('/still'), 200)
})

t.test('reverse listeners with ports of their own stand beside the proxy, and are told', async (t) => {
  const to = [`${url}/`, 'http://127.0.0.1:1/']
  const ways = to.flatMap((one) => ['--mode', `reverse:0=${one}`])
  const args = ['--port', '0', '--ui-port', '0', '--data-dir', temporaryFolder('reverse'), ...ways]
  const other = await launch(readOptions(args, proxyOptions), commandEnvironment(process), { say: () => {} })
  t.same(
    other.reverse.map((one) => one.to),
    to,
  )
  const answers = await Promise.all(other.reverse.map((one) => fetch(`${one.url}/turned`)))
  t.same(
    answers.map(({ status }) => status),
    [200, 502],
  )
  t.equal(await answers[0]?.text(), 'hello /turned')
  const home = await new Promise<number>((done, fail) => {
    const { hostname, port } = new URL(other.proxyUrl)
    get(
      { hostname, port, path: 'http://telltale.local/', headers: { Host: 'telltale.local' }, agent: false },
      (response) => response.resume().on('end', () => done(response.statusCode ?? 0)),
    ).on('error', fail)
  })
  t.equal(home, 200, 'the proxy is where it was')
  await other.close()
})

t.test('the end is orderly and quick', async (t) => {
  const begun = Date.now()
  await started.close()
  t.ok(Date.now() - begun < 10_000)
  await t.rejects(through('/gone'))
})
