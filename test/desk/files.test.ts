// Files through the API: what comes in is diagnosed and found, what is broken comes in not at all, what goes out is redacted.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import type { Row } from '../../src/api/row.ts'
import { recallSecrets } from '../../src/desk/recall-secrets.ts'
import { redactionHash, redactionKey } from '../../src/desk/redaction-key.ts'
import { openStore } from '../../src/store/open-store.ts'
import { batchOf } from '../store/entries.ts'
import { startTelltale, type Telltale, temporaryFolder } from '../support/telltale.ts'

const storeLimits = { maxStore: 2 ** 30, maxExchanges: 100_000, durable: false, version: '0.0.0', now: Date.now }

let product: Telltale
t.before(async () => {
  product = await startTelltale()
})
t.teardown(() => product.stop())

const secret = 'sk_live_9f8e7d6c5b4a39281706'
const line = (i: number, status = 200) =>
  JSON.stringify({
    id: `x/${i}`,
    request: {
      method: 'GET',
      url: `https://api.example/v1/items/${i}?page=1`,
      headers: [['Authorization', `Bearer ${secret}`]],
      body_b64: '',
    },
    response: {
      status,
      reason: '',
      headers: [
        ['Content-Type', 'application/json'],
        ['Date', 'x'],
        ['Server', 'y'],
      ],
      body_b64: Buffer.from(`{"message":"number ${i}"}`).toString('base64'),
    },
    recorded_at: '2026-11-20T10:00:00Z',
  })

async function send(body: string, query = ''): Promise<{ status: number; answer: Record<string, unknown> }> {
  const headers = { Authorization: `Bearer ${product.token}`, 'Content-Type': 'application/octet-stream' }
  const response = await fetch(`${product.ui}/api/import?${query}`, { method: 'POST', headers, body })
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> }
}

async function receive(query: string): Promise<string> {
  const response = await fetch(`${product.ui}/api/export?${query}`, {
    headers: { Authorization: `Bearer ${product.token}` },
  })
  return response.text()
}

t.test('NDJSON comes in, is diagnosed, and is found', async (t) => {
  const text = Array.from({ length: 130 }, (_, i) => line(i, i === 7 ? 401 : 200)).join('\n')
  const { status, answer } = await send(text, 'name=recorded.jsonl')
  t.equal(status, 200)
  t.match(answer, { imported: 130, skipped: [] })
  const [row] = await product.rows('status:401 is:imported')
  t.match(row, { path: '/v1/items/7?page=1', origin: 'import', findings: { error: Number } })
  t.ok((row as Row).findings.error > 0)
  t.match(row?.startedDateTime, /^2026-11-20T10:00:00/)
})

t.test('what goes out has no secret in it, unless it was asked for', async (t) => {
  for (const format of ['har', 'ndjson', 'curl', 'postman', 'http', 'markdown']) {
    const text = await receive(`format=${format}&filter=${encodeURIComponent('is:imported')}`)
    t.ok(text.length > 1000, format)
    t.notMatch(text, secret, format)
  }
  t.match(await receive(`format=ndjson&secrets=1&filter=${encodeURIComponent('status:401')}`), secret)
  const har = JSON.parse(await receive('format=har')) as { log: { entries: unknown[] } }
  t.equal(har.log.entries.length, 130)
})

t.test(
  'placeholders are the same in every export of a data directory, after a restart too, and others in another',
  async (t) => {
    const marks = (text: string) => [...new Set(text.match(/\{\{secret-[0-9a-f]{8}\}\}/g))].sort()
    const [one, other] = [
      await receive('format=ndjson&filter=status:401'),
      await receive('format=har&filter=status:401'),
    ]
    t.equal(marks(one).length, 1)
    t.same(marks(one), marks(other))
    const plain = createHash('sha256').update(secret).digest('hex').slice(0, 8)
    t.notMatch(one, plain, 'nobody can make it from the secret alone')
    const kept = readFileSync(join(product.dataDir, 'redaction-key'), 'utf8')
    t.match(kept, /^[0-9a-f]{64}\n$/)
    t.equal(statSync(join(product.dataDir, 'redaction-key')).mode & 0o777, 0o600)
    t.equal(redactionKey(product.dataDir), kept.trim(), 'another start makes the same')
    const elsewhere = t.testdir({ 'redaction-key': 'half of' })
    const made = redactionKey(elsewhere)
    t.match(made, /^[0-9a-f]{64}$/, 'one that was cut off is made anew')
    t.equal(redactionKey(elsewhere), made)
    t.not(made, kept.trim())
  },
)

t.test('a secret that a fix of an earlier start names is found in the store', (t) => {
  const store = openStore({ ...storeLimits, dataDir: t.testdir() })
  t.teardown(() => store.close())
  const key = (n: number) => `k3y-${n}-9f8e7d6c5b4a`
  store.write(
    batchOf(
      Array.from({ length: 10 }, (_, n) => n),
      (n) => ({ headers: [['Authorization', `Bearer ${key(n)}`]], url: `https://a.example/x?api_key=${key(n + 100)}` }),
    ),
  )
  const hash = redactionHash('k'.repeat(64))
  const named = (secret: string) => `{{secret:${hash(secret).slice(0, 8)}}}`
  const edits = [
    { op: 'set-header', name: 'Authorization', value: `Bearer ${named(key(3))}` },
    { op: 'set-query', name: 'api_key', value: named(key(107)) },
    { op: 'set-header', name: 'X', value: named('never seen') },
  ] as const
  t.same(recallSecrets(edits, store, hash), [
    { ...edits[0], value: `Bearer ${key(3)}` },
    { ...edits[1], value: key(107) },
    edits[2],
  ])
  t.end()
})

t.test('a file that is none of ours is refused with a sentence; a bad line is skipped with its reason', async (t) => {
  const before = (await product.rows()).length
  t.match(await send('\u0000\u0001 nothing of the kind'), { status: 415, answer: { detail: /none of the files/ } })
  t.match(await send('{"log":{"entries":', 'format=har'), { status: 422 })
  t.equal((await product.rows()).length, before)
  const mixed = await send([line(900), '{"no":"request"}', line(901)].join('\n'), 'format=ndjson&name=mixed')
  t.match(mixed, { status: 200, answer: { imported: 2, skipped: [{ entry: 1, reason: String }] } })
})

t.test('a HAR that breaks off in the middle leaves nothing behind', async (t) => {
  const before = (await product.rows()).length
  const har = await receive('format=har&secrets=1')
  const { status } = await send(har.slice(0, Math.floor(har.length * 0.7)), 'format=har&name=cut.har')
  t.equal(status, 422)
  t.equal((await product.rows()).length, before)
})

/** A store of 300 exchanges, one in twenty of them with a JSON body of some MB. */
const bigOnes = 15
function fillWithBigBodies(dataDir: string): void {
  const store = openStore({ ...storeLimits, dataDir })
  store.begin({ id: 's1', name: 'big', startedDateTime: '2026-01-01T00:00:00.000Z', kind: 'capture' })
  const item = (i: number, k: number) => ({ id: i * 100_000 + k, token: secret, note: `item ${k} of ${i}` })
  const bodyOf = (i: number) => JSON.stringify(Array.from({ length: i % 20 === 0 ? 16_000 : 2 }, (_, k) => item(i, k)))
  for (let i = 0; i < 20 * bigOnes; i += 1) store.write(batchOf([i], (n) => ({ body: bodyOf(n) })))
  store.close()
}

/** Threads of this name in this process; undefined where the system does not name them. */
function threads(pid: number, of: 'telltale-export' | 'telltale-import'): number | undefined {
  if (process.platform !== 'linux') return undefined
  const names = readdirSync(`/proc/${pid}/task`).map((task) => {
    try {
      return readFileSync(`/proc/${pid}/task/${task}/comm`, 'utf8').trim()
    } catch {
      return ''
    }
  })
  return names.filter((name) => name === of).length
}

const exportThreads = (pid: number) => threads(pid, 'telltale-export')

/** An upload that stops in the middle until it is let go on. */
function haltingUpload(text: string) {
  let goOn = () => {}
  const halted = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const leave = new AbortController()
  const half = Math.floor(text.length / 2)
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(Buffer.from(text.slice(0, half)))
      await halted
      if (leave.signal.aborted) return
      controller.enqueue(Buffer.from(text.slice(half)))
      controller.close()
    },
  })
  const headers = { Authorization: `Bearer ${product.token}`, 'Content-Type': 'application/octet-stream' }
  const init = { method: 'POST', headers, body, duplex: 'half', signal: leave.signal } as RequestInit
  const answer = fetch(`${product.ui}/api/import?format=ndjson&name=halting`, init)
    .then(async (response) => ({ status: response.status, answer: (await response.json()) as unknown }))
    .catch((error: Error) => ({ status: 0, answer: error.name }))
  return { answer, goOn, leave: () => leave.abort() }
}

t.test(
  'an import runs beside: the desk answers, two at once are enough, and one that is broken off leaves nothing',
  async (t) => {
    const before = (await product.rows()).length
    const text = Array.from({ length: 400 }, (_, i) => line(10_000 + i)).join('\n')
    const [one, other] = [haltingUpload(text), haltingUpload(text)]
    for (let i = 0; i < 200 && (await product.rows()).length < before + 360; i += 1) await delay(50)
    t.ok((await product.rows()).length >= before + 360, 'what has come is kept already')
    if (threads(product.pid, 'telltale-import') !== undefined) t.equal(threads(product.pid, 'telltale-import'), 2)
    t.match(await send(line(1), 'format=ndjson'), { status: 503, answer: { detail: /2 imports run already/ } })
    one.leave()
    t.match(await one.answer, { status: 0, answer: 'AbortError' })
    other.goOn()
    t.match(await other.answer, { status: 200, answer: { imported: 400, skipped: [] } })
    for (let i = 0; i < 200 && (await product.rows()).length > before + 400; i += 1) await delay(50)
    t.equal((await product.rows()).length, before + 400)
    for (let i = 0; i < 100 && (threads(product.pid, 'telltale-import') ?? 0) > 0; i += 1) await delay(50)
    t.equal(threads(product.pid, 'telltale-import') ?? 0, 0)
    t.equal(product.stderr().includes('Inside Telltale'), false)
  },
)

t.test(
  'no character of a large text is torn apart, wherever a block ends; what is full of control characters is base64',
  async (t) => {
    const texts = ['a', 'ab', 'abc', 'abcd'].map((start) => `${start}${'\u{1f600}é'.repeat(200_000)}`)
    const octets = [...texts.map((text) => Buffer.from(text)), Buffer.alloc(300_000, 7)]
    const lines = octets.map((body, i) => {
      const one = JSON.parse(line(i))
      one.request.url = `https://api.example/large/${i}`
      one.response.headers = [['Content-Type', 'text/plain; charset=utf-8']]
      one.response.body_b64 = body.toString('base64')
      return JSON.stringify(one)
    })
    t.equal((await send(lines.join('\n'), 'name=large.jsonl')).status, 200)
    const har = await receive('format=har&filter=path:/large')
    type Entry = { response: { content: { text: string; encoding?: string } } }
    const found = (JSON.parse(har) as { log: { entries: Entry[] } }).log.entries.map(({ response }) => response.content)
    for (const [i, { text, encoding }] of found.entries())
      t.ok(
        Buffer.from(text, encoding === 'base64' ? 'base64' : 'utf8').equals(octets[i] ?? Buffer.alloc(0)),
        `text ${i}`,
      )
    t.same(
      found.map(({ encoding }) => encoding),
      [undefined, undefined, undefined, undefined, 'base64'],
    )
  },
)

t.test('an export of large bodies', async (t) => {
  const dataDir = temporaryFolder('export')
  fillWithBigBodies(dataDir)
  const full = await startTelltale({ dataDir })
  t.teardown(async () => {
    await full.stop()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const begin = (query: string, signal?: AbortSignal) =>
    fetch(`${full.ui}/api/export?${query}`, {
      headers: { Authorization: `Bearer ${full.token}` },
      ...(signal ? { signal } : {}),
    })
  const noThread = async () => {
    for (let i = 0; i < 100 && (exportThreads(full.pid) ?? 0) > 0; i += 1) await delay(50)
    return exportThreads(full.pid) ?? 0
  }

  await t.test('leaves the desk free to answer', async (t) => {
    let running = true
    const text = begin('format=ndjson')
      .then((response) => response.text())
      .finally(() => {
        running = false
      })
    let answers = 0
    while (running) if ((await full.call('GET', '/api/status')).status === 200) answers += 1
    const lines = (await text).trimEnd().split('\n')
    t.equal(lines.length, 20 * bigOnes)
    const times = lines.map((one) => (JSON.parse(one) as { recorded_at: string }).recorded_at)
    t.same(times, times.toSorted(), 'oldest first')
    t.notMatch(await text, secret)
    // A desk that writes the file itself answers about once between two large bodies.
    t.ok(answers >= 5 * bigOnes, `${answers} answers while the export ran`)
    t.equal(await noThread(), 0)
  })

  await t.test('takes any filter, also one that reads contents', async (t) => {
    const filter = encodeURIComponent('body:"item 1 of 7"')
    const text = await (await begin(`format=ndjson&secrets=1&filter=${filter}`)).text()
    t.ok(text.includes('/v1/things/7?'))
    t.ok(text.split('\n').length < 20 * bigOnes)
  })

  await t.test('says what went wrong while nothing has been sent', async (t) => {
    renameSync(join(dataDir, 'captures.db'), join(dataDir, 'away.db'))
    const response = await begin('format=har')
    t.equal(response.status, 500)
    t.match(await response.json(), { title: 'Not exported', detail: /^The export failed: / })
    renameSync(join(dataDir, 'away.db'), join(dataDir, 'captures.db'))
    t.equal(await noThread(), 0)
    t.equal((await begin('format=har&filter=status:999')).status, 200)
  })

  await t.test('ends when nobody reads on', async (t) => {
    const leave = new AbortController()
    const response = await begin('format=har', leave.signal)
    const reader = response.body?.getReader()
    t.ok((await reader?.read())?.value?.length)
    if (exportThreads(full.pid) !== undefined) t.equal(exportThreads(full.pid), 1)
    for (let i = 0; i < 3; i += 1) t.equal((await begin('format=har', leave.signal)).status, 200)
    t.equal((await begin('format=har')).status, 503, 'four at once are enough')
    leave.abort()
    t.equal(await noThread(), 0)
    t.equal((await full.call('GET', '/api/status')).status, 200)
    t.equal((await (await begin('format=har&filter=status:999')).text()).includes('"entries":['), true)
    t.equal(full.stderr().includes('Inside Telltale'), false)
  })
})
