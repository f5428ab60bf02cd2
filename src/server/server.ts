// The HTTP server of the page: guard first, then the built page, then the calls of the contract. The only file that knows express.
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import express, { type NextFunction, type Request, type Response } from 'express'
import type { Calls, Problem } from '../api/contract.ts'
import { responseOf } from '../exchange/exchange.ts'
import { decode } from '../store/content.ts'
import { isHeld, isStoreFull, isStoreHeld } from '../store/database.ts'
import { isSearchRefused } from '../store/open-reader.ts'
import type { Desk, Handlers } from './handlers.ts'
import type { Live } from './live.ts'
import { openPort } from './open-port.ts'
import type { PageFile } from './page-files.ts'
import { createPreviews, type Previews, previewPath, previewPolicy } from './previews.ts'
import { isProblem, problem } from './problem.ts'
import { createHandlers, readContent, readFilter } from './routes.ts'

// An import would evaluate all that this module of Node exports, and with it undici: 9 MiB, and 40 ms of each start.
const { createServer } = process.getBuiltinModule('node:http')

/** Octets, and how long a request's head may take. */
export type ServerLimits = {
  readonly body: number
  readonly importFile: number
  readonly decoded: number
  readonly headMs: number
}

export type PageServer = { readonly url: string; readonly port: number; close(): Promise<void> }

/** No inline script, no foreign origin, no plugin, no frame around us; the only frames are our own previews. */
const contentSecurityPolicy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: data:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "frame-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Calls that need no token: one trades the one-time code for it, the other proves that we know it. */
const open = new Set(['POST /api/token', 'GET /api/proof'])

/** Starts on `host:port`; without `fixed` a busy port moves on to the next free one. Rejects with a one-sentence Error. */
export async function startServer(
  address: { readonly host: string; readonly port: number; readonly fixed: boolean },
  desk: Desk,
  live: Live,
  page: ReadonlyMap<string, PageFile>,
  limits: ServerLimits,
  report: (error: Error) => void,
): Promise<PageServer> {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')

  app.use((request, response, next) => {
    response.set({
      'Content-Security-Policy': contentSecurityPolicy,
      'X-Content-Type-Options': 'nosniff',
      'X-Frame-Options': 'DENY',
      'Referrer-Policy': 'no-referrer',
      'Cross-Origin-Resource-Policy': 'same-origin',
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cache-Control': 'no-store',
    })
    const refused = desk.guard.origin(request)
    if (refused) response.status(refused.status).end()
    else next()
  })

  app.use('/api', (request, response, next) => {
    const token = open.has(`${request.method} /api${request.path}`) ? 'right' : desk.guard.token(request)
    if (token === 'right') return next()
    const status = desk.guard.throttled() ? 429 : 401
    answerProblem(response, {
      status,
      title: 'Not allowed',
      detail: 'This call needs the token as "Authorization: Bearer …".',
    })
  })

  // Only JSON: a form or text/plain body is what another site can send without asking (CSRF).
  const json = express.json({ limit: limits.body, strict: false, type: 'application/json' })
  app.use('/api', (request, response, next) => {
    const type = request.headers['content-type'] ?? ''
    const imports = request.path === '/import' && request.method === 'POST'
    const allowed = imports ? /^application\/(json|octet-stream|x-ndjson|har\+json)\b/i : /^application\/json\b/i
    const empty =
      request.headers['content-length'] === '0' ||
      (request.headers['content-length'] === undefined && !request.headers['transfer-encoding'])
    if (!empty && !allowed.test(type)) throw problem(415, 'Unsupported content', 'The body must be application/json.')
    if (imports) next()
    else json(request, response, next)
  })

  app.get('/api/proof', (request, response) => {
    const { nonce } = request.query
    if (typeof nonce !== 'string' || nonce.length < 16 || nonce.length > 128)
      throw problem(400, 'Bad nonce', 'A nonce has 16 to 128 characters.')
    response.json({ proof: desk.guard.prove(nonce) })
  })

  serveContent(app, desk, limits)
  serveExport(app, desk)
  const previews = createPreviews()
  serveCalls(app, createHandlers(desk, previews))
  servePreviews(app, previews)

  app.use('/api', () => {
    throw problem(404, 'No such call', 'There is no such call; docs/api.md lists them.')
  })
  app.get('/{*path}', (request, response) => {
    const file = page.get(request.path)
    if (!file)
      return void response
        .status(404)
        .type('text/plain')
        .send(page.size === 0 ? 'The page is not built: run "npm run build".' : 'Not found.')
    response.set('Content-Type', file.mimeType)
    if (file.immutable) response.set('Cache-Control', 'private, max-age=31536000, immutable')
    response.send(file.octets)
  })
  app.use((_request: Request, response: Response) => void response.status(405).end())

  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    // Whoever hung up in the middle of a body, or before an answer, is told nothing, and has not found a fault.
    if ((request.destroyed && !request.complete) || (error as Error).name === 'AbortError')
      return void response.destroy()
    if (response.headersSent) {
      // The one who waits sees a broken file and no reason: it goes to the terminal.
      if (isProblem(error)) report(error)
      return void response.destroy()
    }
    if (isProblem(error)) return answerProblem(response, error.problem)
    const { status, type } = error as { status?: number; type?: string }
    if (type === 'entity.too.large')
      return answerProblem(response, {
        status: 413,
        title: 'Too large',
        detail: 'The body is larger than this call takes.',
      })
    if (status !== undefined && status < 500)
      return answerProblem(response, { status, title: 'Bad request', detail: 'The body is not valid JSON.' })
    if (isSearchRefused(error))
      return answerProblem(response, { status: 400, title: 'Filter takes too long', detail: error.message })
    if (isStoreFull(error)) return answerProblem(response, { status: 507, title: 'No room', detail: error.message })
    if (isStoreHeld(error) || isHeld(error))
      return answerProblem(response, {
        status: 503,
        title: 'Not now',
        detail: 'Another program holds captures.db: try again when it has ended.',
      })
    report(error as Error)
    answerProblem(response, {
      status: 500,
      title: 'Telltale failed',
      detail: 'This call failed inside Telltale; the terminal says more.',
    })
  })

  const server = createServer(
    {
      requestTimeout: 300_000,
      headersTimeout: limits.headMs,
      // Node would look every 30 s: a limit of one minute would be one of a minute and a half.
      connectionsCheckingInterval: Math.ceil(limits.headMs / 12),
      insecureHTTPParser: false,
      requireHostHeader: false,
    },
    app,
  )
  const sockets = new Set<Socket>()
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  server.on('upgrade', (request, socket, head) => live.upgrade(request, socket, head))
  server.on('connect', (_request, socket) =>
    socket.end('HTTP/1.1 405 Method Not Allowed\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'),
  )
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
  })
  const port = await openPort(server, address)
  return {
    port,
    url: `http://${address.host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        live.close()
        server.close(() => resolve())
        setTimeout(() => {
          for (const socket of sockets) socket.destroy()
        }, 300).unref()
      }),
  }
}

function answerProblem(response: Response, what: Problem): void {
  response.status(what.status).type('application/problem+json').send(JSON.stringify(what))
}

function serveCalls(app: express.Express, handlers: Handlers): void {
  for (const [key, handler] of Object.entries(handlers) as [keyof Calls, (input: unknown) => unknown][]) {
    const [method = '', path = ''] = key.split(' ')
    const serve = async (request: Request, response: Response): Promise<void> => {
      const left = new AbortController()
      response.once('close', () => left.abort())
      const { params, query, body } = request
      const answer = await handler({ params, query, body, request, signal: left.signal })
      response.json(answer)
    }
    app[method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete'](path, serve)
  }
}

/** Captured octets: always an opaque attachment in a sandbox, so that nothing of them ever runs in our origin. */
function serveContent(app: express.Express, desk: Desk, limits: ServerLimits): void {
  app.get('/api/exchanges/:id/:side/content', async (request, response, next) => {
    const { side } = request.params
    if (side !== 'request' && side !== 'response') return next()
    const { octets, exchange } = readContent(desk, request.params.id, side)
    const content = side === 'request' ? exchange.request.content : responseOf(exchange)?.content
    response.set({
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename="${exchange.id}-${side}.bin"`,
      'Content-Security-Policy': "default-src 'none'; sandbox",
    })
    if (request.query.decoded !== '1')
      return void response.send(Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength))
    const decoded = await decode(octets, content?.codings ?? [], limits.decoded)
    if (decoded.cut) response.set('Telltale-Cut', String(limits.decoded))
    if (decoded.error !== undefined && content?.kept === 'whole')
      response.set('Telltale-Decode-Error', encodeURIComponent(decoded.error))
    response.send(Buffer.from(decoded.octets.buffer, decoded.octets.byteOffset, decoded.octets.byteLength))
  })
}

/** Captured HTML for the page's frame: its own policy, once, and never as a page of its own (Fetch §2.2.7 destinations). */
function servePreviews(app: express.Express, previews: Previews): void {
  app.get(`${previewPath}:id`, (request, response) => {
    response.set({
      'Content-Security-Policy': previewPolicy,
      'X-Frame-Options': 'SAMEORIGIN',
      'X-DNS-Prefetch-Control': 'off',
    })
    const destination = request.headers['sec-fetch-dest']
    const html = destination === undefined || destination === 'iframe' ? previews.take(request.params.id) : undefined
    if (html === undefined) return void response.status(404).type('text/plain').send('This preview is gone.')
    response.type('text/html; charset=utf-8').send(html)
  })
}

function serveExport(app: express.Express, desk: Desk): void {
  app.get('/api/export', async (request, response) => {
    const { format = 'har', filter, secrets, job } = request.query as Record<string, string | undefined>
    desk.settle()
    const file = desk.exportPieces(format, readFilter(filter), secrets === '1' || secrets === 'true', job)
    response.once('close', () => file.pieces.destroy())
    await begun(file.pieces)
    if (response.destroyed) return void file.pieces.destroy()
    response.set({
      'Content-Type': file.mimeType,
      'Content-Disposition': `attachment; filename="${file.fileName}"`,
      'Content-Security-Policy': "default-src 'none'; sandbox",
    })
    await pipeline(file.pieces, response)
  })
}

/** Until the first octets are there, what goes wrong can still be answered as a problem. */
function begun(pieces: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    pieces.once('error', reject)
    pieces.once('close', () => resolve())
    pieces.once('readable', () => resolve())
  })
}
