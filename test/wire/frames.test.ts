// HTTP/2 from outside, frame by frame, as RFC 9113 and RFC 7541 have it: a raw client on one side of the wire, a raw origin on the other.
import t from 'tap'
import { startWire } from '../support/wire-house.ts'
import { casesOfClients, casesOfOrigins } from './frames-cases.ts'
import { fromClient, fromOrigin } from './frames-run.ts'

const house = await startWire()
t.teardown(() => house.close())

t.ok(casesOfClients.length + casesOfOrigins.length > 250, `${casesOfClients.length + casesOfOrigins.length} cases`)
for (const way of ['tunnel', 'tls'] as const) {
  await t.test(`a client errs, ${way}`, async (t) => {
    t.jobs = 8
    for (const one of casesOfClients) void t.test(one.name, (t) => fromClient(t, house, one, way))
  })
  await t.test(`an origin errs, ${way}`, async (t) => {
    t.jobs = 8
    for (const one of casesOfOrigins) void t.test(one.name, (t) => fromOrigin(t, house, one, way))
  })
}
await t.test('every exchange has an end', async (t) => {
  house.outbox.flush()
  const open = house.exchanges().filter(({ outcome }) => !/complete|failed/.test(outcome.state))
  t.same(
    open.map(({ request, outcome }) => `${request.url} ${outcome.state}`),
    [],
  )
})
