// WebSocket frames: none is changed on its way, and what they say is recorded in its order.
import { constants, deflateRawSync } from 'node:zlib'
import t from 'tap'
import { bothWays, carrying, pause, webSocketAccepted, webSocketRequest } from '../support/both-ways.ts'
import { startWire } from '../support/wire-house.ts'

const house = await startWire()
t.teardown(() => house.close())
const latin1 = (...octets: number[]): string => String.fromCharCode(...octets)

/** A client's frame, masked with a key of its own (RFC 6455 §5.3). */
function masked(first: number, text: string, key: readonly [number, number, number, number]): string {
  const body = Buffer.from(text).map((octet, i) => octet ^ (key[i % 4] ?? 0))
  const length = body.length < 126 ? [0x80 | body.length] : [0xfe, body.length >> 8, body.length & 255]
  return latin1(first, ...length, ...key) + Buffer.from(body).toString('latin1')
}
const plain = (first: number, text: string): string => latin1(first, text.length) + text

bothWays(
  house,
  'WebSocket frames pass octet for octet: fragments, pings between them, keys, lengths written long, close codes',
  async (c) => {
    await c.until('\r\n\r\n')
    c.send(webSocketAccepted)
    await c.until('bye')
    c.send(plain(0x01, 'frag'))
    c.send(plain(0x89, 'are you there'))
    c.send(plain(0x00, ''))
    c.send(plain(0x80, 'ments'))
    // A length that would fit into one octet, written in eight (RFC 6455 §5.2 forbids it; it is not ours to mend).
    c.send(`${latin1(0x82, 127, 0, 0, 0, 0, 0, 0, 0, 3)}abc`)
    c.send(plain(0x88, `${latin1(0x03, 0xe9)}going`))
    c.fin()
  },
  async (t, { client, at, host, port, connections }) => {
    client.send(webSocketRequest(at('/ws'), host))
    t.equal(await client.until('\r\n\r\n'), webSocketAccepted)
    const frames = [
      masked(0x01, 'hel', [1, 2, 3, 4]),
      masked(0x8a, 'unasked pong', [0, 0, 0, 0]),
      masked(0x00, 'lo ', [255, 254, 253, 252]),
      masked(0x80, 'world', [7, 7, 7, 7]),
      masked(0x82, 'x'.repeat(300), [9, 8, 7, 6]),
      masked(0x89, 'bye', [0, 0, 0, 0]),
    ].join('')
    // In pieces that end anywhere.
    for (let i = 0; i < frames.length; i += 7) {
      client.send(frames.slice(i, i + 7))
      if (i % 70 === 0) await pause(1)
    }
    t.equal(await client.ended, 'fin')
    client.fin()
    const wanted = [
      webSocketAccepted,
      plain(0x01, 'frag'),
      plain(0x89, 'are you there'),
      plain(0x00, ''),
      plain(0x80, 'ments'),
      `${latin1(0x82, 127, 0, 0, 0, 0, 0, 0, 0, 3)}abc`,
      plain(0x88, `${latin1(0x03, 0xe9)}going`),
    ].join('')
    t.equal(client.received().toString('latin1'), wanted, 'what the client receives')
    const [heard] = carrying(connections)
    t.equal(heard?.received().toString('latin1'), webSocketRequest('/ws', host) + frames, 'what the origin receives')
    const found = await house.find(({ server, outcome }) => server.port === port && outcome.state === 'complete')
    t.equal(found.kind, 'websocket')
    const seen = house
      .messages(found.id)
      .map(({ from, opcode, size, code, data }) => [
        from,
        opcode,
        size,
        code,
        Buffer.from(data).toString().slice(0, 20),
      ])
    const text = (from: string): unknown[] => seen.filter((one) => one[0] === from)
    t.same(text('client'), [
      ['client', 'pong', 12, undefined, 'unasked pong'],
      ['client', 'text', 11, undefined, 'hello world'],
      ['client', 'binary', 300, undefined, 'x'.repeat(20)],
      ['client', 'ping', 3, undefined, 'bye'],
    ])
    t.same(text('server'), [
      ['server', 'ping', 13, undefined, 'are you there'],
      ['server', 'text', 9, undefined, 'fragments'],
      ['server', 'binary', 3, undefined, 'abc'],
      ['server', 'close', 5, 1001, 'going'],
    ])
  },
)

const deflating = webSocketAccepted.replace(
  '\r\n\r\n',
  '\r\nSec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover\r\n\r\n',
)
/** A compressed text (RFC 7692 §7.2.1), masked with a key of zeros. */
function deflated(text: string): string {
  const data = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, -4)
  return latin1(0xc1, 0xfe, data.length >> 8, data.length & 255, 0, 0, 0, 0) + data.toString('latin1')
}
const long = Array.from({ length: 3000 }, (_, i) => (i * 7919) % 1013).join()

bothWays(
  house,
  'a question that has to be inflated is recorded before its answer, and the last word before the end',
  async (c) => {
    await c.until('\r\n\r\n')
    c.send(deflating)
    await c.take(deflated(long).length * 5)
    for (let i = 0; i < 5; i++) c.send(plain(0x81, 'yes'))
    await c.take(deflated(long).length)
    c.send(plain(0x81, 'the last word'))
    c.fin()
  },
  async (t, { client, at, host, port }) => {
    client.send(webSocketRequest(at('/asks'), host))
    await client.until('\r\n\r\n')
    client.send(deflated(long).repeat(5))
    for (let i = 0; i < 5; i++) await client.until('yes')
    client.send(deflated(long))
    await client.until('the last word')
    client.socket.destroy()
    const found = await house.find(({ server, outcome }) => server.port === port && outcome.state === 'complete')
    const told = house.messages(found.id).map(({ from, size }) => `${from} ${size}`)
    const asked = `client ${long.length}`
    t.same(told, [...Array(5).fill(asked), ...Array(5).fill('server 3'), asked, 'server 13'])
  },
)
