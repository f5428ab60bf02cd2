// Rows of the grid as columns of the `exchanges` table, and back.
import type { Row } from '../api/row.ts'
import type { Fields, Value } from './database.ts'
import { readJson } from './read-json.ts'

/** One odd number from an imported file must not cost the whole batch: the columns are strict. */
export const finite = (value: number) => (Number.isFinite(value) ? value : 0)
export const whole = (value: number) => Math.trunc(Math.min(Math.max(finite(value), -9e15), 9e15))

type Column = readonly [name: string, read: (row: Row) => Value]

/** Every column that comes from the row, in table order, except `id`, `pinned` and `mark` (which an update never touches). */
export const rowColumns: readonly Column[] = [
  ['session', (row) => row.sessionId],
  ['started', (row) => row.startedDateTime],
  ['kind', (row) => row.kind],
  ['method', (row) => row.method],
  ['host', (row) => row.host],
  ['url', (row) => row.url],
  ['path', (row) => row.path],
  ['status', (row) => whole(row.status)],
  ['status_text', (row) => row.statusText],
  ['mime_type', (row) => row.mimeType],
  ['request_size', (row) => whole(row.requestSize)],
  ['response_size', (row) => whole(row.responseSize)],
  ['duration', (row) => (row.duration === null ? null : finite(row.duration))],
  ['setup', (row) => finite(row.phases[0])],
  ['wait', (row) => finite(row.phases[1])],
  ['receive', (row) => finite(row.phases[2])],
  ['protocol', (row) => row.protocol],
  ['outcome', (row) => row.outcome],
  ['failure', (row) => row.failure ?? null],
  ['origin', (row) => row.origin],
  ['client', (row) => row.client],
  ['message_count', (row) => whole(row.messageCount)],
  ['unread', (row) => row.unread ?? null],
  ['shed', (row) => (row.shed ? 1 : 0)],
  ['errors', (row) => whole(row.findings.error)],
  ['warnings', (row) => whole(row.findings.warning)],
  ['notes', (row) => whole(row.findings.note)],
  ['primary_finding', (row) => (row.primary ? JSON.stringify(row.primary) : null)],
]

/** What `toRow` needs to be selected. */
export const selectedColumns = ['id', 'pinned', 'mark', ...rowColumns.map(([name]) => name)]
  .map((name) => `e.${name}`)
  .join(', ')

const outcomes = ['waiting', 'held', 'receiving', 'complete', 'failed'] as const
const kinds = ['http', 'websocket', 'tunnel'] as const
const origins = ['capture', 'import', 'replay'] as const

function oneOf<T extends string>(known: readonly T[], value: unknown, otherwise: T): T {
  return known.find((one) => one === value) ?? otherwise
}

export function fromColumns(fields: Fields): Row {
  const text = (name: string) => String(fields[name] ?? '')
  const number = (name: string) => Number(fields[name] ?? 0)
  const primary = readJson<NonNullable<Row['primary']>>(fields.primary_finding)
  return {
    id: text('id'),
    sessionId: text('session'),
    startedDateTime: text('started'),
    kind: oneOf(kinds, fields.kind, 'http'),
    method: text('method'),
    url: text('url'),
    host: text('host'),
    path: text('path'),
    status: number('status'),
    statusText: text('status_text'),
    mimeType: text('mime_type'),
    requestSize: number('request_size'),
    responseSize: number('response_size'),
    duration: fields.duration === null ? null : number('duration'),
    phases: [number('setup'), number('wait'), number('receive')],
    protocol: text('protocol'),
    outcome: oneOf(outcomes, fields.outcome, 'complete'),
    ...(fields.failure === null ? {} : { failure: text('failure') }),
    origin: oneOf(origins, fields.origin, 'capture'),
    client: text('client'),
    messageCount: number('message_count'),
    ...(fields.unread === null ? {} : { unread: text('unread') }),
    shed: number('shed') !== 0,
    pinned: number('pinned') !== 0,
    mark: number('mark'),
    findings: { error: number('errors'), warning: number('warnings'), note: number('notes') },
    ...(primary ? { primary } : {}),
  }
}
