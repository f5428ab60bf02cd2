// HTTP/2 frame by frame where many implementations let things pass or change them, and every conformance case again within TLS.
import t from 'tap'
import { startWire } from '../support/wire-house.ts'
import { casesOfClients, casesOfOrigins } from './frames-cases.ts'
import { answers, requests } from './frames-fidelity-cases.ts'
import { relayAnswer, relayRequest } from './frames-fidelity-run.ts'
import { fromClient, fromOrigin } from './frames-run.ts'

const house = await startWire()
t.teardown(() => house.close())

for (const way of ['tunnel', 'tls'] as const) {
  const chosen = ({ strict }: { readonly strict?: true }): boolean => way === 'tls' || strict === true
  await t.test(`a client errs, ${way}`, async (t) => {
    t.jobs = 8
    for (const one of casesOfClients.filter(chosen)) void t.test(one.name, (t) => fromClient(t, house, one, way))
  })
  await t.test(`an origin errs, ${way}`, async (t) => {
    t.jobs = 8
    for (const one of casesOfOrigins.filter(chosen)) void t.test(one.name, (t) => fromOrigin(t, house, one, way))
  })
  await t.test(`messages, ${way}`, async (t) => {
    t.jobs = 8
    for (const one of requests.filter(({ strict }) => strict))
      void t.test(`request: ${one.name}`, (t) => relayRequest(t, house, one, way))
    for (const one of answers.filter(({ strict }) => strict))
      void t.test(`answer: ${one.name}`, (t) => relayAnswer(t, house, one, way))
  })
}
