// The ClientHello is read, never consumed: in one piece with CONNECT, octet by octet, spread over records; and SOCKS5 with credentials.
import { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import t, { type Test } from 'tap'
import { connectionOf, type OriginConnection, startOrigin } from '../support/origin.ts'
import { openPlain, startWire, type WireHouse } from '../support/wire-house.ts'

const house = await startWire()
const guarded = await startWire({ proxyAuth: 'us:er:pässword' })
const origin = await startOrigin(
  async (c) => {
    for (;;) {
      await c.until('\r\n\r\n')
      c.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    }
  },
  { tls: true, alpn: ['http/1.1'] },
)
const host = `localhost:${origin.port}`
t.teardown(async () => {
  await house.close()
  await guarded.close()
  await origin.close()
})

/** A client's socket whose every write goes out as `cut` says; what comes in until `after` is dropped. */
function through(c: OriginConnection, cut: (chunk: Buffer, first: boolean) => Buffer[], after: string): Duplex {
  c.socket.removeAllListeners('data')
  let first = true
  let before = Buffer.alloc(0)
  let begun = after === ''
  const inside = new Duplex({
    read() {},
    write(chunk: Buffer, _coding, done) {
      const parts = cut(chunk, first)
      first = false
      const next = (): void => {
        const part = parts.shift()
        if (part === undefined) return done()
        // One segment each: the connection sends at once, and the reader gets its turn between.
        c.raw.write(part, () => setImmediate(next))
      }
      next()
    },
    destroy(error, done) {
      c.raw.destroy()
      done(error)
    },
  })
  c.socket.on('data', (chunk: Buffer) => {
    if (begun) return void inside.push(chunk)
    before = Buffer.concat([before, chunk])
    const end = before.indexOf(after)
    if (end === -1) return
    begun = true
    inside.push(before.subarray(end + after.length))
  })
  c.socket.once('end', () => inside.push(null))
  return inside
}

async function ask(t: Test, to: WireHouse, socket: Duplex, path: string): Promise<string> {
  const tls = connectTls({ socket, servername: 'localhost', ca: to.authority.caPem, ALPNProtocols: ['http/1.1'] })
  const client = connectionOf(tls, tls)
  tls.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
  const answer = await client.until('ok')
  tls.destroy()
  const found = await to.find(({ request, outcome }) => request.target === path && outcome.state === 'complete')
  t.match(found, { connection: { clientTls: { servername: 'localhost', alpn: 'http/1.1' } } })
  return answer
}

const connect = `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`
const granted = '\r\n\r\n'

/** The message of the first record, in records of 17 octets and less. */
function inRecords(record: Buffer): Buffer[] {
  const message = record.subarray(5)
  const parts: Buffer[] = []
  for (let at = 0; at < message.length; at += 17) {
    const part = message.subarray(at, at + 17)
    parts.push(Buffer.concat([record.subarray(0, 3), Buffer.from([0, part.length]), part]))
  }
  return parts
}
const octets = (chunk: Buffer): Buffer[] => [...chunk].map((octet) => Buffer.from([octet]))

for (const [name, cut] of [
  ['sent together with CONNECT', (chunk: Buffer) => [chunk]],
  ['octet by octet', (chunk: Buffer, first: boolean) => (first ? octets(chunk) : [chunk])],
  [
    'spread over many records',
    (chunk: Buffer, first: boolean) => (first ? [Buffer.concat(inRecords(chunk))] : [chunk]),
  ],
  ['spread over many records, each cut in two', cutRecords],
] as const)
  t.test(`a ClientHello ${name}`, async (t) => {
    const c = await openPlain(house)
    const together = name === 'sent together with CONNECT'
    if (!together) c.send(connect)
    const first = together ? [Buffer.from(connect)] : []
    const socket = through(
      c,
      (chunk, isFirst) => (isFirst && together ? [Buffer.concat([...first, chunk])] : [...cut(chunk, isFirst)]),
      granted,
    )
    t.match(await ask(t, house, socket, `/${name.replaceAll(/\W/g, '-')}`), /^HTTP\/1\.1 200 OK/)
  })

function cutRecords(chunk: Buffer, first: boolean): Buffer[] {
  if (!first) return [chunk]
  return inRecords(chunk).flatMap((record) => [record.subarray(0, 3), record.subarray(3)])
}

const named = (user: string, password: string): Buffer =>
  Buffer.concat([
    Buffer.from([1, Buffer.byteLength(user)]),
    Buffer.from(user),
    Buffer.from([Buffer.byteLength(password)]),
    Buffer.from(password),
  ])

t.test('SOCKS5 demands user and password where the proxy does (RFC 1929)', async (t) => {
  const known = await openPlain(guarded)
  known.raw.write(Buffer.from([5, 2, 0, 2]))
  t.equal(await known.take(2), '\x05\x02', 'no other way in is chosen, though the client offers one')
  known.raw.write(named('us', 'er:pässword'))
  t.equal(await known.take(2), '\x01\0')
  known.raw.write(
    Buffer.concat([
      Buffer.from([5, 1, 0, 3, 9]),
      Buffer.from('localhost'),
      Buffer.from([origin.port >> 8, origin.port & 255]),
    ]),
  )
  t.match(await known.take(10), /^\x05\0/)
  t.match(
    await ask(
      t,
      guarded,
      through(known, (chunk) => [chunk], ''),
      '/socks',
    ),
    /^HTTP\/1\.1 200 OK/,
  )

  const wrong = await openPlain(guarded)
  wrong.raw.write(Buffer.from([5, 1, 2]))
  await wrong.take(2)
  wrong.raw.write(named('us', 'guess'))
  t.equal(await wrong.take(2), '\x01\x01')
  t.equal(await wrong.ended, 'fin')
  wrong.raw.destroy()

  const nobody = await openPlain(guarded)
  nobody.raw.write(Buffer.from([5, 1, 0]))
  t.equal(await nobody.take(2), '\x05\xff', 'without credentials there is no way in')
  t.equal(await nobody.ended, 'fin')
  nobody.raw.destroy()
})
