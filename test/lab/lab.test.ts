// Every fault of the lab, made by a real origin, driven through the real proxy by a real client: the primary finding names it.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { Finding, Location } from '../../src/diagnose/finding.ts'
import type { Exchange } from '../../src/exchange/exchange.ts'
import { unresolvedEvidence } from '../support/evidence.ts'
import type { LabProxy } from '../support/lab-proxy.ts'
import { has, lacks } from '../support/programs.ts'
import { temporaryFolder } from '../support/telltale.ts'
import { authCases } from './auth-cases.ts'
import { openLab } from './lab.ts'
import type { Ask, LabCase } from './lab-case.ts'
import { askCurl, askFetch, askHttp } from './lab-client.ts'
import { limitCases } from './limit-cases.ts'
import { hasPython, networkCases } from './network-cases.ts'
import { requestCases } from './request-cases.ts'
import { responseCases } from './response-cases.ts'
import { hasNginx, serverCases } from './server-cases.ts'
import { tlsCases } from './tls-cases.ts'

const cases = [
  ...authCases,
  ...requestCases,
  ...serverCases,
  ...limitCases,
  ...responseCases,
  ...networkCases,
  ...tlsCases,
]
const lab = await openLab(cases)
t.teardown(() => lab.close())
const caFile = join(temporaryFolder('lab'), 'ca.pem')
writeFileSync(caFile, lab.proxy.caPem)
const curl = has('curl')

async function send(one: LabCase, ask: Ask): Promise<void> {
  const url = `http://127.0.0.1:${lab.origin.port}/${one.name}${ask.path ?? ''}`
  const body = ask.body === undefined || typeof ask.body === 'string' ? ask.body : JSON.stringify(ask.body)
  const typed = ask.body === undefined || typeof ask.body === 'string' ? {} : { 'Content-Type': 'application/json' }
  const headers = { ...typed, ...ask.headers }
  if (ask.after) await new Promise((done) => setTimeout(done, ask.after))
  if (ask.by === 'curl' && curl) {
    const fields = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`])
    const data = body === undefined ? [] : ['--data-binary', body]
    await askCurl(lab.proxy.port, url, caFile, ['-X', ask.method ?? 'GET', ...fields, ...data])
    return
  }
  if (ask.by === 'fetch') {
    await askFetch(lab.proxy.port, url, caFile, { headers, ...(body === undefined ? {} : { method: 'POST', body }) })
    return
  }
  const method = ask.method ?? (body === undefined ? 'GET' : 'POST')
  await askHttp(lab.proxy.port, url, { method, headers, ...(body === undefined ? {} : { body }) })
}

type Own = { readonly belongs: (exchange: Exchange) => boolean; readonly count: number; readonly proxy: LabProxy }

/** Sends what the case says, and tells which recorded exchanges are its own. */
async function drive(one: LabCase): Promise<Own> {
  if (one.drive) {
    const { port, ports = [port], count = 1, through = lab.proxy } = await one.drive(lab)
    return { belongs: (exchange) => ports.includes(exchange.server.port), count, proxy: through }
  }
  const asks = one.asks ?? [{}]
  for (const ask of asks) await send(one, ask)
  const start = new RegExp(`^http://127\\.0\\.0\\.1:\\d+/${one.name}(?:[/?]|$)`)
  return { belongs: (exchange) => start.test(exchange.request.url), count: asks.length, proxy: lab.proxy }
}

const stands = (finding: Finding, wanted: Partial<Location>): boolean =>
  finding.evidence.some(({ location }) =>
    Object.entries(wanted).every(([key, value]) => {
      const found = (location as Record<string, unknown>)[key]
      return typeof found === 'string' && typeof value === 'string'
        ? found.toLowerCase() === value.toLowerCase()
        : found === value
    }),
  )

const shown = (findings: readonly Finding[]): unknown =>
  findings.map(({ ruleId, primary, brief, evidence }) => ({
    ruleId,
    primary,
    brief,
    at: evidence.map((one) => one.location),
  }))

async function runCase(t: Test, one: LabCase): Promise<void> {
  const { belongs, count, proxy } = await drive(one)
  const judged = await proxy.judge(belongs, count, one.wanted)
  const about = judged.at(-(one.of ?? 1))
  const findings = about?.findings ?? []
  const finding = findings.find(({ ruleId, primary }) => ruleId === one.rule && (primary || one.beside))
  t.ok(finding, one.beside ? `a finding is ${one.rule}` : `the primary finding is ${one.rule}`, {
    outcome: about?.exchange.outcome,
    found: shown(findings),
  })
  if (!finding) return
  t.ok(stands(finding, one.at), `its evidence stands at ${JSON.stringify(one.at)}`, { found: shown([finding]) })
  t.strictSame(
    unresolvedEvidence(
      judged.flatMap((each) => each.findings),
      judged.map((each) => each.observed),
    ),
    [],
    'every place a finding names exists',
  )
}

t.test('the lab has at least 60 named faults', async (t) => {
  t.equal(new Set(cases.map(({ name }) => name)).size, cases.length, 'no name is used twice')
  t.ok(cases.length >= 60, `${cases.length} faults`)
})

t.test('a real nginx is there to make a 502', async (t) => {
  if (lacks(t, 'nginx', hasNginx)) return
  t.pass('nginx is installed')
})

t.test('curl is there to be a client', async (t) => {
  if (lacks(t, 'curl', curl)) return
  t.pass('curl is installed')
})

t.test('a Python is there to fill the queue of a port', async (t) => {
  if (lacks(t, 'Python', hasPython)) return
  t.pass('Python is installed')
})

// At once: most of the time of a fault is waiting.
t.test('faults', { jobs: 12 }, async (t) => {
  for (const one of cases) t.test(one.name, { buffered: true }, (t) => runCase(t, one))
})
