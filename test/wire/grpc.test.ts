// gRPC as its clients and servers put it on the wire (length-prefixed messages, status in trailers), over h2c and over TLS.
import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2'
import t from 'tap'
import { startHttp2Origin } from '../support/origin.ts'
import { openTcp, openTunnel, startWire } from '../support/wire-house.ts'

const house = await startWire()
t.teardown(() => house.close())

const message = (text: string): Buffer => {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(Buffer.byteLength(text), 1)
  return Buffer.concat([prefix, Buffer.from(text)])
}

/** Messages in what has come so far. */
function messagesIn(octets: Buffer): string[] {
  const out: string[] = []
  for (let at = 0; at + 5 <= octets.length; ) {
    const size = octets.readUInt32BE(at + 1)
    if (at + 5 + size > octets.length) break
    out.push(octets.toString('utf8', at + 5, at + 5 + size))
    at += 5 + size
  }
  return out
}

const resets: number[] = []
const start = (tls: boolean) =>
  startHttp2Origin(
    (stream, headers) => {
      const path = String(headers[':path'])
      const type = { ':status': 200, 'content-type': 'application/grpc' }
      let received: Buffer = Buffer.alloc(0)
      let answered = 0
      stream.once('close', () => resets.push(stream.rstCode ?? 0))
      if (path === '/t.T/Slow') return void stream.resume()
      if (path === '/t.T/Fail')
        // Trailers-Only: the status stands in the one head.
        return stream.respond({ ...type, 'grpc-status': '5', 'grpc-message': 'no%20such' }, { endStream: true })
      stream.respond(type, { waitForTrailers: true })
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0', 'x-cost': '7' }))
      stream.on('data', (chunk: Buffer) => {
        received = Buffer.concat([received, chunk])
        const all = messagesIn(received)
        for (; path === '/t.T/Bidi' && answered < all.length; answered++) stream.write(message(`echo ${all[answered]}`))
      })
      stream.on('end', () => {
        if (path === '/t.T/Unary') stream.write(message(`one ${messagesIn(received)[0]}`))
        if (path === '/t.T/Client') stream.write(message(messagesIn(received).join('+')))
        if (path === '/t.T/Server') for (const word of ['a', 'b', 'c']) stream.write(message(word))
        stream.end()
      })
    },
    { tls },
  )

type Call = { readonly stream: ClientHttp2Stream; messages(): string[]; readonly status: Promise<string | undefined> }
function call(session: ClientHttp2Session, path: string, more: Record<string, string> = {}): Call {
  const head = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers', ...more }
  const stream = session.request(head)
  let octets: Buffer = Buffer.alloc(0)
  let status: string | undefined
  stream.on('data', (chunk: Buffer) => {
    octets = Buffer.concat([octets, chunk])
  })
  const take = (fields: Record<string, unknown>): void => {
    if (fields['grpc-status'] !== undefined) status = String(fields['grpc-status'])
  }
  stream
    .on('response', take)
    .on('trailers', take)
    .on('error', () => {})
  return {
    stream,
    messages: () => messagesIn(octets),
    status: new Promise((resolve) => stream.once('close', () => resolve(status))),
  }
}

for (const tls of [false, true])
  await t.test(tls ? 'over TLS' : 'over h2c in a tunnel', async (t) => {
    const origin = await start(tls)
    const host = `localhost:${origin.port}`
    const plain = async () => {
      const socket = await openTcp(house.port)
      socket.write(`CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
      await new Promise((resolve) => socket.once('data', resolve))
      return socket
    }
    const socket = tls
      ? (await openTunnel(house, host, { alpn: ['h2'] })).socket.removeAllListeners('data')
      : await plain()
    const session = connect(`${tls ? 'https' : 'http'}://${host}`, { createConnection: () => socket })
    session.on('error', () => {})
    const done = async (path: string, state = 'complete') =>
      house.find(
        ({ request, outcome, server }) =>
          server.port === origin.port && request.target === path && outcome.state === state,
      )

    const unary = call(session, '/t.T/Unary')
    unary.stream.end(message('hello'))
    t.equal(await unary.status, '0')
    t.same(unary.messages(), ['one hello'])
    t.match((await done('/t.T/Unary')).outcome, {
      response: {
        trailers: [
          { name: 'grpc-status', value: '0' },
          { name: 'x-cost', value: '7' },
        ],
      },
    })

    const many = call(session, '/t.T/Server')
    many.stream.end(message('all'))
    t.equal(await many.status, '0')
    t.same(many.messages(), ['a', 'b', 'c'])

    const upload = call(session, '/t.T/Client')
    for (const word of ['x', 'y', 'z']) upload.stream.write(message(word))
    upload.stream.end()
    t.equal(await upload.status, '0')
    t.same(upload.messages(), ['x+y+z'])
    const kept = await done('/t.T/Client')
    t.same(messagesIn(house.content(kept.id, 'request')), ['x', 'y', 'z'])

    const both = call(session, '/t.T/Bidi')
    for (const [index, word] of ['1', '2', '3'].entries()) {
      both.stream.write(message(word))
      while (both.messages().length <= index) await new Promise((resolve) => setTimeout(resolve, 2))
    }
    both.stream.end()
    t.equal(await both.status, '0')
    t.same(both.messages(), ['echo 1', 'echo 2', 'echo 3'], 'each came before the next was asked')

    const failed = call(session, '/t.T/Fail')
    failed.stream.end(message('?'))
    t.equal(await failed.status, '5')
    t.match((await done('/t.T/Fail')).outcome, { response: { status: 200 } })

    resets.length = 0
    // A client whose deadline passes, or that cancels, resets its stream with CANCEL.
    const slow = call(session, '/t.T/Slow', { 'grpc-timeout': '50m' })
    slow.stream.end(message('?'))
    await house.find(
      ({ request, outcome, server }) =>
        server.port === origin.port && request.target === '/t.T/Slow' && outcome.state === 'waiting',
    )
    slow.stream.close(constants.NGHTTP2_CANCEL)
    t.equal(await slow.status, undefined)
    t.match((await done('/t.T/Slow', 'failed')).outcome, { failure: { phase: 'client', code: 'CLIENT_CLOSED' } })
    while (resets.length === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    t.same(resets, [8], 'the server hears of it')
    session.destroy()
    await origin.close()
  })
