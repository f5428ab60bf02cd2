// Runs a regular expression over text in one pass, without backtracking: no pattern can make it slow.
import { type CharSet, words } from './char-set.ts'
import { classesOf, type Step, toSteps } from './regex-steps.ts'
import { parseRegex, type Regex, type RegexProblem } from './regex-syntax.ts'

/** `test` throws `RegexTooSlow` where a text takes more than its time budget. */
export type LinearRegex = { test(text: string): boolean }

export type RegexTooSlow = Error & { readonly code: 'REGEX_TOO_SLOW' }

export function isRegexTooSlow(error: unknown): error is RegexTooSlow {
  return error instanceof Error && 'code' in error && error.code === 'REGEX_TOO_SLOW'
}

/** What stands beside a position: nothing (an end of the text), a word character, or another. */
const [NOTHING, WORD, OTHER] = [0, 1, 2] as const
type Beside = typeof NOTHING | typeof WORD | typeof OTHER

/**
 * States that are remembered. A pattern that goes on making new ones begins to remember anew; where that would be all it
 * does, it is run without remembering: slower, but bounded.
 */
const maxStates = 1_000
const worthRemembering = 10 * maxStates
/** The time budget of one text, counted in steps looked at: some 50 ms. What is remembered costs none of it. */
const maxWork = 2_500_000
const [UNKNOWN, ACCEPT] = [-1, -2]

const contains = (set: CharSet, code: number) => set.some(([from, to]) => from <= code && code <= to)

function holds(at: 'start' | 'end' | 'word' | 'not-word', before: Beside, next: Beside): boolean {
  if (at === 'start') return before === NOTHING
  if (at === 'end') return next === NOTHING
  return ((before === WORD) !== (next === WORD)) === (at === 'word')
}

function run(steps: readonly Step[], source: string): LinearRegex {
  const always = steps.length - 1
  const classes = classesOf(steps)
  const beside = classes.samples.map((code): Beside => (contains(words, code) ? WORD : OTHER))
  const takes = steps.map((step) => classes.samples.map((code) => step.do === 'read' && contains(step.set, code)))
  const seen = new Uint32Array(steps.length)
  let round = 0
  let work = 0

  /** The steps that can be reached and wait for a character; undefined when a match is among what is reached. */
  function reach(from: readonly number[], before: Beside, next: Beside): number[] | undefined {
    round += 1
    const open = [...from, always]
    const reads: number[] = []
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      work += 1
      const step = steps[at]
      if (step === undefined || seen[at] === round) continue
      seen[at] = round
      if (step.do === 'match') return undefined
      if (step.do === 'read') reads.push(at)
      else if (step.do === 'fork') open.push(step.a, step.b)
      else if (holds(step.at, before, next)) open.push(step.next)
    }
    return reads
  }

  function advance(from: readonly number[], before: Beside, klass: number): number[] | undefined {
    if (work > maxWork)
      throw Object.assign(new Error(`/${source}/ takes too long: it must be made simpler.`), { code: 'REGEX_TOO_SLOW' })
    const reads = reach(from, before, beside[klass] ?? OTHER)
    if (reads === undefined) return undefined
    round += 1
    const after: number[] = []
    for (const at of reads) {
      const step = steps[at]
      if (step?.do !== 'read' || !takes[at]?.[klass] || seen[step.next] === round) continue
      seen[step.next] = round
      after.push(step.next)
    }
    return after
  }

  function testUnremembered(text: string, begin: number, from: readonly number[], first: Beside): boolean {
    let at = from
    let before = first
    for (let i = begin; i < text.length; i++) {
      const klass = classes.of[text.charCodeAt(i)] ?? 0
      const after = advance(at, before, klass)
      if (after === undefined) return true
      at = after
      before = beside[klass] ?? OTHER
    }
    return reach(at, before, NOTHING) === undefined
  }

  const width = classes.samples.length
  const numbers = new Map<string, number>()
  const states: { readonly at: readonly number[]; readonly before: Beside }[] = []
  /** What follows on a state and a class of character; grows by doubling. */
  let table = new Int32Array(16 * width).fill(UNKNOWN)
  function stateOf(at: readonly number[], before: Beside): number {
    const key = `${before}:${at.toSorted((a, b) => a - b).join()}`
    const known = numbers.get(key)
    if (known !== undefined) return known
    const number = states.push({ at, before }) - 1
    numbers.set(key, number)
    if (number * width >= table.length) {
      const larger = new Int32Array(2 * table.length).fill(UNKNOWN)
      larger.set(table)
      table = larger
    }
    return number
  }
  let initial = stateOf([], NOTHING)
  /** Characters read since the states were last forgotten, those of the text at hand left out. */
  let read = 0

  function forget(): void {
    numbers.clear()
    states.length = 0
    table.fill(UNKNOWN)
    initial = stateOf([], NOTHING)
  }

  return {
    test(text) {
      const { of } = classes
      let state = initial
      // Once over budget, always: the next text is not tried.
      if (work <= maxWork) work = 0
      for (let i = 0; i < text.length; i++) {
        const klass = of[text.charCodeAt(i)] ?? 0
        let next = table[state * width + klass] ?? UNKNOWN
        if (next === UNKNOWN) {
          const { at, before } = states[state] ?? { at: [], before: OTHER }
          if (states.length >= maxStates) {
            if (read + i < worthRemembering) return testUnremembered(text, i, at, before)
            read = -i
            forget()
            state = stateOf(at, before)
          }
          const after = advance(at, before, klass)
          next = after === undefined ? ACCEPT : stateOf(after, beside[klass] ?? OTHER)
          table[state * width + klass] = next
        }
        if (next === ACCEPT) {
          read += i
          return true
        }
        state = next
      }
      read += text.length
      const end = states[state]
      return end !== undefined && reach(end.at, end.before, NOTHING) === undefined
    },
  }
}

/** The character a set stands for, lower case, where it is one ASCII character in either case. */
function asciiOf(regex: Regex): string | undefined {
  const codes = regex.kind === 'set' ? regex.set.flat() : []
  const chars = new Set(codes.map((code) => String.fromCharCode(code).toLowerCase()))
  const [char] = chars
  return chars.size === 1 && codes.length <= 4 && char !== undefined && char < '\u0080' ? char : undefined
}

function longestLiteral(regex: Regex): string {
  let longest = ''
  let current = ''
  for (const one of regex.kind === 'sequence' ? regex.of : [regex]) {
    const char = asciiOf(one)
    current = char === undefined ? '' : current + char
    if (current.length > longest.length) longest = current
  }
  return longest
}

/** The longest text that stands in whatever the expression finds, in lower case; `''` where nothing can be told. */
export function requiredText(source: string): string {
  const tree = parseRegex(source)
  return 'problem' in tree ? '' : longestLiteral(tree)
}

export function compileRegex(source: string): LinearRegex | RegexProblem {
  const tree = parseRegex(source)
  if ('problem' in tree) return tree
  const steps = toSteps(tree)
  if (steps === undefined) return { problem: 'The regular expression is too large', at: 0 }
  const regex = run(steps, source)
  const required = longestLiteral(tree)
  if (required.length < 3) return regex
  // A literal first: JavaScript finds it much faster than any automaton, and backtracks over nothing.
  const literal = new RegExp(required.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'i')
  return { test: (text) => literal.test(text) && regex.test(text) }
}
