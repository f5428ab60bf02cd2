// A rule as the page explains it: when it fires, why that matters, and what it stays silent about.
import type { RuleNote } from '../api/contract.ts'
import { rules } from '../diagnose/rules.ts'

export function ruleNote(id: string): RuleNote | undefined {
  const rule = rules.find((one) => one.id === id)
  if (!rule) return undefined
  const { level, title, summary, references, quiet = false, examples } = rule
  const named = (fires: boolean) => examples.filter((one) => one.fires === fires).map(({ name }) => name)
  return { id, level, title, summary, references, quiet, fires: named(true), silent: named(false) }
}
