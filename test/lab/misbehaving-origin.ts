// A small HTTP origin that does, case by case, whatever the lab asks of it.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Answer, LabCase } from './lab-case.ts'

export type MisbehavingOrigin = { readonly port: number; readonly server: Server; close(): Promise<void> }

async function readAll(request: IncomingMessage): Promise<void> {
  for await (const _ of request) {
    // Read to the end, so that no case depends on how much a socket buffers.
  }
}

function give(answer: Answer, request: IncomingMessage, response: ServerResponse): void {
  if ('raw' in answer) {
    const { socket } = request
    socket.write(Buffer.from(answer.raw, 'latin1'), () => {
      if (answer.end === 'fin') socket.end()
      if (answer.end === 'rst') setTimeout(() => socket.resetAndDestroy(), 30)
    })
    return
  }
  const { status, reason, headers = {}, body } = answer
  const isText = typeof body === 'string' || body instanceof Uint8Array
  const type = body === undefined || isText ? {} : { 'Content-Type': 'application/json' }
  const fields = { ...type, ...headers }
  if (reason === undefined) response.writeHead(status, fields)
  else response.writeHead(status, reason, fields)
  response.end(body === undefined ? undefined : isText ? body : JSON.stringify(body))
}

export async function startMisbehavingOrigin(cases: readonly LabCase[]): Promise<MisbehavingOrigin> {
  const byName = new Map(cases.map((one) => [one.name, one]))
  const counts = new Map<string, number>()
  const server = createServer({ insecureHTTPParser: true, maxHeaderSize: 256 * 1024 }, (request, response) => {
    const path = request.url ?? '/'
    const name = path.split(/[/?]/)[1] ?? ''
    const answers = byName.get(name)?.answers ?? []
    const count = counts.get(name) ?? 0
    counts.set(name, count + 1)
    const answer =
      typeof answers === 'function'
        ? answers({ method: request.method ?? '', path: path.slice(name.length + 1), headers: request.headers }, count)
        : (answers[Math.min(count, answers.length - 1)] ?? { status: 404 })
    const wait = 'delay' in answer ? (answer.delay ?? 0) : 0
    readAll(request)
      .then(() => setTimeout(() => give(answer, request, response), wait))
      .catch(() => request.socket.destroy())
  })
  server.keepAliveTimeout = 200
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    port,
    server,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}
