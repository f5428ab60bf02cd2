// What flows over HTTP/1 while it flows: both directions at once, pipelines, stalls, Expect, HTTP/1.0.
import t from 'tap'
import { bothWays, carrying, pause } from '../support/both-ways.ts'
import { startOrigin } from '../support/origin.ts'
import { openPlain, startWire } from '../support/wire-house.ts'

const house = await startWire()
t.teardown(() => house.close())

bothWays(
  house,
  'a request and its answer run at the same time, chunk by chunk',
  async (c) => {
    await c.until('\r\n\r\n')
    c.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
    for (;;) {
      const chunk = (await c.until('\r\n')) + (await c.until('\r\n'))
      c.send(chunk.toUpperCase())
      if (chunk.startsWith('0')) return
    }
  },
  async (t, { client, at, host, port }) => {
    client.send(`POST ${at('/duplex')} HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n`)
    t.match(await client.until('\r\n\r\n'), /^HTTP\/1\.1 200/, 'the head comes before the body is there')
    for (const word of ['one', 'two', 'six']) {
      client.send(`3\r\n${word}\r\n`)
      t.equal(await client.until(`${word.toUpperCase()}\r\n`), `3\r\n${word.toUpperCase()}\r\n`)
    }
    client.send('0\r\n\r\n')
    t.equal(await client.until('0\r\n\r\n'), '0\r\n\r\n')
    const found = await house.find(({ server, outcome }) => server.port === port && outcome.state === 'complete')
    t.match(found, { request: { content: { bodySize: 9 } }, outcome: { response: { content: { bodySize: 9 } } } })
  },
)

let sendSecond = (): void => {}
bothWays(
  house,
  'an event reaches the client before the next one is sent',
  async (c) => {
    await c.until('\r\n\r\n')
    c.send('HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n')
    await new Promise<void>((resolve) => {
      sendSecond = resolve
    })
    c.send('data: 2\n\n')
    c.fin()
  },
  async (t, { client, at, host }) => {
    client.send(`GET ${at('/events')} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
    t.match(
      await client.until('data: 1\n\n'),
      /^HTTP\/1\.1 200 OK\r\nContent-Type: text\/event-stream\r\n\r\ndata: 1\n\n$/,
    )
    sendSecond()
    t.equal(await client.until('data: 2\n\n'), 'data: 2\n\n')
    t.equal(await client.ended, 'fin')
  },
)

for (const how of ['fin', 'rst'] as const)
  bothWays(
    house,
    `an answer that stalls stalls, until the origin ends it with ${how}`,
    async (c) => {
      await c.until('\r\n\r\n')
      c.send('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello')
      await pause(400)
      if (how === 'fin') c.fin()
      else c.rst()
    },
    async (t, { client, at, host, port }) => {
      client.send(`GET ${at('/stalls')} HTTP/1.1\r\nHost: ${host}\r\n\r\n`)
      await client.until('hello')
      await pause(150)
      t.notOk(client.socket.readableEnded || client.socket.destroyed, 'meanwhile the connection stands')
      t.equal(await client.ended, how)
      t.ok(client.received().toString().endsWith('\r\n\r\nhello'), 'and nothing was added')
      const code = how === 'fin' ? 'RESPONSE_CUT' : 'ECONNRESET'
      const found = await house.find(({ server, outcome }) => server.port === port && outcome.state === 'failed')
      t.match(found.outcome, { failure: { phase: 'response', code } })
    },
  )

const pathOf = (head: string): string => head.split(' ')[1] ?? ''
bothWays(
  house,
  'a pipeline of requests with and without bodies is answered in its order',
  async (c) => {
    for (;;) {
      const head = await c.until('\r\n\r\n')
      const body = head.includes('chunked')
        ? await c.until('0\r\n\r\n')
        : head.includes('Content-Length: 3')
          ? await c.take(3)
          : ''
      // The first answers are the slowest: nobody may overtake them.
      await pause(pathOf(head) === '/1' ? 60 : 5)
      const answer = `${pathOf(head)} ${body.length}`
      const content = head.startsWith('HEAD') ? '' : answer
      c.send(`HTTP/1.1 200 OK\r\nContent-Length: ${answer.length}\r\n\r\n${content}`)
    }
  },
  async (t, { client, at, host, connections }) => {
    const all = [
      `POST ${at('/1')} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 3\r\n\r\nabc`,
      `GET ${at('/2')} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      `PUT ${at('/3')} HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n0\r\n\r\n`,
      `HEAD ${at('/4')} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
      `GET ${at('/5')} HTTP/1.1\r\nHost: ${host}\r\n\r\n`,
    ].join('')
    client.send(all)
    const got = await client.until('/5 0')
    t.match(
      got,
      /^HTTP[^/]*\/1\.1 200 OK\r\nContent-Length: 4\r\n\r\n\/1 3HTTP\/1\.1 200 OK\r\nContent-Length: 4\r\n\r\n\/2 0/,
    )
    t.match(
      got,
      /\/3 17HTTP\/1\.1 200 OK\r\nContent-Length: 4\r\n\r\nHTTP\/1\.1 200 OK\r\nContent-Length: 4\r\n\r\n\/5 0$/,
    )
    const heard = carrying(connections)
      .map((one) => one.received().toString('latin1'))
      .join('')
    t.equal(heard, all.replaceAll(`http://${host}`, ''), 'the origin receives every octet, and no other')
  },
)

bothWays(
  house,
  'Connection: close in the middle of a pipeline ends it there',
  async (c) => {
    for (;;) {
      const head = await c.until('\r\n\r\n')
      const close = head.includes('/2') ? 'Connection: close\r\n' : ''
      c.send(`HTTP/1.1 200 OK\r\n${close}Content-Length: 2\r\n\r\n${pathOf(head)}`)
      if (close !== '') c.fin()
    }
  },
  async (t, { client, at, host, connections }) => {
    client.send(['/1', '/2', '/3'].map((path) => `GET ${at(path)} HTTP/1.1\r\nHost: ${host}\r\n\r\n`).join(''))
    t.match(await client.ended, /^(fin|rst)$/)
    t.match(client.received().toString(), /\/1HTTP[\s\S]*Connection: close[\s\S]*\/2$/)
    t.notOk(
      connections.some((one) => one.received().includes('/3')),
      'what came after it goes nowhere',
    )
  },
)

for (const [name, head] of [
  ['without Host', 'GET @ HTTP/1.0\r\nX-Old: yes\r\n\r\n'],
  ['with a body', 'POST @ HTTP/1.0\r\nHost: h.test\r\nContent-Length: 3\r\n\r\nabc'],
] as const)
  bothWays(
    house,
    `HTTP/1.0 ${name}, answered in chunks as a careless origin does`,
    async (c) => {
      await c.until(head.endsWith('abc') ? 'abc' : '\r\n\r\n')
      c.send('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n')
    },
    async (t, { client, at, host, connections }) => {
      client.send(head.replace('@', at('/old')))
      t.equal(await client.ended, 'fin')
      t.equal(
        client.received().toString(),
        'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
        'the answer is not framed anew',
      )
      const heard = carrying(connections).map((one) => one.received().toString())
      // An absolute target says which Host the origin gets (RFC 9112 §3.2.2).
      const named = at('/').startsWith('http')
        ? head.includes('Host')
          ? head.replace('h.test', host)
          : head.replace('\r\n', `\r\nHost: ${host}\r\n`)
        : head
      t.same(heard, [named.replace('@', '/old')])
    },
  )

bothWays(
  house,
  'Expect: 100-continue, and a client that does not wait for it',
  async (c) => {
    await c.until('abc')
    c.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  },
  async (t, { client, at, host, connections }) => {
    const request = `POST ${at('/e')} HTTP/1.1\r\nHost: ${host}\r\nexpect: 100-Continue\r\nContent-Length: 3\r\n\r\nabc`
    client.send(request)
    t.equal(await client.until('ok'), 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok', 'no 100 is made up')
    t.same(
      carrying(connections).map((one) => one.received().toString()),
      [request.replace(`http://${host}`, '')],
    )
  },
)

bothWays(
  house,
  'Expect: 100-continue that is answered for good: the body is not waited for, and none is sent on',
  async (c) => {
    await c.until('\r\n\r\n')
    c.send('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno')
  },
  async (t, { client, at, host, port, connections }) => {
    client.send(`POST ${at('/e')} HTTP/1.1\r\nHost: ${host}\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n`)
    t.match(await client.until('no'), /^HTTP\/1\.1 403/)
    client.fin()
    await client.ended
    t.ok(carrying(connections).every((one) => one.received().toString().endsWith('\r\n\r\n')))
    t.ok(await house.find(({ server, outcome }) => server.port === port && outcome.state === 'complete'))
  },
)

t.test('https in an absolute target: the proxy speaks TLS for the client', async (t) => {
  const origin = await startOrigin(
    async (c) => {
      await c.until('\r\n\r\n')
      c.send('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
    },
    { tls: true },
  )
  const host = `localhost:${origin.port}`
  const client = await openPlain(house)
  client.send(`GET https://${host}/over HTTP/1.1\r\nHost: ${host}\r\nX-A: 1\r\n\r\n`)
  t.equal(await client.until('ok'), 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  t.equal(origin.connections[0]?.received().toString(), `GET /over HTTP/1.1\r\nHost: ${host}\r\nX-A: 1\r\n\r\n`)
  const found = await house.find(
    ({ request, outcome }) => request.target.endsWith('/over') && outcome.state === 'complete',
  )
  t.match(found, { request: { url: `https://${host}/over` }, connection: { serverTls: { protocol: /TLS/ } } })
  client.raw.destroy()
  await origin.close()
})
