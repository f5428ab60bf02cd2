// The one-click filters: each is an ordinary filter text, joined by meaning when several are pressed.
import type { IconName } from '../icons.tsx'

export type Chip = {
  readonly name: string
  readonly filter: string
  /** Chips of one group are alternatives (either counts); groups narrow each other. */
  readonly group: 'level' | 'status' | 'auth' | 'slow' | 'replayed'
  readonly icon?: IconName
  readonly explanation: string
}

export const chips: readonly Chip[] = [
  {
    name: 'Errors',
    filter: 'level:error',
    group: 'level',
    icon: 'error',
    explanation: 'with a finding that is an error',
  },
  {
    name: 'Warnings',
    filter: 'level:warning',
    group: 'level',
    icon: 'warning',
    explanation: 'with a finding that is a warning',
  },
  {
    name: '4xx',
    filter: 'status:4xx',
    group: 'status',
    explanation: 'refused by the server as a mistake of the client',
  },
  { name: '5xx', filter: 'status:5xx', group: 'status', explanation: 'failed in the server' },
  {
    name: 'Auth',
    filter: '(cause:auth/* OR status:401 OR status:403)',
    group: 'auth',
    explanation: 'about credentials or rights',
  },
  { name: 'Slow', filter: 'duration>1s', group: 'slow', explanation: 'longer than 1 s' },
  { name: 'Replayed', filter: 'is:replayed', group: 'replayed', explanation: 'sent again from here' },
]

/** Joins filter texts so that all must hold; a text with alternatives at its top is put in parentheses. */
export function allOf(parts: readonly string[]): string {
  const present = parts.map((part) => part.trim()).filter(Boolean)
  return present.length < 2 ? (present[0] ?? '') : present.map(enclosed).join(' ')
}

/** Whether a text is one parenthesis from its first to its last character. */
function isEnclosed(text: string): boolean {
  if (!text.startsWith('(') || !text.endsWith(')')) return false
  let depth = 0
  for (let i = 0; i < text.length - 1; i++) {
    if (text[i] === '(') depth++
    else if (text[i] === ')') depth--
    if (depth === 0) return false
  }
  return true
}

function enclosed(text: string): string {
  return /\bOR\b|\|/.test(text) && !isEnclosed(text) ? `(${text})` : text
}

/** The filter that pressed chips mean together. */
export function chipFilter(pressed: ReadonlySet<string>): string {
  const groups = new Map<string, string[]>()
  for (const chip of chips)
    if (pressed.has(chip.name)) groups.set(chip.group, [...(groups.get(chip.group) ?? []), chip.filter])
  return allOf(
    [...groups.values()].map((filters) => (filters.length === 1 ? (filters[0] ?? '') : `(${filters.join(' OR ')})`)),
  )
}
