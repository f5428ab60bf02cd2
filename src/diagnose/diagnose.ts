// The detective: observes exchanges one after another and says what is wrong with each, and why.
import type { Edit } from '../exchange/edit.ts'
import type { ExchangeId } from '../exchange/exchange.ts'
import { type Checked, checkedBy } from './checked.ts'
import { composeFindings, type Draft, draftOf } from './compose-findings.ts'
import type { Context } from './context.ts'
import type { Differential, Finding, Level, Quote } from './finding.ts'
import { type ResultCode, resultCodeOf } from './hidden-error.ts'
import { hideSecrets, restoreSecrets, secretReference, type Vault } from './hide-secrets.ts'
import { createHistory } from './history.ts'
import { asObject } from './json-value.ts'
import { lru } from './lru.ts'
import type { Observed } from './observed.ts'
import { isSame, type ObservedState, stateOf } from './observed-state.ts'
import { quoteOf } from './quote-of.ts'
import { subjectOf } from './read-subject.ts'
import type { Rule } from './rule.ts'
import { ruleDispatch } from './rule-dispatch.ts'
import { rules as allRules } from './rules.ts'
import { secretsOf } from './secrets-of.ts'
import { isSilenced, type Silence } from './silence.ts'
import type { Subject } from './subject.ts'

export type DiagnosisTools = {
  /** Hex SHA-256. */
  readonly hash: (octets: Uint8Array | string) => string
  /** ms since 1970. */
  readonly now: () => number
  /** Told of a rule that threw; the other rules go on. */
  readonly onRuleFailure?: (ruleId: string, exchangeId: ExchangeId, error: unknown) => void
}

export type DiagnosisOptions = {
  readonly mutes?: readonly Silence[]
  /** All rules of the catalogue where absent. */
  readonly rules?: readonly Rule[]
  /** Rules that are off by default and wanted: ids, or `group/*`. */
  readonly wanted?: readonly string[]
}

export type Diagnosed = { readonly exchangeId: ExchangeId; readonly findings: readonly Finding[] }

export type Diagnosis = {
  /** Diagnoses one exchange; answers it first, then every earlier one whose findings changed because of it. */
  readonly observe: (observed: Observed) => readonly Diagnosed[]
  /** Takes an exchange into the history without diagnosing it. */
  readonly learn: (observed: Observed) => void
  /** Answers every remembered exchange whose findings the new list changed. */
  readonly setMutes: (mutes: readonly Silence[]) => readonly Diagnosed[]
  readonly forget: (ids: readonly ExchangeId[]) => void
  /** What the verdict on an exchange rests on; changes nothing. */
  readonly checked: (observed: Observed) => Checked
  /** Puts secrets back into edits taken from findings, which name them as `{{secret:fingerprint}}`. */
  readonly restore: (edits: readonly Edit[]) => readonly Edit[]
}

/** Exchanges whose verdicts are kept for later changes; failures whose octets are kept to be judged anew; secrets. */
const limits = { cases: 5000, openFailures: 100, openCodes: 100, secrets: 4000 }
/** Answers of an origin after which its usual result code is known. */
const usualAfter = 6
/** Octets of a failure worth keeping to judge it again. */
const maxKept = 65_536

/** What is known of one diagnosed exchange. `attached` come from exchanges after it, by rule and origin. */
type Case = {
  readonly state: ObservedState
  readonly host: string
  readonly endpoint: string
  readonly own: readonly Draft[]
  attached: Map<string, Draft> | undefined
  readonly failed: boolean
  /** 0 without a response. */
  readonly status: number
  readonly quote: Quote | undefined
  readonly differential: Differential | undefined
  /** What no text about it may repeat. */
  readonly secrets: readonly string[]
}

type Found = { readonly id: string; readonly rank: number; readonly level: Level }
/** `others` are about earlier exchanges. */
type Judged = { readonly own: Case; readonly context: Context; readonly others: readonly Draft[] }

export function createDiagnosis(tools: DiagnosisTools, options: DiagnosisOptions = {}): Diagnosis {
  const { hash, now, onRuleFailure } = tools
  const wanted = options.wanted ?? []
  const isWanted = (rule: Rule) =>
    !rule.quiet || wanted.some((id) => id === rule.id || (id.endsWith('/*') && rule.id.startsWith(id.slice(0, -1))))
  const active = (options.rules ?? allRules).filter(isWanted)
  // Rules that ask for a failure never run on the many successes.
  const forFailures = ruleDispatch(inOrder(active.filter((rule) => rule.on !== 'success')))
  const forSuccesses = ruleDispatch(inOrder(active.filter((rule) => rule.on !== 'failure')))
  const forOthers = ruleDispatch(inOrder(active.filter((rule) => rule.on === 'any' || rule.on === undefined)))
  const history = createHistory(hash)
  const cases = lru<ExchangeId, Case>(limits.cases)
  const openFailures = lru<string, readonly Observed[]>(limits.openFailures)
  const openCodes = lru<string, readonly { readonly observed: Observed; readonly code: ResultCode }[]>(limits.openCodes)
  const secrets = lru<string, string>(limits.secrets)
  let mutes = options.mutes ?? []
  let newest = ''

  const fingerprint = (value: string) => hash(value).slice(0, 8)
  const vault: Vault = {
    keep(secret) {
      const print = fingerprint(secret)
      secrets.set(print, secret)
      return secretReference(print)
    },
    find: (print) => secrets.get(print),
  }

  const run = (rule: Rule, subject: Subject, context: Context): readonly Draft[] => {
    try {
      const said = rule.check(subject, context)
      if (said === undefined) return silent
      return (Array.isArray(said) ? said : [said]).map((verdict) => draftOf(rule, verdict))
    } catch (error) {
      onRuleFailure?.(rule.id, subject.id, error)
      return silent
    }
  }

  const finding = (exchangeId: ExchangeId, known: Case): readonly Finding[] => {
    if (known.own.length === 0 && !known.attached) return nothing
    const drafts = draftsOf(known)
    const heard = drafts.filter(
      ({ rule }) => !mutes.some((mute) => isSilenced(mute, rule.id, known.host, known.endpoint)),
    )
    if (heard.length === 0) return nothing
    return composeFindings(heard, { exchangeId, ...known }).map((one) =>
      hideSecrets(one, known.secrets, fingerprint, vault),
    )
  }

  const judge = (subject: Subject, state: ObservedState, before: Case | undefined): Judged => {
    const found: Found[] = []
    const context = history.contextOf(subject, now(), found)
    const { is } = subject.outcome
    const dispatch = is === 'failure' ? forFailures : is === 'success' ? forSuccesses : forOthers
    let drafts: Draft[] | undefined
    for (const rule of dispatch(subject, context)) {
      const made = run(rule, subject, context)
      if (made.length === 0) continue
      drafts = drafts ? [...drafts, ...made] : [...made]
      for (const { rank, level } of made) found.push({ id: rule.id, rank, level })
    }
    const { id, host } = subject
    const failed = is === 'failure'
    const own: Case = {
      state,
      host,
      endpoint: subject.endpoint.key,
      own: drafts ? drafts.filter((draft) => aboutOf(draft, id) === id) : silent,
      attached: before?.attached,
      quote: failed ? quoteOf(subject) : undefined,
      differential: failed ? context.differential : undefined,
      failed,
      status: subject.status,
      // Looking through whole bodies is only worth it where something is going to be said.
      secrets: drafts ? secretsOf(subject) : credentialsFrom(subject),
    }
    return { own, context, others: drafts ? drafts.filter((draft) => aboutOf(draft, id) !== id) : silent }
  }

  const observe = (observed: Observed): readonly Diagnosed[] => {
    const { id } = observed.exchange
    const state = stateOf(observed)
    // Ids sort by the beginning of their exchanges, so one beyond all others is new and need not be looked for.
    const known = id > newest ? undefined : cases.get(id)
    if (id > newest) newest = id
    if (known && isSame(known.state, state)) return [{ exchangeId: id, findings: finding(id, known) }]
    const subject = subjectOf(observed, history.learned)
    const { own, context, others } = judge(subject, state, known)
    cases.set(id, own)
    const first = { exchangeId: id, findings: finding(id, own) }
    const changed = others.length > 0 ? new Map<ExchangeId, readonly Finding[]>() : undefined
    for (const draft of others) {
      const about = aboutOf(draft, id)
      const earlier = cases.get(about)
      if (!earlier) continue
      earlier.attached ??= new Map()
      earlier.attached.set(`${draft.rule.id} ${id}`, draft)
      changed?.set(about, finding(about, earlier))
    }
    history.record(subject, context)
    const reconsidered = subject.outcome.is === 'success' ? reconsider(subject) : nothing
    if (subject.outcome.is === 'failure' && size(observed) <= maxKept) {
      const { family } = subject.endpoint
      openFailures.set(family, [...(openFailures.get(family) ?? []).slice(-2), observed])
    }
    const code = history.codesSeen(subject.origin) < usualAfter ? hiddenCode(subject) : undefined
    if (code && size(observed) <= maxKept)
      openCodes.set(subject.origin, [
        ...(openCodes.get(subject.origin) ?? []).slice(1 - usualAfter),
        { observed, code },
      ])
    if (!changed && reconsidered.length === 0) return [first]
    const all = new Map([[id, first.findings], ...(changed ?? [])])
    for (const diagnosed of reconsidered) all.set(diagnosed.exchangeId, diagnosed.findings)
    return [...all].map(([exchangeId, findings]) => ({ exchangeId, findings }))
  }

  /** Diagnoses earlier exchanges once more, with what was learned since. */
  const again = (earlier: readonly Observed[]): readonly Diagnosed[] =>
    earlier.flatMap((observed) => {
      const { id } = observed.exchange
      const before = cases.get(id)
      if (!before) return []
      const subject = subjectOf(observed, history.learned)
      const { own } = judge(subject, before.state, before)
      cases.set(id, own)
      return [{ exchangeId: id, findings: finding(id, own) }]
    })

  /** A success gives earlier failures of the same path something to be compared with. */
  const reconsider = (subject: Subject): readonly Diagnosed[] => {
    const { family } = subject.endpoint
    const open = openFailures.get(family)
    if (open) openFailures.delete(family)
    const unsettled = settleCodes(subject)
    return open || unsettled.length > 0 ? [...again(open ?? []), ...again(unsettled)] : nothing
  }

  /** Answers given before it was known which result code is usual for their origin, once it is. */
  const settleCodes = (subject: Subject): readonly Observed[] => {
    const open = openCodes.get(subject.origin)
    if (!open || history.codesSeen(subject.origin) < usualAfter) return []
    openCodes.delete(subject.origin)
    return open.filter(({ code }) => history.isUnusualCode(subject.origin, code)).map(({ observed }) => observed)
  }

  return {
    observe,
    learn(observed) {
      const subject = subjectOf(observed, history.learned)
      history.record(subject, history.contextOf(subject, now(), nothing))
    },
    setMutes(list) {
      const before = mutes
      mutes = list
      return cases.entries().flatMap(([exchangeId, known]) => {
        const drafts = draftsOf(known)
        const silenced = (all: readonly Silence[], draft: Draft) =>
          all.some((mute) => isSilenced(mute, draft.rule.id, known.host, known.endpoint))
        const isTouched = drafts.some((draft) => silenced(before, draft) !== silenced(list, draft))
        return isTouched ? [{ exchangeId, findings: finding(exchangeId, known) }] : []
      })
    },
    forget(ids) {
      for (const id of ids) cases.delete(id)
      history.forget(new Set(ids))
    },
    checked(observed) {
      const subject = subjectOf(observed, history.learned)
      const { baseline } = history.contextOf(subject, now(), nothing)
      const read = { request: observed.request !== undefined, response: observed.response !== undefined }
      return checkedBy({ subject, baseline, rules: active, mutes, read })
    },
    restore: (edits) => restoreSecrets(edits, vault.find),
  }
}

/** Group rules see what the others found last, so they run after them. */
const inOrder = (rules: readonly Rule[]): readonly Rule[] => [
  ...rules.filter((rule) => rule.scope === 'exchange'),
  ...rules.filter((rule) => rule.scope === 'group'),
]

/** The result code of a 2xx answer, whose meaning only the origin's other answers tell. */
function hiddenCode(subject: Subject): ResultCode | undefined {
  const body = asObject(subject.response?.value)
  return subject.outcome.is === 'success' && body ? resultCodeOf(body) : undefined
}

const size = ({ request, response }: Observed): number => (request?.length ?? 0) + (response?.length ?? 0)

/** What nearly every rule says of nearly every exchange. */
const silent: readonly Draft[] = []
const nothing: readonly never[] = []

const draftsOf = ({ own, attached }: Case): readonly Draft[] => (attached ? [...own, ...attached.values()] : own)

const credentialsFrom = ({ credentials }: Subject): readonly string[] =>
  credentials.length === 0 ? nothing : credentials.map(({ value }) => value).filter((value) => value.length >= 6)

const aboutOf = ({ verdict }: Draft, own: ExchangeId): ExchangeId => verdict.exchange ?? own
