// Small requests, many at a time: kept-alive HTTP/1 connections, HTTP/2 streams, or a new connection for each.
import { connect, constants } from 'node:http2'
import type { Duplex } from 'node:stream'
import { createTally, type Job, type Result } from './job.ts'
import { replyReader } from './reply-reader.ts'
import { openPlain, openSecure, type Way } from './way.ts'

type Requests = Job & { readonly kind: 'requests' }

const fields = `User-Agent: bench/1.0\r\nAccept: application/json\r\nAccept-Encoding: identity\r\nAuthorization: Bearer tok_live_5f3a9c1e7b2d4860\r\nX-Client-Version: 4.18.2\r\n`

export function requestText(way: Way, secure: boolean, number: number, close = false): string {
  const authority = `${way.host}:${secure ? way.https : way.http}`
  const target = `${secure || way.proxyPort === undefined ? '' : `http://${authority}`}/v1/orders/${number % 500}`
  return `GET ${target} HTTP/1.1\r\nHost: ${authority}\r\n${fields}${close ? 'Connection: close\r\n' : ''}\r\n`
}

export function roundTrip(socket: Duplex, text: string): Promise<void> {
  return new Promise((done, fail) => {
    const reader = replyReader()
    const onData = (chunk: Buffer): void => {
      try {
        if (reader.take(chunk)) settle()
      } catch (error) {
        settle(error)
      }
    }
    const onClose = (): void => settle(new Error('closed before the response was whole'))
    const settle = (error?: unknown): void => {
      socket.off('data', onData).off('close', onClose).off('error', settle)
      if (error) fail(error)
      else done()
    }
    socket.on('data', onData).on('close', onClose).on('error', settle)
    socket.write(text)
  })
}

/** `concurrency` takers of the same pile of work, until it is empty or the time is up. */
async function share(job: Requests, take: (next: () => number | undefined) => Promise<void>): Promise<void> {
  const until = performance.now() + job.limitMs
  let given = 0
  const next = (): number | undefined => (given < job.requests && performance.now() < until ? given++ : undefined)
  await Promise.all(Array.from({ length: job.concurrency }, () => take(next)))
}

const quiet = (): void => undefined

export async function sendHttp1(job: Requests): Promise<Result> {
  const { way, protocol } = job
  const tally = createTally()
  const plain = protocol === 'http'
  const fresh = protocol === 'fresh'
  await share(job, async (next) => {
    let socket: Duplex | undefined
    for (let number = next(); number !== undefined; number = next()) {
      const began = performance.now()
      try {
        socket ??= await (plain ? openPlain(way) : openSecure(way, 'http/1.1'))
        socket.on('error', quiet)
        await roundTrip(socket, requestText(way, !plain, number, fresh))
        tally.ok(performance.now() - began)
        socket.off('error', quiet)
        if (!fresh) continue
      } catch (error) {
        tally.bad(error)
      }
      socket?.on('error', quiet)
      socket?.destroy()
      socket = undefined
    }
    socket?.on('error', quiet)
    socket?.destroy()
  })
  return tally.result()
}

const streamsEach = 8

export async function sendHttp2(job: Requests): Promise<Result> {
  const { way } = job
  const tally = createTally()
  const authority = `${way.host}:${way.https}`
  const connections = Math.ceil(job.concurrency / streamsEach)
  const sessions = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = await openSecure(way, 'h2')
      const session = connect(`https://${authority}`, { createConnection: () => socket })
      session.on('error', quiet)
      return session
    }),
  )
  let taken = 0
  await share(job, async (next) => {
    const session = sessions[taken++ % connections]
    for (let number = next(); number !== undefined && session; number = next()) {
      const began = performance.now()
      try {
        await new Promise<void>((done, fail) => {
          const stream = session.request({
            ':path': `/v1/orders/${number % 500}`,
            'user-agent': 'bench/1.0',
            accept: 'application/json',
            authorization: 'Bearer tok_live_5f3a9c1e7b2d4860',
            'x-client-version': '4.18.2',
          })
          let status = 0
          stream.on('response', (headers) => (status = headers[':status'] ?? 0))
          stream.on('error', fail)
          stream.on('end', () => (status === 200 ? done() : fail(new Error(`status ${status}`))))
          stream.on('close', () =>
            fail(new Error(`stream closed with ${stream.rstCode ?? constants.NGHTTP2_NO_ERROR}`)),
          )
          stream.resume()
        })
        tally.ok(performance.now() - began)
      } catch (error) {
        tally.bad(error)
        if (session.destroyed) return
      }
    }
  })
  for (const session of sessions) session.destroy()
  return tally.result()
}
