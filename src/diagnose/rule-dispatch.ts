// Chooses, for one exchange, the rules that can have anything to say about it.
import type { Context } from './context.ts'
import type { Rule } from './rule.ts'
import { type Need, needs } from './rule-needs.ts'
import type { Subject } from './subject.ts'

export type Dispatch = (subject: Subject, context: Context) => readonly Rule[]

/** Combinations of needs whose rules are remembered; traffic of a session shows a few dozen. */
const maxCombinations = 500

const names = Object.keys(needs) as readonly Need[]
const bitOf = (need: Need): number => 1 << names.indexOf(need)
const bitsOf = (rule: Rule): number => (rule.needs ?? []).reduce((bits, need) => bits | bitOf(need), 0)

/** Keeps the order of the rules. Asks only what one of them needs. */
export function ruleDispatch(rules: readonly Rule[]): Dispatch {
  const bits = rules.map(bitsOf)
  const all = bits.reduce((sum, one) => sum | one, 0)
  const asked = names.filter((name) => (all & bitOf(name)) !== 0)
  const tests = asked.map((name) => needs[name])
  const ownBits = asked.map(bitOf)
  const chosen = new Map<number, readonly Rule[]>()
  return (subject, context) => {
    let met = 0
    for (let index = 0; index < tests.length; index++)
      if (holds(tests[index], subject, context)) met |= ownBits[index] ?? 0
    let choice = chosen.get(met)
    if (!choice) {
      if (chosen.size >= maxCombinations) chosen.clear()
      choice = rules.filter((_rule, index) => ((bits[index] ?? 0) & ~met) === 0)
      chosen.set(met, choice)
    }
    return choice
  }
}

/** A reading that throws hides no rule: each is run, and fails by itself. */
function holds(test: (typeof needs)[Need] | undefined, subject: Subject, context: Context): boolean {
  try {
    return test?.(subject, context) ?? true
  } catch {
    return true
  }
}
