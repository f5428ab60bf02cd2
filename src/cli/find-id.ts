// Finds the exchange a command names: by its id, by the end or the beginning of it, or as the last one.
import { refusal } from '../options.ts'
import type { Captures } from './captures.ts'

/** Newest exchanges among which part of an id is looked for, and its fewest characters. */
const looked = 5000
const fewest = 3
const mostShown = 4

/** @throws Refusal in one sentence when there is none, or more than one. */
export async function findId(captures: Pick<Captures, 'rows' | 'entry'>, given: string): Promise<string> {
  if (given === 'last') {
    for await (const [row] of captures.rows('', 1)) if (row) return row.id
    throw refusal('There is no last exchange: nothing has been captured yet.')
  }
  const none = () => refusal(`There is no exchange ${JSON.stringify(given)}; "telltale list" prints the ids.`)
  if (!/^[0-9a-z]{1,32}$/.test(given)) throw none()
  if (await captures.entry(given)) return given
  if (given.length < fewest) throw none()
  const fitting: string[] = []
  for await (const rows of captures.rows('', looked))
    fitting.push(...rows.map(({ id }) => id).filter((id) => id.endsWith(given) || id.startsWith(given)))
  const [only, another] = fitting
  if (only === undefined) throw none()
  if (another === undefined) return only
  const shown = fitting.slice(0, mostShown).join(', ')
  throw refusal(
    `${JSON.stringify(given)} fits ${fitting.length} exchanges: ${shown}${fitting.length > mostShown ? ' and others' : ''}. Write more of the id.`,
  )
}
