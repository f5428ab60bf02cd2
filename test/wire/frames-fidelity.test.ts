// What goes through the wire in HTTP/2 comes out as it went in: fields, ends, reset codes and GOAWAY, in both directions.
import t from 'tap'
import { startWire } from '../support/wire-house.ts'
import { answers, requests } from './frames-fidelity-cases.ts'
import { relayAnswer, relayRequest } from './frames-fidelity-run.ts'

const house = await startWire()
t.teardown(() => house.close())

for (const way of ['tunnel', 'tls'] as const) {
  await t.test(`requests, ${way}`, async (t) => {
    t.jobs = 8
    for (const one of requests) void t.test(one.name, (t) => relayRequest(t, house, one, way))
  })
  await t.test(`answers, ${way}`, async (t) => {
    t.jobs = 8
    for (const one of answers) void t.test(one.name, (t) => relayAnswer(t, house, one, way))
  })
}
