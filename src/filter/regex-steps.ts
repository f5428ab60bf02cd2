// Turns a parsed regular expression into the numbered steps of an automaton, and characters into classes.
import { type CharSet, words } from './char-set.ts'
import type { Regex } from './regex-syntax.ts'

/** One step; numbers are positions of steps. A `read` goes on when the next character is in its set. */
export type Step =
  | { readonly do: 'read'; readonly set: CharSet; readonly next: number }
  | { readonly do: 'fork'; readonly a: number; readonly b: number }
  | { readonly do: 'check'; readonly at: 'start' | 'end' | 'word' | 'not-word'; readonly next: number }
  | { readonly do: 'match' }

/** Enough for any sensible pattern; it bounds the work per character in the worst case. */
const maxSteps = 400

/** The last step is the beginning. Undefined when there would be too many. */
export function toSteps(regex: Regex): readonly Step[] | undefined {
  const steps: Step[] = [{ do: 'match' }]
  const add = (step: Step): number => (steps.length > maxSteps ? 0 : steps.push(step) - 1)

  function repeat(of: Regex, min: number, max: number, next: number): number {
    let begin = next
    if (max === Number.POSITIVE_INFINITY) {
      begin = add({ do: 'fork', a: next, b: next })
      const body = build(of, begin)
      if (steps.length <= maxSteps) steps[begin] = { do: 'fork', a: body, b: next }
    } else for (let i = min; i < max; i++) begin = add({ do: 'fork', a: build(of, begin), b: next })
    for (let i = 0; i < min; i++) begin = build(of, begin)
    return begin
  }

  /** Builds backwards: returns where the node begins, given what follows it. */
  function build(node: Regex, next: number): number {
    if (steps.length > maxSteps) return 0
    if (node.kind === 'set') return add({ do: 'read', set: node.set, next })
    if (node.kind === 'assert') return add({ do: 'check', at: node.at, next })
    if (node.kind === 'sequence') return node.of.reduceRight((after, one) => build(one, after), next)
    if (node.kind === 'choice')
      return node.of.map((one) => build(one, next)).reduce((a, b) => add({ do: 'fork', a, b }))
    return repeat(node.of, node.min, node.max, next)
  }

  const begin = build(regex, 0)
  return steps.length > maxSteps ? undefined : [...steps, { do: 'fork', a: begin, b: begin }]
}

/** Characters that no set tells apart share a class; `samples` has one character of each. */
export type Classes = { readonly of: Uint16Array; readonly samples: readonly number[] }

export function classesOf(steps: readonly Step[]): Classes {
  const borders = new Set([0])
  const sets = steps.flatMap((step) => (step.do === 'read' ? [step.set] : []))
  for (const [from, to] of [...sets, words].flat()) borders.add(from).add(to + 1)
  const samples = [...borders].filter((code) => code <= 0xffff).sort((a, b) => a - b)
  const of = new Uint16Array(0x10000)
  samples.forEach((from, i) => {
    of.fill(i, from, samples[i + 1] ?? 0x10000)
  })
  return { of, samples }
}
