// The choice of rules for an exchange hides none: with it, and with every rule run, the findings are the same.
import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { join } from 'node:path'
import { createGunzip } from 'node:zlib'
import t from 'tap'
import { orderedIds, readObserved } from '../../src/cli/read-observed.ts'
import { createDiagnosis } from '../../src/diagnose/diagnose.ts'
import { exampleExchanges } from '../../src/diagnose/example-exchange.ts'
import type { Observed } from '../../src/diagnose/observed.ts'
import type { Rule } from '../../src/diagnose/rule.ts'
import { needs } from '../../src/diagnose/rule-needs.ts'
import { rules } from '../../src/diagnose/rules.ts'

const hash = (octets: Uint8Array | string) => createHash('sha256').update(octets).digest('hex')
const now = () => Date.UTC(2026, 5, 1)
/** Exchanges of the corpus that are looked at; each is judged four times. */
const enough = 800

/** The same rules, each asked about every exchange of its outcome. */
const needless = rules.map(({ needs: _needs, ...rule }): Rule => rule)
const quiet = rules.filter((rule) => rule.quiet).map(({ id }) => id)

/** Two diagnoses of the same traffic; what they answer, and what threw in either. */
function pair(): { observe: (observed: Observed) => [string, string]; threw: string[] } {
  const threw: string[] = []
  const tools = { hash, now, onRuleFailure: (id: string) => threw.push(id) }
  const chosen = createDiagnosis(tools, { wanted: quiet })
  const every = createDiagnosis(tools, { wanted: quiet, rules: needless })
  return {
    observe: (observed) => [JSON.stringify(chosen.observe(observed)), JSON.stringify(every.observe(observed))],
    threw,
  }
}

t.test('every example is answered the same', async (t) => {
  for (const rule of rules)
    for (const example of rule.examples) {
      const { observe, threw } = pair()
      const exchanges = exampleExchanges(example.exchanges)
      // The last ones once more: what is judged again must not meet itself.
      for (const observed of [...exchanges, ...exchanges.slice(-2)]) {
        const [chosen, every] = observe(observed)
        if (chosen !== every) t.equal(chosen, every, `${rule.id}: ${example.name}`)
      }
      t.strictSame(threw, [], `${rule.id}: ${example.name}`)
    }
})

const file = join(import.meta.dirname, '../../../shared/corpus/exchanges.jsonl.gz')
const skip = existsSync(file) ? false : 'there is no corpus'

t.test('recorded traffic is answered the same, imported and as if captured', { skip }, async (t) => {
  const [imported, captured] = [pair(), pair()]
  let seen = 0
  const octets = createReadStream(file).pipe(createGunzip())
  for await (const read of readObserved('exchanges.jsonl', octets, orderedIds())) {
    if ('skipped' in read) continue
    if (seen++ === enough) break
    const { observed } = read
    const [chosen, every] = imported.observe(observed)
    if (chosen !== every) t.equal(chosen, every, `entry ${read.entry}`)
    const live = { ...observed, exchange: { ...observed.exchange, origin: { by: 'capture' } as const } }
    const [chosenLive, everyLive] = captured.observe(live)
    if (chosenLive !== everyLive) t.equal(chosenLive, everyLive, `entry ${read.entry} as if captured`)
  }
  t.strictSame([...imported.threw, ...captured.threw], [])
  t.ok(seen > 700, `${seen} exchanges were compared`)
})

t.test('each need is one of a known few, and is needed', async (t) => {
  const named = new Set(rules.flatMap((rule) => rule.needs ?? []))
  t.strictSame(
    Object.keys(needs).filter((need) => !named.has(need as keyof typeof needs)),
    [],
    'no need without a rule',
  )
  t.ok(Object.keys(needs).length <= 32, 'which of them hold fits one number')
})
