// Requests that Telltale makes itself, replays and composed ones: they leave as they were planned and are recorded as what they are.
import t from 'tap'
import type { PlannedRequest } from '../../src/exchange/planned-request.ts'
import { startHttp2Origin, startOrigin } from '../support/origin.ts'
import { startWire } from '../support/wire-house.ts'

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const serve = async (c: { until(text: string): Promise<string>; send(text: string): void }): Promise<void> => {
  for (;;) {
    await c.until('\r\n\r\n')
    c.send(ok)
  }
}

await t.test('a request of our own leaves octet for octet as it was composed', async (t) => {
  const house = await startWire()
  const plain = await startOrigin(serve)
  const secure = await startOrigin(serve, { tls: true })
  const h2: string[][] = []
  const second = await startHttp2Origin((stream, _headers, raw) => {
    h2.push(raw)
    stream.respond({ ':status': 200 }, { endStream: true })
  })
  const plan = {
    method: 'GET',
    headers: [],
    body: new Uint8Array(0),
    httpVersion: 'auto',
    followRedirects: false,
  } as const
  const odd = '/a/../b//./%7e%2F?x=%zz&&q={|}^`\'"<>\\[]#f'
  for (const [origin, scheme] of [
    [plain, 'http'],
    [secure, 'https'],
  ] as const) {
    const at = `localhost:${origin.port}`
    const cases: [Partial<PlannedRequest>, string, string?][] = [
      [{}, `GET ${odd} HTTP/1.1\r\nHost: ${at}\r\n\r\n`, odd],
      [
        { headers: ['X-First', '1', 'hOST', 'elsewhere.test', 'x-FIRST', '', 'Connection', 'keep-alive'] },
        'GET /h HTTP/1.1\r\nX-First: 1\r\nhOST: elsewhere.test\r\nx-FIRST: \r\nConnection: keep-alive\r\n\r\n',
        '/h',
      ],
      [{ method: 'OPTIONS', target: '*' }, `OPTIONS * HTTP/1.1\r\nHost: ${at}\r\n\r\n`, '/*'],
      [{}, `GET /?q HTTP/1.1\r\nHost: ${at}\r\n\r\n`, '?q'],
      [{}, `GET /caf\xe9 HTTP/1.1\r\nHost: ${at}\r\n\r\n`, '/caf\xe9'],
      [
        { method: 'FROB', headers: ['Transfer-Encoding', 'chunked', 'A', 'b'], body: Buffer.from('body') },
        `FROB /c HTTP/1.1\r\nHost: ${at}\r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n4\r\nbody\r\n0\r\n\r\n`,
        '/c',
      ],
      [{ method: 'POST' }, `POST /p HTTP/1.1\r\nHost: ${at}\r\nContent-Length: 0\r\n\r\n`, '/p'],
    ]
    for (const [more, wanted, path = '/'] of cases) {
      const url = `${scheme}://${at}${path}`
      const before = origin.connections.length
      const id = await house.wire.send({ ...plan, url, ...more })
      const found = await house.find((exchange) => exchange.id === id && exchange.outcome.state === 'complete')
      t.equal(origin.connections.length, before + 1, 'one connection for it')
      t.equal(origin.connections.at(-1)?.received().toString('latin1'), wanted)
      t.match(found.request, { url: path === '?q' ? `${scheme}://${at}/?q` : url })
    }
  }
  const own = ['X-B', '2', 'Host', 'elsewhere.test', 'x-a', '1', 'Transfer-Encoding', 'chunked']
  const id = await house.wire.send({ ...plan, url: `https://localhost:${second.port}${odd}`, headers: own })
  await house.find((exchange) => exchange.id === id && exchange.outcome.state === 'complete')
  const pseudo = [':method', 'GET', ':scheme', 'https', ':authority', 'elsewhere.test', ':path', odd]
  t.same(h2, [[...pseudo, 'x-b', '2', 'x-a', '1']])
  await t.rejects(house.wire.send({ ...plan, url: 'http://telltale.local/' }), /own page/)
  await house.close()
  for (const one of [plain, secure, second]) await one.close()
})

await t.test('requests of our own', async (t) => {
  const house = await startWire()
  const origin = await startOrigin(serve, { tls: true })
  const id = await house.wire.send({
    method: 'POST',
    url: `https://localhost:${origin.port}/again?x=1`,
    headers: ['X-A', '1', 'Content-Length', '999', 'x-a', '2'],
    body: Buffer.from('body'),
    httpVersion: '1.1',
    followRedirects: false,
    of: 'a'.repeat(16),
  })
  const found = await house.find((exchange) => exchange.id === id && exchange.outcome.state === 'complete')
  t.match(found, {
    origin: { by: 'replay', of: 'a'.repeat(16) },
    connection: { way: 'replay' },
    request: { method: 'POST', url: `https://localhost:${origin.port}/again?x=1` },
  })
  const received = origin.connections[0]?.received().toString() ?? ''
  t.equal(
    received,
    `POST /again?x=1 HTTP/1.1\r\nHost: localhost:${origin.port}\r\nX-A: 1\r\nContent-Length: 4\r\nx-a: 2\r\n\r\nbody`,
  )
  const plan = {
    method: 'GET',
    headers: [],
    body: new Uint8Array(0),
    httpVersion: '1.1',
    followRedirects: false,
  } as const
  await t.rejects(house.wire.send({ ...plan, url: 'ftp://x/' }), /http/)
  await t.rejects(house.wire.send({ ...plan, url: 'http://x/', method: 'A B' }), /not a method/)
  await t.rejects(house.wire.send({ ...plan, url: 'http://x/', headers: ['X', 'a\r\nY: b'] }), /cannot be sent/)
  const redirecting = await startOrigin(async (c) => {
    for (;;) {
      const head = await c.until('\r\n\r\n')
      c.send(head.includes('/to') ? ok : 'HTTP/1.1 302 Found\r\nLocation: /to\r\nContent-Length: 0\r\n\r\n')
    }
  })
  const first = await house.wire.send({
    ...plan,
    url: `http://localhost:${redirecting.port}/from`,
    followRedirects: true,
  })
  await house.find(({ id, outcome }) => id === first && outcome.state === 'complete')
  t.match(
    await house.find(
      ({ request, outcome }) =>
        request.url === `http://localhost:${redirecting.port}/to` && outcome.state === 'complete',
    ),
    { origin: { by: 'replay' } },
  )
  const h2 = await startHttp2Origin((stream, headers) => {
    stream.respond({ ':status': 200 })
    stream.end(String(headers['x-a']))
  })
  for (const httpVersion of ['2', 'auto'] as const) {
    const sent = await house.wire.send({
      ...plan,
      url: `https://localhost:${h2.port}/${httpVersion}`,
      headers: ['X-A', 'v'],
      httpVersion,
    })
    const over = await house.find((exchange) => exchange.id === sent && exchange.outcome.state === 'complete')
    t.match(over, { request: { httpVersion: 'HTTP/2' }, outcome: { response: { status: 200 } } }, httpVersion)
    t.equal(house.content(sent, 'response').toString(), 'v')
  }
  await house.close()
  for (const one of [origin, redirecting, h2]) await one.close()
})
