// HAR as other tools write it, each with its habits and mistakes: everything usable is taken, the rest named.
import t from 'tap'
import type { ImportContext, ReadResult } from '../../src/formats/format.ts'
import { har } from '../../src/formats/har.ts'
import { digestOf } from './varied-exchange.ts'

async function read(file: unknown, maxContent = 1e7): Promise<ReadResult[]> {
  let last = 0
  const context: ImportContext = {
    sessionId: 's',
    file: 'f',
    nextId: () => String(++last).padStart(16, '0'),
    digest: digestOf,
    now: 1e12,
    maxContent,
  }
  async function* octets() {
    yield new TextEncoder().encode(typeof file === 'string' ? file : JSON.stringify(file))
  }
  const results: ReadResult[] = []
  if (har.read) for await (const result of har.read(octets(), context)) results.push(result)
  return results
}

async function one(entry: object) {
  const [result] = await read({ log: { version: '1.2', creator: { name: 'x', version: '1' }, entries: [entry] } })
  if (!result || !('imported' in result)) throw new Error(result?.skipped.reason ?? 'nothing')
  const { exchange, contents, messages } = result.imported
  return {
    exchange,
    text: contents.map(({ octets }) => new TextDecoder().decode(octets)),
    messages,
    response: 'response' in exchange.outcome ? exchange.outcome.response : undefined,
  }
}

const started = '2026-01-02T03:04:05.678Z'

t.test('Chrome: pseudo fields, h2, _error, WebSocket messages, base64', async (t) => {
  const socket = await one({
    startedDateTime: started,
    time: 12.5,
    _resourceType: 'websocket',
    _webSocketMessages: [
      { type: 'send', time: 1767323045.778, opcode: 1, data: '{"hello":1}' },
      { type: 'receive', time: 1767323045.9, opcode: 2, data: 'AAEC' },
    ],
    request: {
      method: 'GET',
      url: 'wss://a.test/ws',
      httpVersion: 'http/1.1',
      headers: [
        { name: ':authority', value: 'a.test' },
        { name: 'Upgrade', value: 'websocket' },
      ],
      queryString: [],
      cookies: [],
      headersSize: -1,
      bodySize: 0,
    },
    response: {
      status: 101,
      statusText: 'Switching Protocols',
      httpVersion: 'http/1.1',
      headers: [],
      cookies: [],
      content: { size: 0, mimeType: 'x-unknown' },
      redirectURL: '',
      headersSize: -1,
      bodySize: 0,
    },
    cache: {},
    timings: { blocked: 1, dns: -1, ssl: -1, connect: -1, send: 0.5, wait: 9, receive: 2, _blocked_queueing: 0.4 },
  })
  t.equal(socket.exchange.kind, 'websocket')
  t.same(
    socket.messages.map(({ from, opcode, data }) => [from, opcode, data]),
    [
      ['client', 'text', '{"hello":1}'],
      ['server', 'binary', 'AAEC'],
    ],
  )
  t.ok(Math.abs((socket.messages[0]?.at ?? 0) - 100) < 1)
  t.same(socket.exchange.request.headers, [{ name: 'Upgrade', value: 'websocket' }])
  const failed = await one({
    startedDateTime: started,
    request: { method: 'GET', url: 'https://nope.test/', headers: [] },
    response: { status: 0, statusText: '', headers: [], content: {}, _error: 'net::ERR_NAME_NOT_RESOLVED' },
    timings: {},
  })
  t.match(failed.exchange.outcome, { state: 'failed', failure: { phase: 'resolve', code: 'NAME_NOT_RESOLVED' } })
  const image = await one({
    startedDateTime: started,
    connection: '443',
    serverIPAddress: '[2001:db8::1]',
    request: { method: 'GET', url: 'https://a.test/i.png', httpVersion: 'h2', headers: [] },
    response: {
      status: 200,
      statusText: '',
      httpVersion: 'h2',
      headers: [{ name: 'content-type', value: 'image/png' }],
      content: { size: 4, mimeType: 'image/png', text: 'iVBORw==', encoding: 'base64' },
      bodySize: -1,
      _transferSize: 300,
    },
  })
  t.match(image.exchange, {
    request: { httpVersion: 'HTTP/2' },
    server: { address: '2001:db8::1' },
    connection: { id: 443, way: 'import' },
  })
  t.match(image.response?.content, { bodySize: 4, kept: 'whole', mimeType: 'image/png' })
})

t.test('Playwright: status -1 and _failureText where there was no answer', async (t) => {
  const { exchange } = await one({
    startedDateTime: started,
    request: {
      method: 'GET',
      url: 'http://127.0.0.1:1/',
      httpVersion: 'HTTP/1.1',
      headers: [],
      cookies: [],
      queryString: [],
      headersSize: 40,
      bodySize: 0,
    },
    response: {
      status: -1,
      statusText: '',
      httpVersion: 'HTTP/1.1',
      headers: [],
      cookies: [],
      content: { size: -1, mimeType: 'x-unknown' },
      headersSize: -1,
      bodySize: -1,
      redirectURL: '',
      _failureText: 'net::ERR_CONNECTION_REFUSED',
    },
    timings: { send: -1, wait: -1, receive: 0.1 },
    time: 0.30000000000000004,
  })
  t.match(exchange.outcome, { state: 'failed', failure: { phase: 'connect', code: 'CONNECTION_REFUSED' } })
  t.equal('response' in exchange.outcome, false)
})

t.test('Playwright: an answer that broke off, and the messages of a WebSocket in milliseconds', async (t) => {
  const broken = await one({
    startedDateTime: started,
    request: { method: 'GET', url: 'http://a.test/cut', httpVersion: 'HTTP/1.1', headers: [] },
    response: {
      status: 200,
      statusText: 'OK',
      httpVersion: 'HTTP/1.1',
      headers: [{ name: 'Content-Length', value: '100' }],
      content: { size: -1, mimeType: 'x-unknown' },
      _failureText: 'net::ERR_CONTENT_LENGTH_MISMATCH',
    },
    timings: { send: 0, wait: 84.573, receive: -1 },
  })
  t.match(broken.exchange.outcome, {
    state: 'failed',
    failure: { phase: 'response', code: 'CONTENT_LENGTH_MISMATCH' },
    response: { status: 200 },
  })
  const { messages } = await one({
    startedDateTime: started,
    _resourceType: 'websocket',
    _webSocketMessages: [{ type: 'send', time: Date.parse(started) + 13.25, opcode: 1, data: 'héllo' }],
    request: { method: 'GET', url: 'ws://a.test/ws', headers: [] },
    response: { status: 101, headers: [], content: { size: -1, mimeType: 'x-unknown' } },
  })
  t.ok(Math.abs((messages[0]?.at ?? 0) - 13.25) < 0.1, `${messages[0]?.at} ms`)
})

t.test('a text is the octets its charset or its size says', async (t) => {
  const entry = (type: string, text: string, size: number, sent?: string, sentSize?: number) => ({
    request: {
      method: 'POST',
      url: 'https://a.test/x',
      headers: [],
      bodySize: sentSize,
      postData: { mimeType: 'application/x-www-form-urlencoded', text: sent ?? '' },
    },
    response: {
      status: 200,
      headers: [{ name: 'Content-Type', value: type }],
      content: { mimeType: type, text, size },
    },
  })
  const octets = async (...given: Parameters<typeof entry>) =>
    (await one(entry(...given))).exchange.outcome.state === 'complete'
      ? (await read([entry(...given)])).flatMap((result) =>
          'imported' in result
            ? result.imported.contents.map((content) => Buffer.from(content.octets).toString('latin1'))
            : [],
        )
      : []
  t.same(await octets('text/plain; charset=iso-8859-1', 'caf\u00e9', 4), ['caf\u00e9'], 'Chrome, Playwright')
  t.same(await octets('text/plain; charset=utf-8', 'caf\u00e9', 5), ['caf\u00c3\u00a9'])
  t.same(await octets('text/plain', 'caf\u00e9', 4), ['caf\u00c3\u00a9'], 'characters counted, not octets')
  t.same(await octets('text/javascript', 'Zo\u00c3\u00ab', 4), ['Zo\u00c3\u00ab'], 'mitmproxy: UTF-8 read as Latin-1')
  t.same(await octets('text/plain', '', 0, 'b=\u00c3\u00bc', 4), ['b=\u00c3\u00bc'], 'mitmproxy: a form')
  t.same(await octets('text/plain', '', 0, '\u0080\u00ff\u0001', 3), ['\u0080\u00ff\u0001'], 'mitmproxy: octets')
  t.same(await octets('text/plain; charset=iso-8859-1', '\u4e2d', 3), ['\u00e4\u00b8\u00ad'], 'what fits no octet')
})

t.test('Firefox: local time zones, HTTP/2.0, response content without text', async (t) => {
  const { exchange, response } = await one({
    startedDateTime: '2026-01-02T05:04:05.678+02:00',
    request: {
      method: 'POST',
      url: 'https://a.test/x',
      httpVersion: 'HTTP/2.0',
      headers: [{ name: 'Content-Type', value: 'application/json' }],
      postData: { mimeType: 'application/json', params: [], text: '{"ä":1}' },
      bodySize: 8,
    },
    response: {
      status: 200,
      statusText: 'OK',
      httpVersion: 'HTTP/2.0',
      headers: [],
      content: { mimeType: 'text/html', size: 5000, comment: 'Response body is not included' },
      bodySize: 1200,
    },
    timings: { blocked: 0, dns: 3, connect: 10, ssl: 6, send: 1, wait: 20, receive: 4 },
    time: 38,
  })
  t.equal(exchange.startedDateTime, '2026-01-02T03:04:05.678Z')
  t.equal(exchange.request.httpVersion, 'HTTP/2')
  t.equal(exchange.request.content.bodySize, 8)
  t.match(response?.content, { kept: 'none', why: 'evicted', bodySize: 5000, mimeType: 'text/html' })
  t.match(exchange.marks, {
    dnsStart: 0,
    dnsEnd: 3,
    connectStart: 3,
    connectEnd: 7,
    tlsStart: 7,
    tlsEnd: 13,
    sendStart: 13,
    sendEnd: 14,
    firstByte: 34,
    end: 38,
  })
})

t.test('mitmproxy: base64 without a declared type, microseconds, bodySize of the decoded body', async (t) => {
  const { exchange, text } = await one({
    startedDateTime: '2026-01-02T03:04:05.678901+00:00',
    request: {
      method: 'GET',
      url: 'http://a.test:8080/x?y=1',
      httpVersion: 'HTTP/1.1',
      headers: [{ name: 'Host', value: 'a.test:8080' }],
      cookies: [],
    },
    response: {
      status: 200,
      statusText: 'OK',
      httpVersion: 'HTTP/1.1',
      headers: [{ name: 'Content-Encoding', value: 'gzip' }],
      content: { size: 5, compression: -20, mimeType: '', text: 'aGVsbG8=', encoding: 'base64' },
      bodySize: 5,
    },
    timings: { connect: -1.0, ssl: -1.0, send: 1, receive: 2, wait: 3 },
    serverIPAddress: '10.0.0.1',
  })
  t.match(exchange, { server: { host: 'a.test', port: 8080, address: '10.0.0.1' }, request: { target: '/x?y=1' } })
  t.same(text, ['hello'])
})

t.test('Fiddler: forms in params only, numbers as text, byte order mark, comments', async (t) => {
  const file = `\ufeff${JSON.stringify({
    log: {
      pages: [],
      comment: 'exported',
      version: '1.2',
      entries: [
        {
          comment: '[#4]',
          startedDateTime: started,
          connection: 'ClientPort:51000;EgressPort:51001',
          request: {
            method: 'POST',
            url: 'http://a.test/f',
            headers: [{ name: 'Content-Type', value: 'application/x-www-form-urlencoded' }],
            postData: {
              mimeType: 'application/x-www-form-urlencoded',
              params: [
                { name: 'a b', value: '1&2' },
                { name: 'c', value: '' },
              ],
            },
          },
          response: {
            status: '200',
            statusText: 'OK',
            headers: [],
            content: { size: '2', text: 'ok', mimeType: 'text/plain' },
          },
          time: '17',
          timings: { send: '0', wait: '10', receive: '7' },
        },
      ],
    },
  })}`
  const [result] = await read(file)
  if (!result || !('imported' in result)) return t.fail('not read')
  t.equal(new TextDecoder().decode(result.imported.contents[0]?.octets), 'a%20b=1%262&c=')
  t.match(result.imported.exchange.outcome, { state: 'complete', response: { status: 200 } })
  t.equal(result.imported.exchange.marks.end, 17)
})

t.test(
  'Charles: tunnels by host and port, status 0 with a word about it, phases of -1, offsets in the time',
  async (t) => {
    const tunnel = await one({
      startedDateTime: '2026-01-02T05:04:05.678+02:00',
      time: 812,
      request: {
        method: 'CONNECT',
        url: 'pinned.test:443',
        httpVersion: 'HTTP/1.1',
        cookies: [],
        headers: [{ name: 'Host', value: 'pinned.test:443' }],
        queryString: [],
        headersSize: 120,
        bodySize: 517,
      },
      response: {
        _charlesStatus: 'COMPLETE',
        status: 200,
        statusText: 'Connection established',
        httpVersion: 'HTTP/1.1',
        cookies: [],
        headers: [],
        content: { size: 4096, mimeType: null },
        redirectURL: null,
        headersSize: 0,
        bodySize: 4096,
      },
      serverIPAddress: '192.0.2.7',
      cache: {},
      timings: { dns: 3, connect: 20, ssl: -1, send: 1, wait: 20, receive: 768 },
    })
    t.match(tunnel.exchange, {
      kind: 'tunnel',
      unread: 'pass-through',
      startedDateTime: started,
      request: { url: 'https://pinned.test/', method: 'CONNECT' },
      server: { host: 'pinned.test', port: 443, address: '192.0.2.7' },
      marks: { connectStart: 3, connectEnd: 23 },
    })
    t.match(tunnel.response?.content, { bodySize: 4096, kept: 'none', why: 'evicted' })
    const failed = await one({
      startedDateTime: started,
      time: 5,
      request: { method: 'GET', url: 'https://down.test/', httpVersion: 'HTTP/2.0', headers: [], bodySize: -1 },
      response: { _charlesStatus: 'FAILED', _error: 'Failed to connect', status: 0, headers: [], content: { size: 0 } },
      timings: { dns: -1, connect: -1, ssl: -1, send: -1, wait: -1, receive: -1 },
    })
    t.match(failed.exchange.outcome, { state: 'failed', failure: { message: 'Failed to connect' } })
    t.equal(failed.exchange.request.httpVersion, 'HTTP/2')
  },
)

t.test('Proxyman: fields of its own, octets in base64, null where there is nothing', async (t) => {
  const { exchange, text, response } = await one({
    _id: '42',
    _name: '#42',
    _clientName: 'curl',
    _clientPath: '/usr/bin/curl',
    _serverPort: 8443,
    _isIntercepted: true,
    comment: null,
    startedDateTime: started,
    time: 33.1,
    serverIPAddress: '::1',
    request: {
      method: 'POST',
      url: 'https://a.test:8443/upload?x=1',
      httpVersion: 'HTTP/1.1',
      headers: [{ name: 'Content-Type', value: 'application/octet-stream' }],
      cookies: [],
      queryString: [{ name: 'x', value: '1' }],
      postData: { mimeType: 'application/octet-stream', text: 'AP8=', encoding: 'base64', params: null },
      bodySize: 2,
      headersSize: null,
    },
    response: {
      status: 201,
      statusText: 'Created',
      httpVersion: 'HTTP/1.1',
      headers: [{ name: 'Content-Type', value: 'text/plain' }],
      cookies: null,
      content: { size: 2, mimeType: 'text/plain', text: 'b2s=', encoding: 'base64' },
      redirectURL: '',
      bodySize: 2,
    },
    cache: null,
    timings: { blocked: 0, dns: 0, connect: 0, ssl: 0, send: 0.1, wait: 30, receive: 3 },
  })
  t.equal(text.at(-1), 'ok')
  t.match(exchange.request.content, { bodySize: 2, kept: 'whole' })
  t.match(exchange.server, { host: 'a.test', port: 8443, address: '::1' })
  t.equal(response?.status, 201)
})

t.test('Insomnia and hand-made files: missing parts, root lists, unordered members', async (t) => {
  const bare = await one({ request: { method: 'get', url: 'https://a.test' }, response: { status: 204 } })
  t.match(bare.exchange, {
    startedDateTime: new Date(1e12).toISOString(),
    request: { method: 'get', target: '/' },
    outcome: { state: 'complete' },
  })
  t.equal((await read([{ request: { method: 'GET', url: 'https://a.test' }, response: { status: 200 } }])).length, 1)
  t.equal(
    (
      await read(
        '{"log":{"entries":[{"response":{"status":200},"request":{"url":"https://a.test"}}],"creator":{"entries":[1]}}}',
      )
    ).length,
    1,
  )
  t.equal((await read('{"creator":{"log":{"entries":[1,2]}},"log":{"x":{"entries":[1]},"entries":[]}}')).length, 0)
})

t.test('bad entries are skipped one by one, each with its reason and its number', async (t) => {
  const good = {
    startedDateTime: started,
    request: { method: 'GET', url: 'https://a.test' },
    response: { status: 200 },
  }
  const deep: unknown = JSON.parse(`${'['.repeat(250)}${']'.repeat(250)}`)
  const entries = [
    null,
    1,
    'x',
    [],
    {},
    { request: {} },
    { ...good, request: { url: 'javascript:alert(1)' } },
    { ...good, startedDateTime: 'yesterday' },
    { ...good, request: { url: 'https://a.test', method: 'A B' } },
    { ...good, response: { status: 12345 } },
    { ...good, deep },
    good,
  ]
  const results = await read({ log: { entries } })
  const skipped = results.flatMap((result) => ('skipped' in result ? [result.skipped] : []))
  t.same(
    skipped.map(({ entry }) => entry),
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  )
  for (const { reason } of skipped) t.match(reason, /^\S[^\n]+\.$/)
  t.equal(results.length - skipped.length, 1)
})

t.test('content beyond the limit is cut, and the record says so', async (t) => {
  const [result] = await read(
    {
      log: {
        entries: [
          {
            request: { url: 'https://a.test' },
            response: { status: 200, content: { text: 'x'.repeat(5000), mimeType: 'text/plain' } },
          },
        ],
      },
    },
    100,
  )
  if (!result || !('imported' in result)) return t.fail('not read')
  t.equal(result.imported.contents[0]?.octets.length, 100)
  t.match(result.imported.exchange.outcome, {
    response: { content: { kept: 'truncated', keptSize: 100, bodySize: 5000 } },
  })
})

t.test('header values in UTF-8 become the octets they were; line breaks cannot come in', async (t) => {
  const { exchange } = await one({
    startedDateTime: started,
    request: {
      url: 'https://a.test',
      headers: [
        { name: 'X', value: 'Zoë \u4e2d' },
        { name: 'Y', value: 'a\r\nB: c' },
        { name: 'Z', value: 'caf\u00e9' },
      ],
    },
    response: { status: 200 },
  })
  t.equal(Buffer.from(exchange.request.headers[0]?.value ?? '', 'latin1').toString(), 'Zoë \u4e2d')
  t.equal(exchange.request.headers[1]?.value, 'a B: c')
  t.equal(exchange.request.headers[2]?.value, 'caf\u00e9')
})
