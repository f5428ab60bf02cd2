// Says whether an exchange matches a filter, from as much of it as is at hand.
import type { Row } from '../api/row.ts'
import type { Finding } from '../diagnose/finding.ts'
import type { Exchange } from '../exchange/exchange.ts'
import { matchesField } from './field-tests.ts'
import type { Filter, PropertyTest, Test } from './filter.ts'
import { matchesGlob } from './glob.ts'
import { compileRegex, type LinearRegex } from './linear-regex.ts'
import { matchesRow } from './row-tests.ts'

/** What an exchange can be judged by. The more is given, the fewer answers are `needs-content`. */
export type Candidate = {
  readonly row: Row
  readonly exchange?: Exchange
  readonly findings?: readonly Finding[]
  /** The name of the row's session, where the session is not known by its id alone. */
  readonly sessionName?: string
  /** Decoded text of one side, or of all messages; undefined where there is none. Called as late as possible. */
  readonly text?: (side: 'request' | 'response' | 'messages') => string | undefined
}

export type Verdict = boolean | 'needs-content'

const regexes = new WeakMap<Test, LinearRegex>()

function regexOf(test: Test & { readonly op: 'regex' }): LinearRegex {
  const known = regexes.get(test)
  if (known) return known
  const compiled = compileRegex(test.source)
  // Only a filter that was not made by the parser can hold a broken one: it matches nothing.
  const made = 'problem' in compiled ? { test: () => false } : compiled
  regexes.set(test, made)
  return made
}

const literals = new WeakMap<Test, RegExp | string>()

/**
 * What to look for: an expression where ASCII is looked for, because it needs no lower-case copy of a long text (and, being
 * a literal, has nothing to backtrack); else the text in lower case.
 */
function literalOf(test: Test & { readonly op: 'has' }): RegExp | string {
  const known = literals.get(test)
  if (known !== undefined) return known
  const isAscii = /^[\u0000-\u007f]+$/.test(test.text)
  const made = isAscii ? new RegExp(test.text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'i') : test.text.toLowerCase()
  literals.set(test, made)
  return made
}

/** Whether this text fits, for tests of texts: part of it, all of it, or a regular expression; never minding case. */
function matchesText(test: Test, text: string): boolean {
  if (test.op === 'regex') return regexOf(test).test(text)
  if (test.op === 'has') {
    const literal = literalOf(test)
    return typeof literal === 'string' ? text.toLowerCase().includes(literal) : literal.test(text)
  }
  return test.op === 'equals' && text.toLowerCase() === test.text.toLowerCase()
}

const sides = ['request', 'response', 'messages'] as const
const contentSides: Readonly<Record<string, readonly (typeof sides)[number][]>> = {
  body: ['request', 'response'],
  'request-body': ['request'],
  'response-body': ['response'],
  message: ['messages'],
  everywhere: sides,
}

function matchesContent({ property, test }: PropertyTest, candidate: Candidate): Verdict {
  const { text } = candidate
  const looked = contentSides[property] ?? []
  const whole = property !== 'everywhere' || candidate.exchange !== undefined
  if (property === 'everywhere') {
    if (matchesText(test, candidate.row.url)) return true
    const { exchange } = candidate
    if (exchange && matchesField({ kind: 'test', property: 'header', test }, exchange, matchesText)) return true
  }
  if (text === undefined || !whole) {
    const { row } = candidate
    const sizes = { request: row.requestSize, response: row.responseSize, messages: row.messageCount }
    return whole && looked.every((side) => sizes[side] === 0) ? false : 'needs-content'
  }
  return looked.some((side) => {
    const found = text(side)
    return found !== undefined && matchesText(test, found)
  })
}

function matchesCause({ test }: PropertyTest, { row, findings }: Candidate): Verdict {
  const fits = (ruleId: string): boolean => {
    if (test.op === 'regex') return matchesText(test, ruleId)
    if (test.op !== 'has' && test.op !== 'equals') return false
    const text = test.text.toLowerCase()
    return matchesGlob(text, ruleId) || (test.op === 'has' && ruleId.startsWith(`${text}/`))
  }
  if (findings) return findings.some((finding) => fits(finding.ruleId))
  if (row.primary && fits(row.primary.ruleId)) return true
  const others = row.findings.error + row.findings.warning + row.findings.note - (row.primary ? 1 : 0)
  return others > 0 ? 'needs-content' : false
}

function matchesSession({ test }: PropertyTest, { row, sessionName }: Candidate): Verdict {
  if (test.op !== 'regex' && matchesText({ ...test, op: 'equals' } as Test, row.sessionId)) return true
  return sessionName === undefined ? 'needs-content' : matchesText(test, sessionName)
}

function matchesTest(test: PropertyTest, candidate: Candidate): Verdict {
  switch (test.property) {
    case 'body':
    case 'request-body':
    case 'response-body':
    case 'message':
    case 'everywhere':
      return matchesContent(test, candidate)
    case 'header':
    case 'request-header':
    case 'response-header':
    case 'cookie':
      return candidate.exchange ? matchesField(test, candidate.exchange, matchesText) : 'needs-content'
    case 'cause':
      return matchesCause(test, candidate)
    case 'session':
      return matchesSession(test, candidate)
    default:
      return matchesRow(test, candidate.row, matchesText)
  }
}

/** True where some test reads content. Such tests come last: the others may settle it before. */
export function asksContent(filter: Filter): boolean {
  if (filter.kind === 'test') return contentSides[filter.property] !== undefined
  if (filter.kind === 'not') return asksContent(filter.of)
  return filter.kind !== 'all' && filter.of.some(asksContent)
}

const orders = new WeakMap<readonly Filter[], readonly Filter[]>()
function cheapFirst(of: readonly Filter[]): readonly Filter[] {
  const known = orders.get(of)
  if (known) return known
  const made = [...of.filter((one) => !asksContent(one)), ...of.filter(asksContent)]
  orders.set(of, made)
  return made
}

export function matches(filter: Filter, candidate: Candidate): Verdict {
  switch (filter.kind) {
    case 'all':
      return true
    case 'test':
      return matchesTest(filter, candidate)
    case 'not': {
      const verdict = matches(filter.of, candidate)
      return verdict === 'needs-content' ? verdict : !verdict
    }
    case 'and':
    case 'or': {
      // One `false` settles an AND, one `true` an OR, whatever is not known of the others.
      const settles = filter.kind === 'or'
      let verdict: Verdict = !settles
      for (const one of cheapFirst(filter.of)) {
        const next = matches(one, candidate)
        if (next === settles) return settles
        if (next === 'needs-content') verdict = next
      }
      return verdict
    }
  }
}
