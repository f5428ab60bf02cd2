// One handler for every call of the contract: reads the values from outside, asks the desk, answers.
import { type Mute, type SavedRequest, type Settings, type Sort, sortKeys } from '../api/contract.ts'
import type { ComposedRequest, ReplayOptions } from '../exchange/composed-request.ts'
import { type Exchange, responseOf } from '../exchange/exchange.ts'
import type { Filter } from '../filter/filter.ts'
import { parseFilter } from '../filter/parse-filter.ts'
import { planComposed, planReplay } from '../replay/plan.ts'
import { decodeNow } from '../store/content.ts'
import type { Entry, Query } from '../store/store.ts'
import type { Desk, Handlers } from './handlers.ts'
import type { Previews } from './previews.ts'
import { problem } from './problem.ts'
import { ruleNote } from './rule-note.ts'

const maxRows = 1000
/** How long a page waits for the first results of a search through content, ms. */
const patienceMs = 100
/** Exchanges from which on counting the tree is left to the reader's thread. */
const treeInDesk = 5000
const maxMessages = 2000
const decodeCap = 16 * 1024 * 1024
const sortPattern = new RegExp(`^-?(${sortKeys.join('|')})$`)

/** Parses a filter text; a wrong one is a 400 with the position of the mistake. An empty one selects all. */
export function readFilter(text: string | undefined): Filter | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const parsed = parseFilter(text)
  if ('error' in parsed) throw problem(400, 'Filter not understood', parsed.error.message, parsed.error.position)
  return parsed.filter
}

function readCount(text: string | undefined, name: string, otherwise: number, most: number): number {
  if (text === undefined) return otherwise
  if (!/^\d{1,9}$/.test(text)) throw problem(400, 'Bad number', `"${name}" must be a whole number of 0 or more.`)
  return Math.min(Number(text), most)
}

/** Ids are opaque and never become anything else: checked by shape before they are looked up. */
function readId(text: string | undefined): string {
  if (text === undefined || !/^[0-9a-z]{1,32}$/.test(text))
    throw problem(404, 'No such exchange', 'That is not the id of an exchange.')
  return text
}

export function record(value: unknown): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Readonly<Record<string, unknown>>
  throw problem(400, 'Bad body', 'The body must be a JSON object.')
}

function list<T>(
  value: unknown,
  name: string,
  check: (item: Readonly<Record<string, unknown>>) => boolean,
): readonly T[] {
  if (Array.isArray(value) && value.every((item) => typeof item === 'object' && item !== null && check(item)))
    return value as readonly T[]
  throw problem(400, 'Bad body', `"${name}" must be a list of objects of the documented shape.`)
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isHeader = (item: Readonly<Record<string, unknown>>) => isText(item.name) && isText(item.value)
const versions: readonly unknown[] = [undefined, '1.1', '2', 'auto']

function readReplayOptions(value: unknown): ReplayOptions {
  const body = value === undefined ? {} : record(value)
  if (body.edits !== undefined) list(body.edits, 'edits', (edit) => isText(edit.op))
  if (!versions.includes(body.httpVersion)) throw problem(400, 'Bad body', '"httpVersion" is "1.1", "2" or "auto".')
  return body as ReplayOptions
}

function readComposed(value: unknown): ComposedRequest {
  const body = record(value)
  if (!isText(body.method) || !isText(body.url)) throw problem(400, 'Bad body', '"method" and "url" must be text.')
  if (!versions.includes(body.httpVersion)) throw problem(400, 'Bad body', '"httpVersion" is "1.1", "2" or "auto".')
  list(body.headers ?? [], 'headers', isHeader)
  return { headers: [], ...body } as unknown as ComposedRequest
}

function readSettings(value: unknown): Settings {
  const body = record(value)
  list(body.savedFilters, 'savedFilters', (item) => isText(item.name) && isText(item.filter))
  list(body.environments, 'environments', (item) => isText(item.name) && Array.isArray(item.variables))
  record(body.page)
  return body as unknown as Settings
}

export function createHandlers(desk: Desk, previews: Previews): Handlers {
  const { store, documents } = desk

  function find(id: string | undefined): Entry {
    const known = readId(id)
    desk.settle()
    const entry = store.entry(known)
    if (!entry) throw problem(404, 'No such exchange', 'There is no exchange with that id (it may have been removed).')
    return entry
  }

  function requestBody(exchange: Exchange): Uint8Array | undefined {
    const { content } = exchange.request
    return content.kept === 'none' ? undefined : store.content(content.digest)
  }

  const decode = (octets: Uint8Array, codings: readonly string[]) => {
    const { octets: decoded, error } = decodeNow(octets, codings, decodeCap)
    return error === undefined ? decoded : undefined
  }

  /** A composed request may still name secrets as the fix did that it began from. */
  function restored(composed: ComposedRequest): ComposedRequest {
    const text = (value: string): string => {
      if (!value.includes('{{secret:')) return value
      const edit = desk.restore([{ op: 'set-url', value }])[0]
      return edit?.op === 'set-url' ? edit.value : value
    }
    const { body } = composed
    return {
      ...composed,
      url: text(composed.url),
      headers: composed.headers.map(({ name, value }) => ({ name, value: text(value) })),
      ...(body && 'text' in body ? { body: { text: text(body.text) } } : {}),
    }
  }

  async function sent(plan: ReturnType<typeof planReplay>): Promise<{ id: string }> {
    if ('error' in plan) throw problem(400, 'Request cannot be sent', plan.error)
    return { id: await desk.send(plan.request) }
  }

  return {
    'POST /api/token': ({ body }) => {
      const { code } = record(body)
      const token = isText(code) && !desk.guard.throttled() ? desk.guard.redeem(code) : undefined
      if (!token)
        throw problem(
          401,
          'Code not valid',
          'That code was used before or is too old; "telltale open" prints a new link.',
        )
      return { token }
    },
    'POST /api/codes': () => ({ code: desk.guard.issueCode() }),
    'GET /api/status': () => desk.status(),
    'GET /api/exchanges': async ({ query }) => {
      const { sort, before, after } = query
      if (sort !== undefined && !sortPattern.test(sort))
        throw problem(400, 'Bad sort', `Rows cannot be sorted by "${sort}".`)
      const filter = readFilter(query.filter)
      desk.settle()
      const asked: Query = {
        limit: readCount(query.limit, 'limit', 100, maxRows),
        offset: readCount(query.offset, 'offset', 0, 1e9),
        ...(filter ? { filter } : {}),
        ...(sort ? { sort: sort as Sort } : {}),
        ...(before ? { before: readId(before) } : {}),
        ...(after ? { after: readId(after) } : {}),
      }
      if (!filter || store.isIndexed(filter)) return store.rows(asked)
      const { rows, total, ...progress } = await desk.reader.rows(asked, patienceMs)
      return { rows, total, progress }
    },
    'DELETE /api/exchanges': async ({ query }) => ({ removed: await desk.remove(readFilter(query.filter)) }),
    'GET /api/exchanges/:id': ({ params }) => find(params.id),
    'DELETE /api/exchanges/:id': async ({ params }) => ({
      removed: await desk.remove(undefined, [find(params.id).exchange.id]),
    }),
    'PATCH /api/exchanges/:id': ({ params, body }) => {
      const { pinned, mark } = record(body)
      const { exchange } = find(params.id)
      if (mark !== undefined && !(Number.isInteger(mark) && Number(mark) >= 0 && Number(mark) <= 6))
        throw problem(400, 'Bad mark', '"mark" is a number from 0 to 6.')
      const row = store.annotate(exchange.id, {
        ...(typeof pinned === 'boolean' ? { pinned } : {}),
        ...(mark === undefined ? {} : { mark: Number(mark) }),
      })
      if (!row) throw problem(404, 'No such exchange', 'That exchange was removed.')
      desk.changed([row])
      return { row }
    },
    'GET /api/exchanges/:id/messages': ({ params, query }) => {
      const { exchange } = find(params.id)
      return store.messages(
        exchange.id,
        readCount(query.from, 'from', 0, 1e9),
        readCount(query.limit, 'limit', 500, maxMessages),
      )
    },
    'POST /api/exchanges/:id/replay': ({ params, body }) => {
      const { exchange } = find(params.id)
      let options = readReplayOptions(body)
      if (options.edits) options = { ...options, edits: desk.restore(options.edits) }
      return sent(planReplay(exchange, requestBody(exchange), options, decode))
    },
    'POST /api/requests': ({ body }) => sent(planComposed(restored(readComposed(body)))),
    'GET /api/tree': async ({ query, signal }) => {
      const filter = readFilter(query.filter)
      const cheap = store.status().exchanges < treeInDesk && (!filter || store.isIndexed(filter))
      return cheap ? store.tree(filter) : desk.reader.tree(filter, signal)
    },
    'GET /api/sessions': () => ({ sessions: store.sessions() }),
    'PATCH /api/sessions/:id': ({ params, body }) => {
      const { name } = record(body)
      if (!isText(name) || name.trim() === '' || name.length > 200)
        throw problem(400, 'Bad name', 'A session needs a name of 1 to 200 characters.')
      store.rename(params.id, name.trim())
      const session = store.sessions().find((one) => one.id === params.id)
      if (!session) throw problem(404, 'No such session', 'There is no session with that id.')
      return { session }
    },
    'DELETE /api/sessions/:id': async ({ params }) => {
      if (!store.sessions().some((one) => one.id === params.id))
        throw problem(404, 'No such session', 'There is no session with that id.')
      return { removed: await desk.remove(readFilter(`session=${JSON.stringify(params.id)}`)) }
    },
    'GET /api/sessions/:id/differences': ({ params, query }) => {
      const known = new Set(store.sessions().map((one) => one.id))
      if (query.from === undefined || !known.has(query.from) || !known.has(params.id))
        throw problem(404, 'No such session', 'Both "from" and the session must be ids of sessions.')
      desk.settle()
      return desk.compareSessions(query.from, params.id)
    },
    'POST /api/recording': ({ body }) => {
      const { on } = record(body)
      if (typeof on !== 'boolean') throw problem(400, 'Bad body', '"on" must be true or false.')
      desk.setRecording(on)
      return { recording: desk.status().recording }
    },
    'GET /api/settings': () => documents.settings.get(),
    'PUT /api/settings': async ({ body }) => {
      await documents.settings.put(readSettings(body))
      return documents.settings.get()
    },
    'GET /api/saved-requests': () => ({ requests: documents.savedRequests.get() }),
    'PUT /api/saved-requests': async ({ body }) => {
      const requests = list<SavedRequest>(
        record(body).requests,
        'requests',
        (item) => isText(item.id) && isText(item.name) && isText(item.folder),
      )
      await documents.savedRequests.put(requests)
      return { requests: documents.savedRequests.get() }
    },
    'GET /api/mutes': () => ({ mutes: documents.mutes.get() }),
    'PUT /api/mutes': async ({ body }) => {
      await documents.mutes.put(list<Mute>(record(body).mutes, 'mutes', (item) => isText(item.rule)))
      desk.rediagnose()
      return { mutes: documents.mutes.get() }
    },
    'GET /api/exchanges/:id/checked': ({ params }) => desk.checked(find(params.id).exchange),
    'GET /api/rules/:group/:name': ({ params }) => {
      const note = ruleNote(`${params.group}/${params.name}`)
      if (!note) throw problem(404, 'No such rule', 'There is no rule with that id.')
      return note
    },
    'POST /api/previews': ({ body }) => {
      const { html } = record(body)
      if (!isText(html)) throw problem(400, 'Bad body', '"html" must be text.')
      return { path: previews.keep(html) }
    },
    'GET /api/exports/:id': ({ params }) => desk.exportProgress(params.id),
    'POST /api/import': ({ query, request }) => desk.importFile(request, query.format, query.name ?? 'import'),
  }
}

/** The kept octets of one side; a 404 with the reason where there are none. */
export function readContent(
  desk: Desk,
  id: string | undefined,
  side: 'request' | 'response',
): { octets: Uint8Array; exchange: Exchange } {
  desk.settle()
  const entry = desk.store.entry(readId(id))
  const content = side === 'request' ? entry?.exchange.request.content : entry && responseOf(entry.exchange)?.content
  if (!entry || !content) throw problem(404, 'No content', `There is no ${side} with that id.`)
  if (content.kept === 'none')
    throw problem(404, 'No content', `The content of this ${side} was not kept: ${content.why}.`)
  const octets = desk.store.content(content.digest)
  if (!octets) throw problem(404, 'No content', 'The content is not in the store any more.')
  return { octets, exchange: entry.exchange }
}
