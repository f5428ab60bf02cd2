// Judges a case of the field set: what the findings say differently from what was expected.
import { createHash } from 'node:crypto'
import { groupOf } from '../../../src/diagnose/compose-findings.ts'
import { createDiagnosis, type Diagnosis } from '../../../src/diagnose/diagnose.ts'
import { exampleExchanges } from '../../../src/diagnose/example-exchange.ts'
import type { Finding } from '../../../src/diagnose/finding.ts'
import { subjectOf } from '../../../src/diagnose/read-subject.ts'
import type { FieldCase } from './read-field-cases.ts'

const hash = (octets: Uint8Array | string) => createHash('sha256').update(octets).digest('hex')
const told = (findings: readonly Finding[]) =>
  findings.map((one) => `${one.primary ? '*' : ''}${one.level} ${one.ruleId} (${one.brief})`).join(', ') || 'nothing'

/** What is not as expected of one case, judged with whatever the diagnosis saw before. */
export function disagreements(one: FieldCase, known?: Diagnosis): string[] {
  const wrong: string[] = []
  const diagnosis = known ?? newDiagnosis((id) => wrong.push(`${one.name}: ${id} threw`))
  const observed = exampleExchanges(one.exchanges.map(({ sketch }) => sketch))
  const latest = new Map<string, readonly Finding[]>()
  for (const each of observed)
    for (const { exchangeId, findings } of diagnosis.observe(each)) latest.set(exchangeId, findings)
  one.exchanges.forEach(({ failed, sketch }, index) => {
    const each = observed[index]
    const findings = (each && latest.get(each.exchange.id)) ?? []
    const say = (what: string) =>
      wrong.push(`${one.name} [${sketch.status ?? 'failed'}]: ${what}; it says ${told(findings)}`)
    const loud = findings
      .filter(({ level }) => level === 'error' || level === 'warning')
      .filter(({ ruleId }) => ruleId !== one.may)
    if (one.open) return
    if (!failed) {
      if (loud.length > 0) say('all is well')
      return
    }
    const leads = findings.filter(({ primary }) => primary)
    const lead = leads[0]
    if (leads.length !== 1 || !lead) {
      say('one primary finding')
      return
    }
    if (!one.groups.includes(groupOf(lead.ruleId))) say(`primary of ${one.groups.join(' or ')}`)
    if (one.rules.length > 0 && !one.rules.includes(lead.ruleId)) say(`primary ${one.rules.join(' or ')}`)
    if (one.says !== undefined && !lead.quote?.text.includes(one.says))
      say(`quotes "${one.says}", not "${lead.quote?.text}"`)
    const fields = each ? (subjectOf(each).error?.fields.map(({ path }) => path) ?? []) : []
    for (const field of one.fields)
      if (!fields.includes(field)) say(`names ${field}, not ${fields.join(', ') || 'none'}`)
  })
  return wrong
}

const newDiagnosis = (onThrow: (ruleId: string) => void) =>
  createDiagnosis({ hash, now: () => 0, onRuleFailure: onThrow })
