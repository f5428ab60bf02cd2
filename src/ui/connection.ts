// The page's one way to the desk over HTTP: typed calls, content, and the token, which lives in this tab only.
import type { Calls, ContentSide, Problem } from '../api/contract.ts'
import { upload } from './upload.ts'

const tokenKey = 'telltale.token'

/** What `call` throws when the desk refused: its own words, and for a filter the position they point at. */
export type Refusal = Error & { readonly problem: Problem }

export function isRefusal(error: unknown): error is Refusal {
  return error instanceof Error && 'problem' in error
}

/** Only the parts that a call declares may be given, and those it needs must be. */
type Needed<T, Name extends string> = T extends undefined
  ? unknown
  : Record<string, never> extends T
    ? { readonly [K in Name]?: T }
    : { readonly [K in Name]: T }
export type Input<K extends keyof Calls> = Needed<Calls[K]['params'], 'params'> &
  Needed<Calls[K]['query'], 'query'> &
  Needed<Calls[K]['body'], 'body'> & { readonly signal?: AbortSignal; readonly keepalive?: boolean }

/** The token of this tab, or undefined when the page was opened without a code and never had one. */
export function token(): string | undefined {
  return sessionStorage.getItem(tokenKey) ?? undefined
}

/** Trades the one-time code in the address for the token, and removes the code from address and history at once. */
export async function unlock(): Promise<boolean> {
  const code = new URLSearchParams(location.hash.slice(1)).get('code')
  if (code) {
    history.replaceState(null, '', location.pathname + location.search)
    try {
      const answer = await call('POST /api/token', { body: { code } })
      sessionStorage.setItem(tokenKey, answer.token)
    } catch {
      // A code works once: after a reload through the history the tab still has its token, and that decides.
    }
  }
  return token() !== undefined
}

function authorized(headers: Record<string, string> = {}): Record<string, string> {
  const held = token()
  return held === undefined ? headers : { ...headers, authorization: `Bearer ${held}` }
}

async function refused(response: Response): Promise<Refusal> {
  const text = await response.text()
  let problem: Problem = { title: response.statusText, status: response.status, detail: text.slice(0, 200) }
  try {
    problem = { ...problem, ...JSON.parse(text) }
  } catch {
    // Not a problem document: the status and the first words of what came are all there is to say.
  }
  return Object.assign(new Error(problem.detail || problem.title), { problem })
}

async function send(method: string, path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(path, { ...init, method, cache: 'no-store', credentials: 'omit' }).catch((error) => {
    // The browser's own words for it ("Failed to fetch") say nothing of who does not answer.
    throw init.signal?.aborted ? error : new Error('Telltale does not answer', { cause: error })
  })
  if (!response.ok) throw await refused(response)
  return response
}

/** Makes one call of the contract: `call('GET /api/exchanges/:id', { params: { id } })`. */
export async function call<K extends keyof Calls>(key: K, input?: Input<K>): Promise<Calls[K]['answer']> {
  const { params, query, body, signal, keepalive } = (input ?? {}) as {
    params?: Record<string, string>
    query?: Record<string, string | number | undefined>
    body?: unknown
    signal?: AbortSignal
    keepalive?: boolean
  }
  const [method = 'GET', route = ''] = key.split(' ')
  const path = route.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(params?.[name] ?? ''))
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== undefined && value !== '') search.set(name, String(value))
  const raw = body instanceof Blob || typeof body === 'string'
  const response = await send(method, search.size ? `${path}?${search}` : path, {
    headers: authorized(body === undefined || raw ? {} : { 'content-type': 'application/json' }),
    ...(body === undefined ? {} : { body: raw ? body : JSON.stringify(body) }),
    ...(signal ? { signal } : {}),
    ...(keepalive ? { keepalive } : {}),
  })
  return (await response.json()) as Calls[K]['answer']
}

/** The octets of one message, as sent or after its content codings were undone. */
export async function content(
  id: string,
  side: ContentSide,
  options: { readonly decoded?: boolean; readonly signal?: AbortSignal } = {},
): Promise<Response> {
  const path = `/api/exchanges/${encodeURIComponent(id)}/${side}/content${options.decoded ? '?decoded=1' : ''}`
  return send('GET', path, { headers: authorized(), ...(options.signal ? { signal: options.signal } : {}) })
}

export type FileTools = { readonly signal: AbortSignal; readonly tell: (done: number, total: number) => void }

/** Between two questions how far an export is, ms. */
const progressMs = 250

/**
 * An export of what a filter selects, in one of the formats; secrets are left out unless asked for. `tell` hears how many
 * exchanges are written, of how many.
 */
export async function exported(format: string, filter: string, secrets: boolean, tools?: FileTools): Promise<Blob> {
  const job = crypto.randomUUID()
  const query = new URLSearchParams({
    format,
    ...(filter ? { filter } : {}),
    ...(secrets ? { secrets: '1' } : {}),
    ...(tools ? { job } : {}),
  })
  const timer =
    tools &&
    setInterval(() => {
      call('GET /api/exports/:id', { params: { id: job } }).then(
        ({ done, total }) => total > 0 && tools.tell(done, total),
        // The export itself says what went wrong.
        () => clearInterval(timer),
      )
    }, progressMs)
  try {
    const init = { headers: authorized(), ...(tools ? { signal: tools.signal } : {}) }
    return await (await send('GET', `/api/export?${query}`, init)).blob()
  } finally {
    clearInterval(timer)
  }
}

/** Gives a recording to the desk; `tell` hears how many octets have left, of how many. */
export async function imported(file: File, { signal, tell }: FileTools): Promise<Calls['POST /api/import']['answer']> {
  const headers = authorized({ 'content-type': 'application/octet-stream' })
  const response = await upload(`/api/import?${new URLSearchParams({ name: file.name })}`, file, {
    headers,
    signal,
    tell,
  })
  if (!response.ok) throw await refused(response)
  return (await response.json()) as Calls['POST /api/import']['answer']
}
