// A part of the lab through the whole product: command line, wire, desk in its worker, store and API; the row names the cause.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import type { Row } from '../../src/api/row.ts'
import type { Finding } from '../../src/diagnose/finding.ts'
import { has, lacks } from '../support/programs.ts'
import { startTelltale } from '../support/telltale.ts'
import { authCases } from './auth-cases.ts'
import type { LabCase } from './lab-case.ts'
import { askCurl, askHttp } from './lab-client.ts'
import { limitCases } from './limit-cases.ts'
import { startMisbehavingOrigin } from './misbehaving-origin.ts'
import { requestCases } from './request-cases.ts'
import { responseCases } from './response-cases.ts'
import { serverCases } from './server-cases.ts'

const chosen = new Set([
  ...['no-credential', 'expired-jwt', 'missing-scope', 'token-with-two-spaces', 'wrong-method', 'json-trailing-comma'],
  ...[
    'created-twice',
    'field-refused',
    'slash-too-many',
    'internal-error',
    'maintenance-in-seconds',
    'limit-github-403',
  ],
  ...[
    'quota-used-up',
    'version-refused',
    'error-in-a-200',
    'graphql-errors',
    'chunked-body-cut',
    'gzip-cut',
    'gzip-that-is-none',
  ],
])
const cases = [...authCases, ...requestCases, ...serverCases, ...limitCases, ...responseCases].filter(({ name }) =>
  chosen.has(name),
)

const product = await startTelltale()
t.teardown(() => product.stop())
const port = Number(new URL(product.proxy).port)

/** An origin of its own for each case: the history of one must not explain another. */
async function drive(one: LabCase): Promise<string> {
  const origin = await startMisbehavingOrigin([one])
  t.teardown(() => origin.close())
  const base = `http://127.0.0.1:${origin.port}/${one.name}`
  for (const ask of one.asks ?? [{}]) {
    const text = ask.body === undefined || typeof ask.body === 'string' ? ask.body : JSON.stringify(ask.body)
    const typed = ask.body === undefined || typeof ask.body === 'string' ? {} : { 'Content-Type': 'application/json' }
    await askHttp(port, base + (ask.path ?? ''), {
      method: ask.method ?? (text === undefined ? 'GET' : 'POST'),
      headers: { ...typed, ...ask.headers },
      ...(text === undefined ? {} : { body: text }),
    })
  }
  return one.name
}

async function newestRow(name: string, count: number): Promise<Row | undefined> {
  const limit = Date.now() + 6000
  for (;;) {
    const rows = (await product.rows()).filter(({ path }) => path.split(/[/?]/)[1] === name)
    const over = rows.filter(({ outcome }) => outcome !== 'waiting' && outcome !== 'receiving')
    if (over.length >= count || Date.now() > limit) return over[0]
    await new Promise((done) => setTimeout(done, 40))
  }
}

t.test('faults', async (t) => {
  t.equal(cases.length, chosen.size, 'every chosen case exists')
  for (const one of cases) {
    const row = await newestRow(await drive(one), one.asks?.length ?? 1)
    t.equal(row?.primary?.ruleId, one.rule, `${one.name}: the row says ${row?.primary?.brief}`)
    if (!row) continue
    const { answer } = await product.call('GET', `/api/exchanges/${row.id}`)
    const { findings } = answer as { findings: readonly Finding[] }
    const primary = findings.find(({ primary }) => primary)
    t.equal(primary?.ruleId, one.rule, `${one.name}: and so does the exchange`)
    t.ok(
      primary?.evidence.some(({ location }) => location.at === one.at.at),
      `${one.name}: evidence at ${one.at.at}`,
    )
  }
})

t.test('a rule muted by hand in rules.json goes from the rows, and comes back with the line', async (t) => {
  const file = join(product.dataDir, 'rules.json')
  const name = cases[0]?.name ?? ''
  const said = async (wanted: boolean): Promise<boolean> => {
    const limit = Date.now() + 15_000
    while (Date.now() < limit) {
      const row = await newestRow(name, 1)
      if ((row?.primary !== undefined) === wanted) return true
      await new Promise((done) => setTimeout(done, 100))
    }
    return false
  }
  t.ok(await said(true), 'the row names its cause')
  writeFileSync(file, '{"mutes":[{"rule":"*","since":"2026-06-01T00:00:00Z"}]}')
  t.ok(await said(false), 'muted')
  writeFileSync(file, '{"mutes":[]}')
  t.ok(await said(true), 'heard again')
})

t.test('a name that does not exist and a port on which nobody listens, asked by curl', async (t) => {
  if (lacks(t, 'curl', has('curl'))) return
  await askCurl(port, `http://${'no-such-host-'.repeat(5)}.invalid/`, product.ca)
  const closed = await startMisbehavingOrigin([])
  await closed.close()
  await askCurl(port, `http://127.0.0.1:${closed.port}/`, product.ca)
  const limit = Date.now() + 20_000
  let rules: (string | undefined)[] = []
  while (rules.length < 2 && Date.now() < limit) {
    const failed = (await product.rows()).filter(({ outcome }) => outcome === 'failed')
    rules = failed.flatMap(({ primary }) => (primary?.ruleId.startsWith('network/') ? [primary.ruleId] : []))
    await new Promise((done) => setTimeout(done, 50))
  }
  t.ok(rules.includes('network/dns-failure'), 'DNS')
  t.ok(rules.includes('network/connection-refused'), 'refused')
})
