// Both roles against node:http2, which knows nothing of our code: fields, content, windows, limits, resets, farewells.
import {
  type ClientHttp2Stream,
  connect,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
  type Settings,
} from 'node:http2'
import { type Duplex, duplexPair } from 'node:stream'
import t from 'tap'
import { seededRandom } from './seeded-random.ts'
import { of, speak, type Told } from './spoken.ts'

const pairs = (list: readonly string[]): never => list as never
const until = async (right: () => boolean): Promise<void> => {
  for (const limit = Date.now() + 10_000; !right() && Date.now() < limit; )
    await new Promise((resolve) => setTimeout(resolve, 2))
}
const closed = (stream: ClientHttp2Stream | ServerHttp2Stream): Promise<number> =>
  new Promise((resolve) => stream.once('close', () => resolve(stream.rstCode ?? 0)))

/** A node:http2 client of our server. */
function toUs(
  react: (told: Told, connection: ReturnType<typeof speak>['connection']) => void,
  settings: Settings = {},
) {
  const [near, far] = duplexPair()
  const ours = speak({ serves: true, over: far, react })
  const session = connect('http://ours.test', { createConnection: () => near as never, settings })
  session.on('error', () => {})
  return { ours, session }
}

/** A connection of ours to a node:http2 server. */
function toThem(
  onStream: (stream: ServerHttp2Stream, fields: IncomingHttpHeaders, raw: string[]) => void,
  settings: Settings = {},
) {
  const [near, far] = duplexPair()
  const server = createServer({ settings, strictSingleValueFields: false } as object)
  server.on('stream', (stream, fields, _flags, raw) => {
    stream.on('error', () => {})
    onStream(stream, fields, raw as unknown as string[])
  })
  server.on('sessionError', () => {})
  server.emit('connection', far as Duplex)
  return { ours: speak({ serves: false, over: near, settings: { enablePush: 0 } }) }
}

const head = (path: string, ended = true) => ({
  fields: [':method', ended ? 'GET' : 'POST', ':scheme', 'http', ':authority', 'x', ':path', path],
  ended,
})

t.test('as a server: fields in order, interim heads, content both ways, trailers', async (t) => {
  const { ours, session } = toUs((told, connection) => {
    if (told.what === 'head') {
      connection.respond(told.stream, { fields: [':status', '103', 'link', '</a>'], ended: false }, true)
      connection.respond(told.stream, {
        fields: [':status', '200', 'x-b', '1', 'x-a', '\xe9', 'x-b', '2'],
        ended: false,
      })
    }
    if (told.what === 'data') connection.send(told.stream, told.octets, false)
    if (told.what === 'trailers') connection.sendTrailers(told.stream, { fields: ['x-sum', '9', 'x-sum', '10'] })
  })
  const stream = session.request(
    pairs([':path', '/p', ':method', 'POST', ':scheme', 'http', ':authority', 'a', 'x-2', 'b', 'x-1', 'c', 'x-2', 'd']),
    {
      waitForTrailers: true,
    },
  )
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-end': 'yes' }))
  const seen: unknown[] = []
  stream.on('headers', (_f, _b, raw) => seen.push(raw))
  stream.on('response', (_f, _b, raw) => seen.push(raw))
  stream.on('trailers', (_f, _b, raw) => seen.push(raw))
  const got: Buffer[] = []
  stream.on('data', (chunk) => got.push(chunk))
  const body = Buffer.alloc(3_000_000, 'abcdefghij')
  stream.end(body)
  t.equal(await closed(stream), 0)
  t.ok(Buffer.concat(got).equals(body), 'three megabytes there and back')
  t.same(seen, [
    [':status', '103', 'link', '</a>'],
    [':status', '200', 'x-b', '1', 'x-a', '\xe9', 'x-b', '2'],
    ['x-sum', '9', 'x-sum', '10'],
  ])
  const [request] = of(ours.told, 'head')
  t.same(request?.head.fields, [
    ':path',
    '/p',
    ':method',
    'POST',
    ':scheme',
    'http',
    ':authority',
    'a',
    'x-2',
    'b',
    'x-1',
    'c',
    'x-2',
    'd',
  ])
  t.same(
    of(ours.told, 'trailers').map(({ fields }) => fields),
    [['x-end', 'yes']],
  )
  session.close()
  await until(() => of(ours.told, 'goaway').length > 0)
  t.match(of(ours.told, 'goaway'), [{ code: 0 }])
})

t.test('as a server: resets with their codes, GOAWAY, PING, a thousand requests', async (t) => {
  const { ours, session } = toUs((told, connection) => {
    if (told.what !== 'head') return
    const path = told.head.fields[told.head.fields.indexOf(':path') + 1]
    if (path === '/reset') connection.reset(told.stream, 11)
    else if (path !== '/wait')
      connection.respond(told.stream, { fields: [':status', '204', 'x', path ?? ''], ended: true })
  })
  const reset = session.request({ ':path': '/reset' })
  reset.on('error', () => {})
  t.equal(await closed(reset), 11)
  const waiting = session.request({ ':path': '/wait' })
  waiting.on('error', () => {})
  await until(() => of(ours.told, 'head').length === 2)
  waiting.close(7)
  await until(() => of(ours.told, 'closed').length === 1)
  t.match(of(ours.told, 'closed'), [{ by: 'peer', code: 7 }])
  await new Promise((resolve) =>
    session.ping(Buffer.from('12345678'), (error, _ms, octets) =>
      resolve(t.same([error, String(octets)], [null, '12345678'])),
    ),
  )
  const answers = await Promise.all(
    Array.from({ length: 1000 }, (_, i) => {
      const stream = session.request({ ':path': `/${i}`, 'x-same': 'always', 'x-other': `${i % 7}` })
      return new Promise((resolve) => stream.once('response', (fields) => resolve(fields.x)).resume())
    }),
  )
  t.same(
    answers,
    Array.from({ length: 1000 }, (_, i) => `/${i}`),
  )
  const away = new Promise((resolve) =>
    session.once('goaway', (code, last, data) => resolve([code, last, String(data)])),
  )
  ours.connection.goaway({ code: 0, lastStream: 5, data: Buffer.from('bye') })
  t.same(await away, [0, 5, 'bye'])
  session.destroy()
})

t.test('as a client: windows of every size are kept, and grow and shrink under way', async (t) => {
  for (const initialWindowSize of [1, 1000, 65_535, 1_000_000]) {
    const body = Buffer.alloc(initialWindowSize === 1 ? 300 : 500_000, 'window')
    let got = Buffer.alloc(0)
    const { ours } = toThem(
      (stream) => {
        stream.on('data', (chunk: Buffer) => {
          got = Buffer.concat([got, chunk])
          if (got.length === chunk.length)
            stream.session?.settings({ initialWindowSize: Math.max(1, initialWindowSize - 500) })
        })
        stream.on('end', () => {
          stream.respond({ ':status': 200 })
          stream.end(got)
        })
      },
      { initialWindowSize },
    )
    const stream = ours.connection.request(head('/w', false), 'w')
    ours.connection.send(stream, body, true)
    await until(() => of(ours.told, 'data').some(({ ended }) => ended))
    t.ok(got.equals(body), `${initialWindowSize}: there`)
    t.ok(Buffer.concat(of(ours.told, 'data').map(({ octets }) => octets)).equals(body), 'and back')
    ours.connection.closed()
  }
})

t.test('as a client: no more streams at a time than the server takes, the rest in order', async (t) => {
  let open = 0
  let most = 0
  const order: string[] = []
  const { ours } = toThem(
    (stream, fields) => {
      most = Math.max(most, ++open)
      order.push(String(fields[':path']))
      setTimeout(() => {
        open--
        stream.respond({ ':status': 200 }, { endStream: true })
      }, 2)
    },
    { maxConcurrentStreams: 3 },
  )
  await until(() => of(ours.told, 'settings').length > 0)
  const streams = Array.from({ length: 20 }, (_, i) => ours.connection.request(head(`/${i}`), `/${i}`))
  const given = streams.splice(15, 1)[0]
  if (given) ours.connection.reset(given, 8)
  await until(() => of(ours.told, 'head').length === 19)
  t.equal(most, 3)
  t.same(
    order,
    Array.from({ length: 20 }, (_, i) => `/${i}`).filter((path) => path !== '/15'),
  )
  ours.connection.closed()
})

t.test('field lists go round through node:http2, whatever the tables', async (t) => {
  const random = seededRandom(2015)
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T
  const text = (most: number): string =>
    String.fromCharCode(...Array.from({ length: 1 + random(most) }, () => 33 + random(90)))
  const names = Array.from({ length: 30 }, (_, i) => `x-${i}`).concat(
    'accept',
    'cookie',
    'etag',
    'set-cookie',
    'authorization',
  )
  const values = Array.from({ length: 30 }, () => text(60)).concat(text(2000), 'gzip, deflate')
  const list = (): string[] => Array.from({ length: random(25) }, () => [pick(names), pick(values)]).flat()
  for (const headerTableSize of [0, 60, 200, 4096, 65_536]) {
    let back: string[] = []
    const seen: string[][] = []
    const { ours } = toThem(
      (stream, _fields, raw) => {
        seen.push(raw.slice(8))
        back = list()
        if (random(5) === 0) stream.session?.settings({ headerTableSize: pick([0, 100, 4096]) })
        stream.respond(pairs([':status', '200', ...back]), { endStream: true, sendDate: false } as object)
      },
      { headerTableSize },
    )
    for (let i = 0; i < 80; i++) {
      const fields = list()
      ours.connection.request({ fields: [...head('/').fields, ...fields], ended: true }, '')
      await until(() => of(ours.told, 'head').length > i)
      const answer = of(ours.told, 'head').at(-1)?.head.fields.slice(2)
      if (JSON.stringify([seen.at(-1), answer]) !== JSON.stringify([fields, back])) {
        t.same([seen.at(-1), answer], [fields, back], `${headerTableSize}, ${i}`)
        return
      }
    }
    t.pass(`a table of ${headerTableSize}`)
    ours.connection.closed()
  }
})
