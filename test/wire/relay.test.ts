// Octets in, octets out: every case of the table over plain HTTP and inside an opened tunnel, with raw sockets at both ends.
import t, { type Test } from 'tap'
import { startOrigin } from '../support/origin.ts'
import { openPlain, openTunnel, startWire } from '../support/wire-house.ts'
import { type RelayCase, relayCases } from './relay-cases.ts'

const house = await startWire()
t.teardown(() => house.close())
const defaultReply = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

function within<T>(promise: Promise<T>, what: string, ms = 20_000): Promise<T | string> {
  let timer: NodeJS.Timeout
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve(`${what}: nothing within ${ms} ms`), ms)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

function fits(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text === wanted : wanted.test(text)
}
const shown = (text: string): string =>
  JSON.stringify(text.length > 600 ? `${text.slice(0, 600)}…(${text.length})` : text)

async function run(t: Test, one: RelayCase, tls: boolean): Promise<void> {
  const reply = one.reply ?? defaultReply
  const origin = await startOrigin(
    async (connection) => {
      await connection.until('\r\n\r\n')
      if (one.until) while (!connection.received().toString('latin1').includes(one.until)) await pause(2)
      if (typeof reply === 'function') await reply(connection)
      else if (reply !== '') connection.send(reply)
      if (one.end) await pause(20)
      if (one.end === 'fin') connection.fin()
      if (one.end === 'rst') connection.rst()
    },
    { tls },
  )
  const host = `localhost:${origin.port}`
  const client = tls ? await openTunnel(house, host) : await openPlain(house)
  const fill = (text: string): string =>
    text.replaceAll('@host', host).replace(/ @\//, () => (tls ? ' /' : ` http://${host}/`))
  const filled = (wanted: string | RegExp): string | RegExp =>
    typeof wanted === 'string' ? fill(wanted) : new RegExp(wanted.source.replaceAll('@host', host), wanted.flags)
  client.send(fill(one.send))
  if (one.later) {
    await pause(30)
    client.send(one.later)
  }
  const wanted = filled(one.client ?? (typeof reply === 'string' ? reply : defaultReply))
  const text = (): string => client.received().toString('latin1')
  const limit = Date.now() + 20_000
  while (!fits(text(), wanted) && Date.now() < limit) await pause(2)
  t.ok(fits(text(), wanted), 'what the client receives', { found: shown(text()), wanted: String(wanted).slice(0, 600) })
  if (one.after === 'open') {
    await pause(10)
    t.notOk(client.socket.readableEnded || client.socket.destroyed, 'the client connection stands')
  } else if (one.after) {
    const how = await within(client.ended, 'the end of the client connection')
    if (one.after === 'ended') t.match(how, /^(fin|rst)$/, 'it ends without a clean end')
    else t.equal(how, one.after, 'how the client connection ends')
    t.ok(fits(text(), wanted), 'nothing more was received', { found: shown(text()) })
  }
  const sent = fill(one.send).replace(/^(\S+) http:\/\/[^/ ]+\//, '$1 /') + (one.later ?? '')
  if (one.origin === null) {
    // A tunnel has its connection before the first request.
    const heard = origin.connections.map((connection) => connection.received().toString('latin1')).join('')
    t.equal(heard, '', 'the origin never hears of it')
  } else {
    const due = one.origin ? filled(one.origin) : sent
    // On a busy machine a tunnel is first listened into, over a connection that carries nothing.
    const arrived = (): string =>
      origin.connections.map((connection) => connection.received().toString('latin1')).join('')
    while (!fits(arrived(), due) && Date.now() < limit) await pause(2)
    const received = arrived()
    t.ok(fits(received, due), 'what the origin receives', {
      found: shown(received),
      wanted: shown(sent),
    })
  }
  if (one.outcome) {
    const port = String(origin.port)
    const found = await house.find(
      ({ request, outcome, server }) =>
        (request.url.includes(port) || String(server.port) === port || one.origin === null) &&
        (outcome.state === one.outcome || (outcome.state === 'failed' && outcome.failure.code === one.outcome)),
    )
    t.ok(found, 'what is recorded')
  }
  client.raw.destroy()
  await origin.close()
}

for (const tls of [false, true])
  await t.test(tls ? 'inside TLS' : 'over plain HTTP', async (t) => {
    t.jobs = 8
    const chosen = relayCases.filter(({ check }) => check === undefined || (check === 'tls') === tls)
    // CONNECT on the proxy port itself is another case than CONNECT inside a tunnel.
    const cases = tls ? chosen : chosen.filter(({ name }) => name !== 'refused: CONNECT inside a tunnel')
    for (const one of cases) void t.test(one.name, (t) => run(t, one, tls))
  })
