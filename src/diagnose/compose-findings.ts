// Turns what rules said about one exchange into its findings: the primary chosen, the replaced left out (catalogue 1.12).
import type { Finding, Level, Quote } from './finding.ts'
import type { Rank, Rule, Verdict } from './rule.ts'

/** A verdict with everything its rule supplies. */
export type Draft = { readonly rule: Rule; readonly verdict: Verdict; readonly rank: Rank; readonly level: Level }

/** What the engine adds to every finding of an exchange. */
export type Surroundings = {
  readonly exchangeId: string
  readonly failed: boolean
  /** 0 without a response. */
  readonly status: number
  readonly quote: Quote | undefined
  readonly differential: Finding['differential']
}

const groupOrder = ['network', 'auth', 'ratelimit', 'header', 'request', 'schema', 'version', 'server', 'response']
const levels: Record<Level, number> = { error: 0, warning: 1, note: 2 }
/** Characters of a brief the grid shows. */
const maxBrief = 26

export const groupOf = (ruleId: string): string => ruleId.slice(0, ruleId.indexOf('/'))

const groupRank = (rule: Rule): number => {
  const order = groupOrder.indexOf(groupOf(rule.id))
  return order < 0 ? groupOrder.length : order
}

export function draftOf(rule: Rule, verdict: Verdict): Draft {
  return { rule, verdict, rank: verdict.rank ?? rule.rank, level: verdict.level ?? rule.level }
}

const confidenceOf = (draft: Draft): number => draft.verdict.confidence ?? 0.9

function compare(a: Draft, b: Draft): number {
  return (
    levels[a.level] - levels[b.level] ||
    a.rank - b.rank ||
    confidenceOf(b) - confidenceOf(a) ||
    groupRank(a.rule) - groupRank(b.rule) ||
    (a.rule.id < b.rule.id ? -1 : 1)
  )
}

/** A rank 3 or 4 error says nothing beside a rank 1 or 2 error of its own group. */
function isReplaced(draft: Draft, all: readonly Draft[]): boolean {
  if (draft.rank < 3 || draft.level !== 'error') return false
  const group = groupOf(draft.rule.id)
  return all.some(
    (other) =>
      other !== draft &&
      other.rank <= 2 &&
      other.level === 'error' &&
      other.verdict.mayLead !== false &&
      groupOf(other.rule.id) === group,
  )
}

function shorten(brief: string): string {
  return brief.length <= maxBrief ? brief : `${brief.slice(0, maxBrief - 1).trimEnd()}…`
}

/**
 * Statuses by which a server itself says what is wrong – who asks (401, 407), how often (429): whatever else is odd about
 * the request, a cause of these groups leads where there is one.
 */
const decisive: Readonly<Record<number, readonly string[]>> = {
  401: ['network', 'auth'],
  407: ['network', 'auth'],
  429: ['ratelimit', 'network'],
}

function leadOf(sorted: readonly Draft[], status: number): Draft | undefined {
  const able = sorted.filter((draft) => draft.level === 'error' && draft.verdict.mayLead !== false)
  const groups = decisive[status]
  return (groups && able.find((draft) => groups.includes(groupOf(draft.rule.id)))) ?? able[0]
}

export function composeFindings(drafts: readonly Draft[], around: Surroundings): Finding[] {
  const sorted = drafts.filter((draft) => !isReplaced(draft, drafts)).sort(compare)
  const lead = around.failed ? leadOf(sorted, around.status) : undefined
  const ordered = lead ? [lead, ...sorted.filter((draft) => draft !== lead)] : sorted
  const first = ordered.find((draft) => draft.level === 'error')
  return ordered.map((draft) => {
    const { rule, verdict } = draft
    const primary = draft === (lead ?? first)
    const quote = verdict.quote ?? (around.failed && draft.level === 'error' ? around.quote : undefined)
    const differential = primary || rule.id === 'diagnosis/differs-from-success' ? around.differential : undefined
    return {
      ruleId: rule.id,
      exchangeId: around.exchangeId,
      related: verdict.related ?? [],
      level: draft.level,
      confidence: confidenceOf(draft),
      primary,
      title: verdict.title ?? rule.title,
      brief: shorten(verdict.brief),
      explanation: verdict.explanation,
      evidence: verdict.evidence,
      ...(quote ? { quote } : {}),
      ...(differential ? { differential } : {}),
      ...(verdict.fix ? { fix: verdict.fix } : {}),
      references: [...rule.references, ...(verdict.references ?? [])],
    }
  })
}
