// Injects one fault at a time into healthy traffic: the first finding must name it, and a complete fix must undo it.
import { createHash } from 'node:crypto'
import t from 'tap'
import { createDiagnosis } from '../../src/diagnose/diagnose.ts'
import { type ExchangeSketch, exampleExchanges } from '../../src/diagnose/example-exchange.ts'
import type { Finding } from '../../src/diagnose/finding.ts'
import type { Observed } from '../../src/diagnose/observed.ts'
import { type Draft, editRequest } from '../../src/replay/edit-request.ts'
import { type FaultClass, faultClasses } from './fault-classes.ts'
import { healthy } from './healthy-traffic.ts'

const hash = (octets: Uint8Array | string) => createHash('sha256').update(octets).digest('hex')
/** Exchanges each class is injected into, and seconds between two injections: far enough not to be a burst. */
const perClass = 6
const apart = 1200
const calm = healthy.map(({ sketch }) => sketch)
const calmTraffic = exampleExchanges(calm)

/** The one exchange of a sketch, with an id of its own. */
function observedAt(sketch: ExchangeSketch, at: number, id: string): Observed {
  const [one] = exampleExchanges([{ ...sketch, at }])
  if (!one) throw new Error('a sketch makes one exchange')
  return { ...one, exchange: { ...one.exchange, id } }
}

function draftOf({ exchange, request }: Observed): Draft {
  const { method, url, headers } = exchange.request
  return { method, url, headers, body: request }
}

/** What two requests must share to be the same one; JSON by value, so that white space and number forms do not count. */
function essence({ method, url, headers, body }: Draft): unknown {
  const text = new TextDecoder().decode(body)
  let content: unknown = text
  try {
    content = JSON.parse(text)
  } catch {}
  const lines = headers.map(({ name, value }) => `${name.toLowerCase()}: ${value}`).sort()
  return { method, url: new URL(url).href, lines, content }
}

const results = { injected: 0, named: 0, fixes: 0, undone: 0 }

function inject(fault: FaultClass): { wrong: string[]; undone: string[] } {
  const begin = () => {
    const fresh = createDiagnosis({
      hash,
      now: () => 0,
      onRuleFailure: (id, _exchange, error) => t.fail(`${id} threw: ${error}`),
    })
    for (const one of calmTraffic) fresh.learn(one)
    return fresh
  }
  let diagnosis = begin()
  const suitable = healthy.filter(({ endpoint }) => !fault.on || fault.on.includes(endpoint))
  const step = Math.max(1, Math.floor(suitable.length / perClass))
  const wrong: string[] = []
  const undone: string[] = []
  for (let n = 0; n < perClass; n++) {
    const chosen = suitable[(n * step) % suitable.length]
    if (!chosen) continue
    if (fault.teaches && n > 0) diagnosis = begin()
    const at = 700 + n * apart
    const id = `injected${String(n).padStart(8, '0')}`
    const observed = observedAt(fault.inject(chosen.sketch, n), at, id)
    const findings = diagnosis.observe(observed)[0]?.findings ?? []
    const first = findings.find(({ primary }) => primary) ?? findings[0]
    results.injected++
    if (first && fault.rules.test(first.ruleId)) results.named++
    else
      wrong.push(
        `${chosen.sketch.request} → ${first?.ruleId ?? 'nothing'} (${findings.map(({ ruleId }) => ruleId).join(', ')})`,
      )
    const problem =
      first &&
      undoes(first, observed, observedAt(fault.original?.(chosen.sketch) ?? chosen.sketch, at, id), (edits) =>
        diagnosis.restore(edits),
      )
    if (problem !== undefined) undone.push(`${chosen.sketch.request}: ${first?.ruleId}: ${problem}`)
    diagnosis.forget([id])
  }
  return { wrong, undone }
}

type Restore = (
  edits: NonNullable<NonNullable<Finding['fix']>['edits']>,
) => NonNullable<NonNullable<Finding['fix']>['edits']>

/** Why a complete fix does not give back the original request; undefined where it does, or where none is offered. */
function undoes(finding: Finding, mutated: Observed, original: Observed, restore: Restore): string | undefined {
  if (finding.fix?.kind !== 'complete' || !finding.fix.edits) return undefined
  results.fixes++
  let draft = draftOf(mutated)
  for (const edit of restore(finding.fix.edits)) {
    const edited = editRequest(draft, edit)
    if ('error' in edited) return edited.error
    draft = edited.draft
  }
  const [got, wanted] = [JSON.stringify(essence(draft)), JSON.stringify(essence(draftOf(original)))]
  if (got === wanted) {
    results.undone++
    return undefined
  }
  return `${got.slice(0, 400)} instead of ${wanted.slice(0, 400)}`
}

t.test('healthy traffic has no error and no warning', (t) => {
  const diagnosis = createDiagnosis({ hash, now: () => 0 })
  const alarms = calmTraffic.flatMap((one) =>
    diagnosis
      .observe(one)
      .flatMap(({ findings }) =>
        findings.filter(({ level }) => level !== 'note').map(({ ruleId }) => `${one.exchange.request.url} ${ruleId}`),
      ),
  )
  t.equal(calm.length, 200)
  t.strictSame(alarms, [])
  t.end()
})

t.test('at least forty fault classes are named and undone', (t) => {
  t.ok(faultClasses.length >= 40, `${faultClasses.length} classes`)
  const missed: string[] = []
  for (const fault of faultClasses) {
    const { wrong, undone } = inject(fault)
    missed.push(...wrong.map((line) => `${fault.name}: ${line}`))
    t.strictSame(undone, [], `${fault.name}: a complete fix gives back the original request`)
  }
  const share = results.named / results.injected
  t.comment(
    `${faultClasses.length} classes, ${results.injected} injections, ${results.named} named (${(100 * share).toFixed(1)} %), ${results.undone} of ${results.fixes} complete fixes undo the fault`,
  )
  for (const line of missed) t.comment(`not named: ${line}`)
  t.ok(share >= 0.95, 'the first finding names the class in at least 95 %')
  t.end()
})
