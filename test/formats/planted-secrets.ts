// Exchanges full of secrets, one of a kind in each place where a secret travels; the list says which is where.
import { createHash } from 'node:crypto'
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import type { Exchange, Kind } from '../../src/exchange/exchange.ts'
import type { Failure } from '../../src/exchange/failure.ts'
import type { Content, FieldLine, Response } from '../../src/exchange/message.ts'
import type { SocketMessage } from '../../src/exchange/socket-message.ts'
import type { ExportItem } from '../../src/formats/format.ts'
import { digestOf } from './varied-exchange.ts'

/** Each secret and the place it was put in. */
export const planted = new Map<string, string>()

const P = (place: string): string => {
  const tail = createHash('sha1').update(place).digest('hex').slice(0, 12)
  const secret = `CNRY${String(planted.size).padStart(3, '0')}q${tail}`
  planted.set(secret, place)
  return secret
}
const base64url = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
const base64 = (text: string): string => Buffer.from(text).toString('base64')
const jwt = (place: string): string =>
  `${base64url({ alg: 'HS256', typ: 'JWT' })}.${base64url({ sub: P(`${place}: sub`), email: P(`${place}: mail`), exp: 1893456000 })}.${P(`${place}: signature`)}`

type Pairs = readonly (readonly [string, string])[]
type Octets = string | Uint8Array
type Sketch = {
  readonly url?: string
  readonly sent?: Pairs
  readonly sentType?: string
  readonly sentBody?: Octets
  readonly got?: Pairs
  readonly gotType?: string
  readonly gotBody?: Octets
  /** Of both bodies. */
  readonly codings?: readonly string[]
  readonly statusText?: string
  readonly trailers?: Pairs
  readonly kind?: Kind
  readonly messages?: readonly (readonly [SocketMessage['from'], SocketMessage['opcode'], string])[]
  readonly failure?: Failure
  readonly via?: string
}

const lines = (pairs: Pairs = []): FieldLine[] => pairs.map(([name, value]) => ({ name, value }))

function message(headers: Pairs = [], type?: string, body?: Octets, codings: readonly string[] = []) {
  const octets = body === undefined ? undefined : Buffer.from(body)
  const content: Content = octets
    ? {
        bodySize: octets.length,
        ...(type === undefined ? {} : { mimeType: type }),
        codings,
        kept: 'whole',
        digest: digestOf(octets),
        keptSize: octets.length,
      }
    : { bodySize: 0, codings: [], kept: 'none', why: 'empty' }
  const all = [...(type === undefined ? [] : [{ name: 'Content-Type', value: type }]), ...lines(headers)]
  return { octets, message: { httpVersion: 'HTTP/1.1', headers: all, trailers: [], content } }
}

export const secretItems: ExportItem[] = []

function add(sketch: Sketch): void {
  const { url = 'https://api.test/x', kind = 'http', failure, via, messages = [], codings } = sketch
  const asked = message(sketch.sent, sketch.sentType, sketch.sentBody, codings)
  const answered = message(sketch.got, sketch.gotType, sketch.gotBody, codings)
  const response: Response = {
    ...answered.message,
    status: kind === 'websocket' ? 101 : 200,
    statusText: sketch.statusText ?? 'OK',
    trailers: lines(sketch.trailers),
    interim: [],
  }
  const exchange: Exchange = {
    id: String(secretItems.length).padStart(16, '0'),
    sessionId: 's',
    kind,
    startedDateTime: '2026-01-01T00:00:00.000Z',
    client: { address: '127.0.0.1', port: 1 },
    server: { host: 'api.test', port: 443 },
    connection: { id: 1, reused: false, way: 'proxy', ...(via === undefined ? {} : { via }) },
    request: { ...asked.message, method: 'POST', url, target: url.replace(/^\w+:\/\/[^/]*/, '') },
    outcome: failure ? { state: 'failed', failure, response } : { state: 'complete', response },
    marks: { end: 5 },
    origin: { by: 'capture' },
    messageCount: messages.length,
  }
  const sent = messages.map(([from, opcode, data], seq) => ({
    exchangeId: exchange.id,
    seq,
    from,
    at: seq,
    opcode,
    size: 1,
    data,
    truncated: false,
    compressed: false,
  }))
  secretItems.push({ exchange, request: asked.octets, response: answered.octets, messages: sent })
}

/** The field on both sides. */
function field(name: string, value = (secret: string): string => secret): void {
  add({ sent: [[name, value(P(`${name} sent`))]], got: [[name, value(P(`${name} received`))]] })
}

for (const name of 'X-Api-Key X-Auth-Token X-Amz-Security-Token X-Vault-Token X-Gitlab-Token X-Hub-Signature-256 X-Shopify-Hmac-Sha256 Stripe-Signature X-Twilio-Signature X-Forwarded-Access-Token X-MS-TOKEN-AAD-ACCESS-TOKEN X-CSRF-Token X-XSRF-TOKEN RequestVerificationToken apikey Api-Key x-rapidapi-key X-Parse-REST-API-Key X-Client-Secret Ocp-Apim-Subscription-Key X-Session-Token X-Access-Token Authentication X-Password X-Registry-Auth'.split(
  ' ',
))
  field(name)
field('X-Goog-IAP-JWT-Assertion', (s) => `${base64url({ alg: 'ES256' })}.${base64url({ sub: s })}.${s}`)
field('Authorization', (s) => `Bearer ${s}`)
field('Authorization', (s) => `Basic ${base64(`zoe:${s}`)}`)
field('Authorization', (s) => s)
field(
  'Authorization',
  (s) =>
    `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=${s}`,
)
field('Authorization', (s) => `Token token="${s}"`)
field('Authorization', (s) => `Token token="${s}", email="x@y.test"`)
field('Authorization', (s) => `OAuth oauth_consumer_key="k", oauth_token="${s}"`)
field('Authorization', (s) => `Hawk id="a", mac="${s}"`)
field('Authorization', (s) => `MediaBrowser Client="x", Token="${s}"`)
field('Authorization', (s) => `GoogleLogin auth=${s}`)
field('Authorization', (s) => `SharedKey account:${s}`)
field('Authorization', (s) => `Bearer  ${s}==`)
field('Proxy-Authorization', (s) => `Basic ${base64(`zoe:${s}`)}`)
field('Cookie', (s) => `theme=dark; sid="${s}"`)
field('Set-Cookie', (s) => `session=${s}; Path=/; HttpOnly`)
field(
  'Sec-WebSocket-Protocol',
  (s) => `base64url.bearer.authorization.k8s.io.${Buffer.from(s).toString('base64url')}, v4.channel.k8s.io`,
)
field('Sec-WebSocket-Protocol', (s) => `bearer, ${s}`)
field('Referer', (s) => `https://a.test/?token=${s}`)
field('Location', (s) => `https://a.test/cb#access_token=${s}&x=1`)
field('Link', (s) => `<https://a.test/?api_key=${s}>; rel="next"`)
field('Refresh', (s) => `0; url=https://a.test/?token=${s}`)
field('X-Original-URL', (s) => `/x?password=${s}`)
field('Content-Location', (s) => `/x?sig=${s}`)
field('Access-Control-Allow-Origin', (s) => `https://u:${s}@a.test`)
field('Authentication-Info', (s) => `nextnonce="x", rspauth="${s}"`)
field('X-Debug', (s) => `{"password":"${s}"}`)
field('X-Env', (s) => `DB_PASSWORD=${s}`)
add({
  trailers: [
    ['X-Auth-Token', P('trailer')],
    ['X-T', `Bearer ${P('trailer bearer')}`],
  ],
})
add({
  url: `https://zoe:${P('url pass')}@api.test/p;jsessionid=${P('url jsessionid')}/x?access_token=${P('url access')}&X-Amz-Signature=${P('url amz')}&X-Amz-Security-Token=${P('url amztok')}&redirect_uri=${encodeURIComponent(`https://a.test/?token=${P('url nested')}`)}&password=${P('url password')}&api%5Fkey=${P('url pct name')}&user[password]=${P('url bracket')}#id_token=${P('url fragment')}`,
})
add({
  sentType: 'application/json',
  sentBody: JSON.stringify({
    password: P('json password'),
    user: { 'pass-word': 1, credentials: { user: 'zoe', secret: P('json creds') } },
    tokens: [P('json array')],
    apiKey: P('json apiKey'),
    'x-api-key': P('json dash'),
    pin: 123456,
    inner: JSON.stringify({
      token: P('json in json'),
      deeper: JSON.stringify({ client_secret: P('json in json in json') }),
    }),
    auth: base64(`me:${P('docker auth')}`),
    headers: { Authorization: `Bearer ${P('json headers')}`, Cookie: `a=${P('json cookie')}` },
    private_key: `-----BEGIN PRIVATE KEY-----\n${P('pem')}\n-----END PRIVATE KEY-----\n`,
    url: `postgres://app:${P('dsn')}@db.test/x`,
    connectionString: `Server=a;Password=${P('connstr')};`,
    note: `Server=a;Pwd=${P('connstr2')};x=1`,
  }),
  gotType: 'application/json',
  gotBody: `{"pass\\u0077ord":"${P('json escaped name')}","a":{"token" : "${P('json spaced')}"}, "t": "cut", "secret": "${P('json cut')}`,
})
add({
  sentType: 'application/json',
  sentBody: JSON.stringify({
    query: `mutation { login(email: "a@b.c", password: "${P('gql inline')}") { token } }`,
    variables: { input: { password: P('gql var'), otp: P('gql otp') } },
  }),
  gotType: 'application/graphql-response+json',
  gotBody: JSON.stringify({ data: { login: { token: P('gql rs') } } }),
})
add({
  sentType: 'application/graphql',
  sentBody: `mutation { login(email: "a@b.c", password: "${P('gql raw')}") { token } }`,
})
add({
  sentType: 'application/json',
  sentBody: JSON.stringify({
    query: `mutation { login(password:"${P('gql with space')} two words${P('gql second word')}") }`,
  }),
})
add({
  sentType: 'application/x-ndjson',
  sentBody: `{"a":1,"password":"${P('ndjson 1')}"}\n{"token":"${P('ndjson 2')}"}\n`,
  gotType: 'application/jsonl',
  gotBody: `{"access_token":"${P('jsonl rs')}"}\n`,
})
add({
  gotType: 'text/event-stream',
  gotBody: `event: x\ndata: {"token":"${P('sse')}"}\n\ndata: Bearer ${P('sse bearer')}\n\n: password=${P('sse comment')}\n\n`,
})
add({
  sentType: 'application/x-www-form-urlencoded',
  sentBody: `user=zoe&password=${P('form')}&data=${encodeURIComponent(JSON.stringify({ token: P('form json') }))}&code=${P('form code')}&grant_type=authorization_code&assertion=${jwt('form')}`,
})
add({ sentBody: `user=zoe&passwd=${P('form no type')}` })
add({
  sentType: 'multipart/form-data; boundary="b b"',
  sentBody: `--b b\r\nContent-Disposition: form-data; name="api_key"\r\n\r\n${P('multipart')}\r\n--b b\r\nContent-Disposition: form-data; name="f"; filename="c.json"\r\nContent-Type: application/json\r\n\r\n{"private_key_id":"x","token":"${P('multipart json')}"}\r\n--b b\r\nContent-Disposition: form-data; name="env"; filename=".env"\r\n\r\nDB_PASSWORD="${P('multipart env')}"\nTOKEN=${P('env 2')}\nAPI_KEY = '${P('env 3')}'\r\n--b b--\r\n`,
})
add({
  sentType: 'multipart/form-data; boundary=zz',
  sentBody: Buffer.concat([
    Buffer.from(
      `--zz\r\nContent-Disposition: form-data; name="password"\r\n\r\n${P('multipart beside binary')}\r\n--zz\r\nContent-Disposition: form-data; name="f"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n`,
    ),
    Buffer.from([0x89, 0x50, 0, 1, 2, 0xff, 0xfe]),
    Buffer.from(`\r\n--zz--\r\n`),
  ]),
})
add({
  sentType: 'application/soap+xml',
  sentBody: `<?xml version="1.0"?><s:Envelope><wsse:Password Type="x#PasswordText">${P('soap')}</wsse:Password><token><![CDATA[${P('cdata')}]]></token><a apiKey='${P('attr')}'/><ns:secret>\n  ${P('xml multi line')}\n</ns:secret><param name="password" value="${P('xml param')}"/><password>${P('xml cut')}`,
  gotType: 'text/xml',
  gotBody: `<r><sessionId>${P('xml sid')}</sessionId><entry key="token">${P('xml entry')}</entry></r>`,
})
add({
  gotType: 'text/html',
  gotBody: `<!doctype html><html><head><meta name="csrf-token" content="${P('html meta')}"></head><body><input type="hidden" name="authenticity_token" value="${P('html input')}"><input value="${P('html input 2')}" type=hidden name=csrfmiddlewaretoken><script>var token = "${P('js var')}"; window.__S__={"accessToken":"${P('js json')}"};const cfg={apiKey:'${P('js obj')}'};document.cookie="session=${P('js cookie')}"</script></body></html>`,
})
add({
  gotType: 'application/javascript',
  gotBody: `const token = '${P('js const')}';\nexport const password="${P('js pw')}"; callback({"secret":"${P('jsonp')}"})`,
})
add({
  sentType: 'application/yaml',
  sentBody: `user: zoe\npassword: ${P('yaml')}\nnested:\n  api_key: "${P('yaml quoted')}"\n  token: >-\n    ${P('yaml folded')}\n`,
  gotType: 'text/plain',
  gotBody: `password = ${P('ini')}\nsecret="${P('toml')}"\ncurl -H 'Authorization: Bearer ${P('curl text')}' https://a.test`,
})
for (const [coding, zip] of [
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  ['deflate', deflateSync],
  ['zstd', zstdCompressSync],
] as const)
  add({
    sentType: 'application/json',
    sentBody: zip(`{"password":"${P(`rq ${coding}`)}"}`),
    codings: [coding],
    gotType: 'application/json',
    gotBody: zip(`{"token":"${P(`rs ${coding}`)}"}`),
  })
add({
  gotType: 'application/json',
  codings: ['deflate', 'gzip'],
  gotBody: gzipSync(deflateSync(`{"token":"${P('rs two codings')}"}`)),
})
add({ gotType: 'application/json', codings: ['exi'], gotBody: `{"token":"${P('unknown coding')}"}` })
add({
  gotType: 'application/json; charset=iso-8859-1',
  gotBody: Buffer.from(`{"name":"caf\xe9","password":"${P('latin1')}"}`, 'latin1'),
})
add({
  gotType: 'application/json; charset=utf-16',
  gotBody: Buffer.from(`\ufeff{"password":"${P('utf16')}"}`, 'utf16le'),
})
add({ gotType: 'application/json', gotBody: `\ufeff{"password":"${P('bom')}"}` })
add({ gotType: 'text/plain', gotBody: ` \n [{"password":"${P('json as text')}"}]` })
add({ gotType: 'application/json', gotBody: `)]}',\n{"token":"${P('xssi')}"}` })
add({
  sentType: 'application/json',
  sentBody: JSON.stringify({ payload: base64(JSON.stringify({ password: P('base64 in json') })) }),
})
add({ sentType: 'text/plain', sentBody: base64(JSON.stringify({ password: P('base64 body') })) })
add({
  sentType: 'application/octet-stream',
  sentBody: Buffer.from(`\0\x01\x02Bearer ${P('binary bearer')}\0${jwt('binary')}\0\xff`, 'latin1'),
})
export const echo = P('echo')
add({
  sent: [['X-Api-Key', echo]],
  gotType: 'text/plain',
  gotBody: `no such key ${echo}; ${encodeURIComponent(echo)} ${base64(echo)}`,
})
add({ gotType: 'text/plain', gotBody: `again ${echo}` })
add({
  kind: 'websocket',
  url: `wss://api.test/ws?token=${P('ws url')}`,
  messages: [
    ['client', 'text', `{"type":"auth","token":"${P('ws json')}"}`],
    ['client', 'text', `42["auth",{"token":"${P('socket.io')}"}]`],
    ['client', 'text', `CONNECT\nlogin:zoe\npasscode:${P('stomp')}\n\n\0`],
    ['client', 'binary', base64(`{"password":"${P('ws binary json')}"}`)],
    ['server', 'binary', base64(`\0\x01Bearer ${P('ws binary')}\0`)],
    ['server', 'close', base64(`token=${P('ws close')}`)],
    ['server', 'ping', base64(`token=${P('ws ping')}`)],
    ['server', 'text', jwt('ws')],
    [
      'client',
      'text',
      JSON.stringify({
        id: '1',
        type: 'connection_init',
        payload: { headers: { Authorization: `Bearer ${P('ws gql')}` }, authToken: P('ws authToken') },
      }),
    ],
  ],
})
add({
  failure: {
    phase: 'response',
    code: 'X',
    message: `Parse error near password=${P('failure message')}`,
    received: `HTTP/1.1 200 OK\r\nSet-Cookie: session=${P('failure received')}\r\nX-Api-Key: ${P('failure received 2')}`,
  },
  via: `http://zoe:${P('via')}@proxy.test:3128`,
})
add({ statusText: `Denied token=${P('statusText')}` })
