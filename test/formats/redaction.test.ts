// Forty planted secrets leave by no format unless asked for; structure and everything else stay.
import { createHash } from 'node:crypto'
import { gunzipSync, gzipSync } from 'node:zlib'
import t from 'tap'
import { createDiagnosis } from '../../src/diagnose/diagnose.ts'
import { type Exchange, responseOf } from '../../src/exchange/exchange.ts'
import type { Content, FieldLine } from '../../src/exchange/message.ts'
import type { SocketMessage } from '../../src/exchange/socket-message.ts'
import { snippets } from '../../src/formats/code-snippets.ts'
import type { ExportContext, ExportItem } from '../../src/formats/format.ts'
import { formats } from '../../src/formats/formats.ts'
import { har } from '../../src/formats/har.ts'
import { ndjson } from '../../src/formats/ndjson.ts'
import { redactItem, writeFile } from '../../src/formats/write-file.ts'
import { createRedactor, placeholder } from '../../src/http/secrets.ts'
import { sha256, sha256Text } from '../../src/http/sha256.ts'
import { decodeNow } from '../../src/store/content.ts'
import { echo, secretItems, planted as secrets } from './planted-secrets.ts'
import { digestOf } from './varied-exchange.ts'

const planted: string[] = []
const plant = (label: string): string => {
  const secret = `CANARY${planted.length.toString().padStart(2, '0')}${label}x7Q`
  planted.push(secret)
  return secret
}
const base64url = (value: object | string) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')
const jwt = (label: string) =>
  `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url({ sub: plant(`sub${label}`), exp: 1893456000, iss: 'https://issuer.test', email: plant(`mail${label}`) })}.${plant(`sig${label}`)}`
const lines = (...pairs: readonly (readonly [string, string])[]): FieldLine[] =>
  pairs.map(([name, value]) => ({ name, value }))
const utf8 = (text: string) => new TextEncoder().encode(text)

function content(octets: Uint8Array, mimeType: string, codings: string[] = []): Content {
  return {
    bodySize: octets.length,
    mimeType,
    codings,
    kept: 'whole',
    digest: digestOf(octets),
    keptSize: octets.length,
  }
}

function item(
  id: number,
  request: { url: string; headers?: FieldLine[]; body?: Uint8Array; type?: string },
  response: { headers?: FieldLine[]; body?: Uint8Array; type?: string; codings?: string[] },
  messages: SocketMessage[] = [],
): ExportItem {
  const [asked, answered] = [request.body ?? utf8(''), response.body ?? utf8('')]
  const none = { bodySize: 0, codings: [], kept: 'none', why: 'empty' } as const
  const exchange: Exchange = {
    id: String(id).padStart(16, '0'),
    sessionId: 's',
    kind: messages.length > 0 && !/event-stream/.test(response.type ?? '') ? 'websocket' : 'http',
    startedDateTime: '2026-01-01T00:00:00.000Z',
    client: { address: '127.0.0.1', port: 1 },
    server: { host: 'api.test', port: 443 },
    connection: { id: 1, reused: false, way: 'proxy' },
    request: {
      httpVersion: 'HTTP/1.1',
      method: 'POST',
      url: request.url,
      target: request.url.replace(/^https:\/\/[^/]*/, ''),
      headers: [...(request.type ? lines(['Content-Type', request.type]) : []), ...(request.headers ?? [])],
      trailers: [],
      content: asked.length > 0 ? content(asked, request.type ?? '') : none,
    },
    outcome: {
      state: 'complete',
      response: {
        httpVersion: 'HTTP/1.1',
        status: 200,
        statusText: 'OK',
        headers: [...(response.type ? lines(['Content-Type', response.type]) : []), ...(response.headers ?? [])],
        trailers: [],
        interim: [],
        content: answered.length > 0 ? content(answered, response.type ?? '', response.codings) : none,
      },
    },
    marks: { end: 5 },
    origin: { by: 'capture' },
    messageCount: messages.length,
  }
  return { exchange, request: asked, response: answered, messages }
}

const bearer = plant('bearer')
const password = plant('basicpass')
const items: ExportItem[] = [
  item(
    1,
    {
      url: `https://user:${plant('urlpass')}@api.test/v1/reset?api_key=${plant('query')}&code=${plant('oauthcode')}&state=${plant('state')}&sig=${plant('sig')}&plain=visible#access_token=${plant('fragment')}`,
      headers: lines(
        ['Authorization', `Bearer ${bearer}`],
        ['Proxy-Authorization', `Basic ${Buffer.from(`me:${password}`).toString('base64')}`],
        ['Cookie', `sid=${plant('cookie')}; theme=dark; other=${plant('cookie2')}`],
        ['X-Api-Key', plant('apikey')],
        ['X-CSRF-Token', plant('csrf')],
        ['Referer', `https://app.test/cb?token=${plant('referer')}`],
        ['X-Custom', `Bearer ${plant('custom')}`],
      ),
      type: 'application/x-www-form-urlencoded',
      body: utf8(
        `grant_type=password&username=zoe&password=${plant('formpass')}&client_secret=${plant('clientsecret')}&note=hello+world`,
      ),
    },
    {
      headers: lines(
        ['Set-Cookie', `session=${plant('setcookie')}; HttpOnly; Path=/`],
        ['Location', `/cb?code=${plant('locationcode')}&state=abc`],
        ['X-Auth-Token', plant('responsetoken')],
      ),
      type: 'application/json',
      body: gzipSync(
        `{"access_token":"${plant('access')}","refresh_token":"${plant('refresh')}","expires_in":3600,"id_token":"${jwt('id')}","nested":[{"deep":{"clientSecret":"${plant('deep')}","max_tokens":50}}]}`,
      ),
      codings: ['gzip'],
    },
  ),
  item(
    2,
    {
      url: `https://api.test/jwt/${jwt('path')}`,
      headers: lines([
        'Authorization',
        `Digest username="zoe", realm="r", nonce="n", uri="/", response="${plant('digest')}"`,
      ]),
      type: 'multipart/form-data; boundary=BB',
      body: utf8(
        `--BB\r\nContent-Disposition: form-data; name="password"\r\n\r\n${plant('multipart')}\r\n--BB\r\nContent-Disposition: form-data; name="doc"\r\nContent-Type: application/json\r\n\r\n{"api_key":"${plant('partjson')}","visible":"yes"}\r\n--BB--\r\n`,
      ),
    },
    {
      type: 'text/xml',
      body: utf8(
        `<?xml version="1.0"?><a><ns:Password>${plant('xml')}</ns:Password><b token="${plant('xmlattr')}">seen</b></a>`,
      ),
    },
  ),
  item(
    3,
    {
      url: 'https://api.test/log',
      type: 'text/plain',
      body: utf8(`level=info password=${plant('text')} user=zoe\nAuthorization: Bearer ${plant('textbearer')}\n`),
    },
    { type: 'text/plain', body: utf8(`The key ${bearer} is not valid; ${password} neither. ghp_${'a1B2'.repeat(9)}`) },
  ),
  item(
    4,
    {
      url: 'https://api.test/nested',
      type: 'application/json',
      body: utf8(
        `{"body":"{\\"password\\":\\"${plant('inner')}\\"}","headers":[["authorization","Bearer ${plant('pair')}"]],"list":[{"name":"X-Api-Key","value":"${plant('named')}"}],"url":"https://x.test/?token=${plant('jsonurl')}","password":{"old":"${plant('old')}","new":"${plant('new')}"}}`,
      ),
    },
    { type: 'text/event-stream', body: utf8(`event: a\ndata: {"token":"${plant('sse')}","n":1}\n\ndata: plain\n\n`) },
  ),
  // Of the body little was kept: nothing but the events tell these secrets.
  item(
    6,
    { url: 'https://api.test/stream' },
    { type: 'text/event-stream', body: utf8(': begun\n\n') },
    [
      `id: 7\nevent: a\ndata: {"list":[{"password":{"old":"${plant('ssenested')}"}}],"api_key":["${plant('sselist')}"]}`,
      `data: {\ndata: "client_secret": "${plant('sselines')}"\ndata: }`,
      `data: Bearer ${plant('ssetext')}`,
      `data: {"n":1,"refresh_token":"${plant('ssecut')}`,
    ].map((data, seq) => ({
      exchangeId: 'x',
      seq,
      from: 'server',
      at: seq,
      opcode: 'text',
      size: data.length,
      data,
      truncated: seq === 3,
      compressed: false,
    })),
  ),
  item(5, { url: 'wss://api.test/socket' }, {}, [
    {
      exchangeId: 'x',
      seq: 0,
      from: 'client',
      at: 1,
      opcode: 'text',
      size: 1,
      data: `{"type":"auth","token":"${plant('ws')}"}`,
      truncated: false,
      compressed: false,
    },
    {
      exchangeId: 'x',
      seq: 1,
      from: 'server',
      at: 2,
      opcode: 'text',
      size: 1,
      data: `welcome ${plant('wsecho')} password: ${planted.at(-1)}`,
      truncated: false,
      compressed: false,
    },
    {
      exchangeId: 'x',
      seq: 2,
      from: 'client',
      at: 3,
      opcode: 'binary',
      size: 1,
      data: Buffer.from(`\u0000\u0001Bearer ${plant('wsbinary')}LONGENOUGH\u0000`).toString('base64'),
      truncated: false,
      compressed: false,
    },
  ]),
]
planted.push('a1B2a1B2', Buffer.from(`me:${password}`).toString('base64'))

const context: ExportContext = {
  version: '0.0.0',
  secrets: false,
  hash: (text) => createHash('sha256').update(text).digest('hex'),
  decode: (octets) => gunzipSync(octets),
}

/** What someone would find who looks properly: base64 of every length offset undone. */
function revealed(text: string): string {
  const decoded = [...text.matchAll(/[A-Za-z0-9+/_-]{16,}={0,2}/g)].map(([run]) =>
    Buffer.from(run, 'base64').toString('latin1'),
  )
  const twice = decoded.flatMap((run) =>
    [...run.matchAll(/[A-Za-z0-9+/_-]{16,}={0,2}/g)].map(([inner]) => Buffer.from(inner, 'base64').toString('latin1')),
  )
  return [text, decodeURIComponent(text.replace(/%(?![0-9a-f]{2})/gi, '%25')), ...decoded, ...twice].join('\n')
}

const leaks = (text: string) => planted.filter((secret) => revealed(text).includes(secret))

t.ok(planted.length >= 40, `${planted.length} secrets are planted`)

for (const format of formats.filter(({ write }) => write)) {
  t.test(`${format.title} holds none of the planted secrets, and all that is no secret`, async (t) => {
    const text = async (secrets: boolean) => {
      const pieces: Uint8Array[] = []
      for await (const piece of writeFile(format, items, { ...context, secrets })) pieces.push(Buffer.from(piece))
      return Buffer.concat(pieces).toString()
    }
    const redacted = await text(false)
    t.same(leaks(redacted), [])
    t.match(revealed(redacted), /visible/)
    t.match(revealed(redacted), /hello[+ ]world/)
    t.notSame(leaks(await text(true)), [], 'they are there when they are asked for')
    t.equal(redacted, await text(false), 'and the same again')
  })
}

for (const format of formats.filter(({ write }) => write)) {
  t.test(`${format.title}: secrets of every kind, in every place they travel in`, async (t) => {
    const decode = (octets: Uint8Array, codings: readonly string[]) => {
      const decoded = decodeNow(octets, codings, 1e7)
      return decoded.error === undefined ? decoded.octets : undefined
    }
    const text = async (secrets: boolean) => {
      const pieces: Uint8Array[] = []
      for await (const piece of writeFile(format, secretItems, { ...context, decode, secrets }))
        pieces.push(Buffer.from(piece))
      return revealed(Buffer.concat(pieces).toString())
    }
    const [shown, whole] = [await text(false), await text(true)]
    const found = (text: string) => [...secrets].flatMap(([secret, place]) => (text.includes(secret) ? [place] : []))
    t.same(found(shown), [])
    t.ok(found(whole).length > 90, `${found(whole).length} are there when they are asked for`)
    t.match(shown, placeholder(echo, context.hash), 'the same secret has the same placeholder in every format')
  })
}

t.test('nor do findings that quote the server or show an address', async (t) => {
  const hash = (value: Uint8Array | string) => createHash('sha256').update(value).digest('hex')
  const known = new Set<string>()
  for (const status of [400, 401, 404, 422, 429, 500]) {
    const diagnosis = createDiagnosis({ hash, now: Date.now })
    for (const one of items) {
      const { outcome } = one.exchange
      if (outcome.state !== 'complete') continue
      const exchange = {
        ...one.exchange,
        kind: 'http',
        outcome: { ...outcome, response: { ...outcome.response, status } },
      } as const
      const response = outcome.response.content.codings.length > 0 ? gunzipSync(one.response ?? '') : one.response
      const [own] = diagnosis.observe({
        exchange,
        ...(one.request ? { request: one.request } : {}),
        ...(response ? { response } : {}),
      })
      const shown = redactItem({ ...one, exchange, findings: own?.findings }, context, known)
      t.same(leaks(JSON.stringify(shown.findings)), [])
      t.equal(shown.findings?.length, own?.findings.length)
    }
  }
})

t.test('no code snippet holds one', (t) => {
  for (const { title, write } of snippets)
    for (const one of items) t.same(leaks(write(redactItem(one, context))), [], title)
  t.end()
})

t.test('structure stays: JSON parses, names and types are the same, public values are untouched', (t) => {
  const before: unknown = JSON.parse(gunzipSync(items[0]?.response ?? utf8('')).toString())
  const after: unknown = JSON.parse(new TextDecoder().decode(redactItem(items[0] as ExportItem, context).response))
  const shape = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(shape)
    if (typeof value !== 'object' || value === null) return typeof value
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, shape(inner)]))
  }
  t.same(shape(after), shape(before))
  t.match(after, { expires_in: 3600, nested: [{ deep: { max_tokens: 50 } }] })
  const token = (after as { id_token: string }).id_token.split('.')
  t.match(JSON.parse(Buffer.from(token[1] ?? '', 'base64url').toString()), {
    exp: 1893456000,
    iss: 'https://issuer.test',
  })
  t.end()
})

t.test('the same secret has the same placeholder everywhere, and redacting twice changes nothing', (t) => {
  const redacted = redactItem(items[2] as ExportItem, context)
  const once = redactItem(items[0] as ExportItem, context)
  const mark = /Bearer (\{\{secret-[0-9a-f]{8}\}\})/.exec(once.exchange.request.headers[1]?.value ?? '')?.[1]
  t.equal(mark, `{{secret-${context.hash(bearer).slice(0, 8)}}}`)
  t.ok(redacted)
  const twice = redactItem(once, context)
  t.same(twice.exchange.request.headers, once.exchange.request.headers)
  t.equal(twice.exchange.request.url, once.exchange.request.url)
  t.same(twice.request, once.request)
  t.same(twice.response, once.response)
  t.end()
})

t.test('a secret is known in the exchanges that follow, however many others came before', async (t) => {
  const key = (n: number) => `CNRYkey${n}q9f8e7d`
  const list = Array.from({ length: 1000 }, (_, n) =>
    item(
      n,
      { url: 'https://api.test/x', headers: lines(['X-Api-Key', key(n)]) },
      {
        type: 'text/plain',
        body: utf8(`The one before had ${key(Math.max(0, n - 1))}, 100 ago it was ${key(Math.max(0, n - 100))}.`),
      },
    ),
  )
  const pieces: Uint8Array[] = []
  for await (const piece of writeFile(har, list, context)) pieces.push(Buffer.from(piece))
  const text = Buffer.concat(pieces).toString()
  t.same(
    Array.from(list, (_, n) => key(n)).filter((one) => text.includes(one)),
    [],
  )
})

t.test('a redacted file that is imported and exported again is the same file', async (t) => {
  for (const format of [har, ndjson]) {
    const write = async (list: readonly ExportItem[]) => {
      const pieces: Uint8Array[] = []
      for await (const piece of writeFile(format, list, context)) pieces.push(Buffer.from(piece))
      return Buffer.concat(pieces)
    }
    const first = await write(items)
    let last = 0
    const reading = {
      sessionId: 's',
      file: 'f',
      nextId: () => String(++last),
      digest: digestOf,
      now: 0,
      maxContent: 1e7,
    }
    async function* octets() {
      yield first
    }
    const back: ExportItem[] = []
    for await (const result of format.read?.(octets(), reading) ?? []) {
      if ('skipped' in result) return t.fail(result.skipped.reason)
      const { exchange, contents, messages } = result.imported
      const find = (one: Content | undefined) =>
        one && one.kept !== 'none' ? contents.find(({ digest }) => digest === one.digest)?.octets : undefined
      back.push({
        exchange,
        messages,
        request: find(exchange.request.content),
        response: find(responseOf(exchange)?.content),
      })
    }
    t.equal((await write(back)).toString(), first.toString(), format.title)
  }
})

t.test('hostile texts are redacted in bounded time and without an exception', (t) => {
  const n = 150_000
  const texts = {
    json: `{"a":"${'\\"'.repeat(n)}"}`,
    deep: '['.repeat(n),
    jwt: 'eyJ'.repeat(n),
    dots: 'eyJaaaaaaaaa.'.repeat(n / 10),
    dash: 'eyJ-'.repeat(n),
    spaces: `password${' '.repeat(n)}`,
    bearer: 'Bearer '.repeat(n / 6),
    url: 'http://'.repeat(n / 6),
    pairs: '&'.repeat(n),
    markup: '<a b="'.repeat(n / 6),
  }
  for (const [name, text] of Object.entries(texts)) {
    const started = performance.now()
    createRedactor(sha256Text).content(
      utf8(text),
      name === 'pairs' ? 'application/x-www-form-urlencoded' : 'text/plain',
    )
    t.ok(performance.now() - started < 120_000, `${name} ${Math.round(performance.now() - started)} ms`)
  }
  t.end()
})

t.test('our SHA-256 is SHA-256', (t) => {
  for (let size = 0; size < 200; size++) {
    const octets = Uint8Array.from({ length: size }, (_, i) => (i * 31 + size) % 256)
    if (sha256(octets) !== createHash('sha256').update(octets).digest('hex')) t.fail(`${size} octets`)
  }
  t.pass()
  t.end()
})
