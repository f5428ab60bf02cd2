// Files through the API: what comes in is diagnosed and found, what is broken comes in not at all, what goes out is redacted.
import t from 'tap'
import type { Row } from '../../src/api/row.ts'
import { startTelltale, type Telltale } from '../support/telltale.ts'

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
