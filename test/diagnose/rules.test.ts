// Every rule is held to its own examples, and every finding to what all findings promise.
import { createHash } from 'node:crypto'
import { readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { createDiagnosis } from '../../src/diagnose/diagnose.ts'
import { exampleExchanges } from '../../src/diagnose/example-exchange.ts'
import type { Finding } from '../../src/diagnose/finding.ts'
import { subjectOf } from '../../src/diagnose/read-subject.ts'
import type { Example, Rule } from '../../src/diagnose/rule.ts'
import { rules } from '../../src/diagnose/rules.ts'
import { unresolvedEvidence } from '../support/evidence.ts'

const hash = (octets: Uint8Array | string) => createHash('sha256').update(octets).digest('hex')
const rulesFolder = join(dirname(fileURLToPath(import.meta.url)), '../../src/diagnose/rules')

/** The findings of the exchange an example is about, after all of its exchanges happened. */
function judge(rule: Rule, example: Example): { findings: readonly Finding[]; failed: string[] } {
  const failed: string[] = []
  const diagnosis = createDiagnosis(
    { hash, now: () => 0, onRuleFailure: (id, _exchange, error) => failed.push(`${id}: ${error}`) },
    { wanted: rule.quiet ? [rule.id] : [] },
  )
  const observed = exampleExchanges(example.exchanges)
  const latest = new Map<string, readonly Finding[]>()
  for (const one of observed)
    for (const { exchangeId, findings } of diagnosis.observe(one)) latest.set(exchangeId, findings)
  const about = observed.at(example.about ?? -1)
  return { findings: (about && latest.get(about.exchange.id)) ?? [], failed }
}

/** Secrets an example sends: values of credentials long enough to be recognised. */
function secretsIn(example: Example): string[] {
  return exampleExchanges(example.exchanges).flatMap((one) =>
    subjectOf(one).credentials.flatMap(({ value, location }) =>
      value.length >= 12 && location !== 'cookie' && !/[{}<>$]/.test(value) ? [value.trim()] : [],
    ),
  )
}

t.test('the list is complete, sorted, and each id is the path of its file', (t) => {
  const files = readdirSync(rulesFolder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => name.replace(/\.ts$/, '').replaceAll('\\', '/'))
    .sort()
  t.strictSame(
    rules.map(({ id }) => id),
    files,
  )
  t.end()
})

for (const rule of rules)
  t.test(rule.id, (t) => {
    t.ok(
      rule.examples.some(({ fires }) => fires),
      'has an example that fires',
    )
    t.ok(
      rule.examples.some(({ fires }) => !fires),
      'has an example that stays silent',
    )
    t.ok(rule.summary.length > 40 && rule.title.length > 10, 'is documented')
    for (const example of rule.examples) {
      const { findings, failed } = judge(rule, example)
      t.strictSame(failed, [], `${example.name}: no rule throws`)
      const own = findings.find(({ ruleId }) => ruleId === rule.id)
      t.equal(own !== undefined, example.fires, `${example.name}: ${example.fires ? 'fires' : 'is silent'}`)
      if (own && example.fires) {
        if (example.level) t.equal(own.level, example.level, `${example.name}: level`)
        if (example.brief) t.equal(own.brief, example.brief, `${example.name}: brief`)
        if (example.fix) t.equal(own.fix?.kind, example.fix, `${example.name}: fix`)
        if (example.primary)
          t.equal(findings.find(({ primary }) => primary)?.ruleId, rule.id, `${example.name}: is the primary finding`)
      }
      const leads = findings.filter(({ primary }) => primary).length
      t.equal(
        leads,
        findings.some(({ level }) => level === 'error') ? 1 : 0,
        `${example.name}: exactly one primary where there is an error`,
      )
      const secrets = secretsIn(example)
      for (const finding of findings) {
        t.ok(finding.brief.length > 0 && finding.brief.length <= 26, `${finding.ruleId} brief "${finding.brief}"`)
        t.notMatch(finding.title, /\.$/, `${finding.ruleId} title has no full stop`)
        t.ok(finding.evidence.length > 0, `${finding.ruleId} has evidence`)
        const text = JSON.stringify(finding)
        t.strictSame(
          secrets.filter((secret) => text.includes(secret)),
          [],
          `${finding.ruleId} shows no secret`,
        )
      }
      t.strictSame(
        unresolvedEvidence(findings, exampleExchanges(example.exchanges)),
        [],
        `${example.name}: evidence can be found`,
      )
    }
    t.end()
  })
