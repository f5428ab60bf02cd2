// Tells a job, build or payment that ended badly, and was read with success, from a call that failed.
import { asText, type JsonObject } from './json-value.ts'

export const lower = (value: unknown): string => (typeof value === 'string' ? value.trim().toLowerCase() : '')

/** Words for failure itself. */
export const failed = new Set(['error', 'fail', 'failed', 'failure', 'nok', 'err'])

/** States in which jobs, builds and payments end without success. */
const ended = new Set([
  ...failed,
  'errored',
  'cancelled',
  'canceled',
  'aborted',
  'timed_out',
  'timeout',
  'rejected',
  'declined',
])

/** Also a long-running operation that is done, as Google's APIs keep it: `{name, done, error}`. */
export const isEnded = (body: JsonObject): boolean =>
  ['status', 'state', 'phase', 'Status', 'State'].some((name) => ended.has(lower(body[name]))) ||
  (typeof body.done === 'boolean' && typeof body.name === 'string')

/** Members by which a resource is known; `jobId` names the resource where the path speaks of a job. */
export function hasIdentity(body: JsonObject, path: string): boolean {
  const address = path.toLowerCase()
  return Object.keys(body).some((name) => {
    if (asText(body[name]) === undefined) return false
    if (identities.has(name) || (name === 'name' && 'done' in body)) return true
    const stem = /^(.{2,})(?:_id|Id|_arn|Arn)$/.exec(name)?.[1]?.toLowerCase().replaceAll('_', '')
    return stem !== undefined && address.replace(/[_-]/g, '').includes(stem)
  })
}
const identities = new Set('id _id uuid uid guid sid number slug object self href arn'.split(' '))
