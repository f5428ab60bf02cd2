// Compares the shown exchange with the one that says most: its original, the nearest that worked, or the last like it.
import type { Row } from '../../api/row.ts'
import { compare, failed } from '../actions.ts'
import { call } from '../connection.ts'
import { say, selection } from '../model.ts'
import { detail } from './detail-state.ts'

/** A value in the filter language, quoted. */
const quoted = (value: string) => `"${value.replace(/["\\]/g, '\\$&')}"`

const pathOf = (row: Row): string => row.path.split('?')[0] ?? ''
const isId = (segment: string): boolean => /\d/.test(segment) || segment.length > 24
/** `/v1/orders/7/items` and `/v1/orders/8/items` are the same call of two orders. */
const shapeOf = (path: string): string =>
  path
    .split('/')
    .map((segment) => (isId(segment) && !/^v\d+$/.test(segment) ? '{}' : segment))
    .join('/')

/** Calls of the same method, host and path, newest first; where there is none, those of other things of the same kind. */
export async function similarCalls(row: Row, limit: number): Promise<readonly Row[]> {
  const path = pathOf(row)
  const shape = shapeOf(path)
  const host = row.host.replace(/:\d+$/, '')
  const read = async (under: string) => {
    const filter = `method:${quoted(row.method)} domain:${quoted(host)} path:${quoted(under)}`
    const { rows } = await call('GET /api/exchanges', { query: { filter, limit } })
    return rows.filter((other) => other.id !== row.id && other.host === row.host && shapeOf(pathOf(other)) === shape)
  }
  const same = (await read(path)).filter((other) => pathOf(other) === path)
  const fixed = shape.slice(0, Math.max(0, shape.indexOf('{}')))
  return same.length > 0 || fixed === '' ? same : read(fixed)
}

export async function compareShown(): Promise<void> {
  const shown = detail.value
  if (!shown) return
  const { exchange, findings, row } = shown
  const other = [...selection.value].find((id) => id !== exchange.id)
  if (selection.value.size === 2 && other !== undefined)
    return compare(...([other, exchange.id].sort() as [string, string]))
  if (exchange.origin.by === 'replay' && exchange.origin.of !== undefined)
    return compare(exchange.origin.of, exchange.id)
  const worked = findings.find(({ differential }) => differential !== undefined)?.differential?.against
  if (worked !== undefined) return compare(worked, exchange.id)
  try {
    const similar = await similarCalls(row, 100)
    const good =
      similar.find((each) => each.status >= 200 && each.status < 400 && each.findings.error === 0) ?? similar[0]
    if (good) compare(good.id, exchange.id)
    else say('No other call of this kind yet: select two rows to compare them')
  } catch (error) {
    failed('Could not look for a call to compare with')(error)
  }
}
