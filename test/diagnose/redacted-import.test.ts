// What Telltale exports without secrets says the same when it is imported, save where a secret's own value was the cause.
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { createDiagnosis } from '../../src/diagnose/diagnose.ts'
import { exampleExchanges } from '../../src/diagnose/example-exchange.ts'
import type { Observed } from '../../src/diagnose/observed.ts'
import { rules } from '../../src/diagnose/rules.ts'
import { redactExchange } from '../../src/http/secrets.ts'
import { readFieldCases } from './field/read-field-cases.ts'

const hash = (octets: Uint8Array | string) => createHash('sha256').update(octets).digest('hex')
/** Their cause is in the value, which is gone; what then remains is that the credential was refused. */
const byValue = new Set(
  'malformed-basic malformed-jwt environment-mismatch scheme-mismatch invalid-credentials'
    .split(' ')
    .map((name) => `auth/${name}`),
)
/** A masked value in an address may have been a plain word: better said than not. */
byValue.add('security/credentials-in-url')

function told(observed: readonly Observed[]): string[][] {
  const diagnosis = createDiagnosis({ hash, now: () => 0 })
  const latest = new Map<string, string[]>()
  for (const one of observed)
    for (const { exchangeId, findings } of diagnosis.observe(one))
      latest.set(exchangeId, findings.map(({ ruleId, level }) => `${level} ${ruleId}`).sort())
  return observed.map(({ exchange }) => latest.get(exchange.id) ?? [])
}

const imported = (one: Observed): Observed => ({
  ...one,
  exchange: { ...one.exchange, origin: { by: 'import', file: 'export.har', entry: 0 } },
})

function redacted(list: readonly Observed[]): Observed[] {
  const known = new Set<string>()
  return list.map(({ exchange, request, response, messages }) => {
    const shown = redactExchange(exchange, { request, response, messages }, (text) => hash(`key ${text}`), known)
    return {
      exchange: shown.exchange,
      ...(shown.bodies.request ? { request: shown.bodies.request } : {}),
      ...(shown.bodies.response ? { response: shown.bodies.response } : {}),
      ...(shown.bodies.messages ? { messages: [...shown.bodies.messages] } : {}),
    }
  })
}

const folder = join(import.meta.dirname, 'field')
const field = readdirSync(folder)
  .filter((name) => name.endsWith('.http'))
  .flatMap((file) => readFieldCases(file, 'live'))
  .map(({ name, exchanges }) => [name, exchanges.map(({ sketch }) => sketch)] as const)
const examples = rules.flatMap(({ id, examples }) =>
  examples.map(({ name, exchanges }) => [`${id}: ${name}`, exchanges] as const),
)

for (const [what, cases] of [
  ['field set', field],
  ['examples of the rules', examples],
] as const)
  t.test(what, async (t) => {
    const changed: string[] = []
    for (const [name, sketches] of cases) {
      const before = exampleExchanges(sketches).map(imported)
      const after = told(redacted(before))
      told(before).forEach((said, index) => {
        const now = after[index] ?? []
        const differing = [...said.filter((one) => !now.includes(one)), ...now.filter((one) => !said.includes(one))]
        const others = differing.filter((one) => !byValue.has(one.split(' ')[1] ?? ''))
        if (others.length > 0) changed.push(`${name}: ${others.join(', ')}`)
      })
    }
    t.ok(cases.length > 300, `${cases.length} cases`)
    t.strictSame(changed, [])
  })
