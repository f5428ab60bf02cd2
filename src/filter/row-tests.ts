// Tests that a row of the grid alone can answer.
import type { Row } from '../api/row.ts'
import type { PropertyTest, Test } from './filter.ts'
import { matchesGlob } from './glob.ts'
import { mediaKinds } from './media-kinds.ts'
import type { PropertyName } from './properties.ts'
import { protocolNames } from './protocol-names.ts'

type MatchText = (test: Test, text: string) => boolean

/** Of these `:` means the whole text, of all others a part of it. */
const wholeTexts: ReadonlySet<PropertyName> = new Set(['method', 'id'])

function matchesNumber(test: Test, value: number | null): boolean {
  if (value === null) return false
  if (test.op === 'between') return test.from <= value && value <= test.to
  if (test.op !== 'compare') return false
  switch (test.sign) {
    case '<':
      return value < test.value
    case '<=':
      return value <= test.value
    case '>':
      return value > test.value
    case '>=':
      return value >= test.value
    case '=':
      return value === test.value
  }
}

/** `example.com` fits itself and every name below it, on any port; with a port, on that one. */
function matchesHost(test: Test, host: string, matchText: MatchText): boolean {
  if (test.op !== 'has') return matchText(test, host)
  const wanted = test.text.toLowerCase()
  const full = host.toLowerCase()
  const name = full.replace(/:\d+$/, '')
  const given = /:\d+$/.test(wanted) ? full : name
  return matchesGlob(wanted, given) || (!wanted.includes('*') && given.endsWith(`.${wanted}`))
}

/** `/v1` fits `/v1`, `/v1/users` and `/v1?q`, not `/v10`. */
function matchesPath(test: Test, path: string, matchText: MatchText): boolean {
  if (test.op !== 'has') return matchText(test, path)
  const wanted = test.text.toLowerCase()
  const given = path.toLowerCase()
  if (!wanted.startsWith('/')) return wanted.includes('*') ? matchesGlob(`*${wanted}*`, given) : given.includes(wanted)
  if (wanted.includes('*')) return matchesGlob(wanted, given) || matchesGlob(wanted, given.split('?')[0] ?? '')
  if (!given.startsWith(wanted)) return false
  return wanted.endsWith('/') || given.length === wanted.length || '/?'.includes(given[wanted.length] ?? '')
}

function matchesScheme(value: string, row: Row): boolean {
  const url = row.url.toLowerCase()
  if (url.startsWith(`${value}:`)) return true
  const equal = value === 'ws' ? 'http:' : value === 'wss' ? 'https:' : undefined
  return equal !== undefined && row.kind === 'websocket' && url.startsWith(equal)
}

const states: Readonly<Record<string, (row: Row) => boolean>> = {
  running: (row) => row.outcome !== 'complete' && row.outcome !== 'failed',
  complete: (row) => row.outcome === 'complete',
  failed: (row) => row.outcome === 'failed',
  held: (row) => row.outcome === 'held',
  replayed: (row) => row.origin === 'replay',
  imported: (row) => row.origin === 'import',
  captured: (row) => row.origin === 'capture',
  pinned: (row) => row.pinned,
  marked: (row) => row.mark > 0,
  websocket: (row) => row.kind === 'websocket',
  tunnel: (row) => row.kind === 'tunnel',
  http: (row) => row.kind === 'http',
  shed: (row) => row.shed,
}

const parts: Readonly<Record<string, (row: Row) => boolean>> = {
  finding: ({ findings }) => findings.error + findings.warning + findings.note > 0,
  body: (row) => row.requestSize > 0 || row.responseSize > 0,
  'request-body': (row) => row.requestSize > 0,
  'response-body': (row) => row.responseSize > 0,
  messages: (row) => row.messageCount > 0,
  response: (row) => row.status > 0,
  query: (row) => row.url.includes('?'),
}

function matchesWord(property: PropertyName, value: string, row: Row): boolean {
  if (property === 'scheme') return matchesScheme(value, row)
  if (property === 'is') return states[value]?.(row) ?? false
  if (property === 'has') return parts[value]?.(row) ?? false
  if (property === 'type') return mediaKinds[value]?.some((pattern) => matchesGlob(pattern, row.mimeType)) ?? false
  if (property !== 'level') return false
  return (value === 'error' || value === 'warning' || value === 'note') && row.findings[value] > 0
}

function textOf(property: PropertyName, row: Row): string {
  if (property === 'method') return row.method
  if (property === 'id') return row.id
  if (property === 'mime-type') return row.mimeType
  if (property === 'client') return row.client
  if (property === 'code') return row.failure ?? ''
  if (property === 'unread') return row.unread ?? ''
  return row.url
}

export function matchesRow({ property, test }: PropertyTest, row: Row, matchText: MatchText): boolean {
  switch (property) {
    case 'status':
      return matchesNumber(test, row.status)
    case 'size':
      return matchesNumber(test, row.responseSize)
    case 'request-size':
      return matchesNumber(test, row.requestSize)
    case 'duration':
      return matchesNumber(test, row.duration)
    case 'mark':
      return matchesNumber(test, row.mark)
    case 'since':
    case 'until':
      return matchesNumber(test, Date.parse(row.startedDateTime))
    case 'domain':
      return matchesHost(test, row.host, matchText)
    case 'path':
      return matchesPath(test, row.path, matchText)
    case 'protocol': {
      const wanted = test.op === 'has' || test.op === 'equals' ? protocolNames(test.text) : []
      return wanted.includes(row.protocol.toLowerCase())
    }
    case 'scheme':
    case 'is':
    case 'has':
    case 'type':
    case 'level':
      return test.op === 'has' && matchesWord(property, test.text, row)
    default: {
      const whole = test.op === 'has' && wholeTexts.has(property)
      return matchText(whole ? { op: 'equals', text: test.text } : test, textOf(property, row))
    }
  }
}
