// Large bodies, messages and fresh hosts: the load client's other jobs.
import type { Duplex } from 'node:stream'
import { WebSocket } from 'ws'
import { createTally, type Job, type Result } from './job.ts'
import { replyReader } from './reply-reader.ts'
import { requestText, roundTrip } from './send-requests.ts'
import { openSecure, type Way } from './way.ts'

const quiet = (): void => undefined

/** Runs `work` on a connection of its own; past the limit the connection is closed, which ends it with an error. */
async function onConnection(way: Way, limitMs: number, work: (socket: Duplex) => Promise<void>): Promise<void> {
  const socket = await openSecure(way, 'http/1.1')
  socket.on('error', quiet)
  const timer = setTimeout(() => socket.destroy(new Error(`not finished in ${limitMs / 1000} s`)), limitMs)
  try {
    await work(socket)
  } finally {
    clearTimeout(timer)
    socket.destroy()
  }
}

export async function contactHosts(job: Job & { kind: 'hosts' }): Promise<Result> {
  const tally = createTally()
  for (const host of job.names) {
    const way = { ...job.way, host }
    const began = performance.now()
    try {
      await onConnection(way, job.limitMs, (socket) => roundTrip(socket, requestText(way, true, 1)))
      tally.ok(performance.now() - began)
    } catch (error) {
      tally.bad(error)
    }
  }
  return tally.result()
}

export async function download(job: Job & { kind: 'download' }): Promise<Result> {
  const tally = createTally()
  const authority = `${job.way.host}:${job.way.https}`
  let seen = 0
  try {
    await onConnection(job.way, job.limitMs, (socket) => {
      socket.on('data', (chunk: Buffer) => (seen += chunk.length))
      return roundTrip(socket, `GET /octets/${job.octets} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`)
    })
  } catch (error) {
    tally.bad(error)
  }
  return tally.result(Math.min(seen, job.octets))
}

const block = Buffer.alloc(64 * 1024, 'telltale measures the wire\n')

export async function upload(job: Job & { kind: 'upload' }): Promise<Result> {
  const tally = createTally()
  const authority = `${job.way.host}:${job.way.https}`
  let total = 0
  const head = `POST /count HTTP/1.1\r\nHost: ${authority}\r\nContent-Type: application/octet-stream\r\nContent-Length: ${job.octets}\r\n\r\n`
  try {
    await onConnection(job.way, job.limitMs, (socket) => {
      let answer = ''
      const reader = replyReader()
      const answered = new Promise<void>((done, fail) => {
        socket.on('data', (chunk: Buffer) => {
          answer += chunk.toString('latin1')
          try {
            if (reader.take(chunk)) done()
          } catch (error) {
            fail(error)
          }
        })
        socket.on('error', fail)
        socket.on('close', () => fail(new Error('closed before the response was whole')))
      })
      let left = job.octets
      const more = (): void => {
        while (left > 0) {
          const part = left >= block.length ? block : block.subarray(0, left)
          left -= part.length
          if (!socket.write(part)) return void socket.once('drain', more)
        }
      }
      socket.write(head)
      more()
      return answered.then(() => {
        total = Number(/"total":(\d+)/.exec(answer)?.[1] ?? 0)
        if (total !== job.octets) throw new Error(`${total} octets arrived`)
      })
    })
  } catch (error) {
    tally.bad(error)
  }
  return tally.result(total)
}

const text = JSON.stringify({
  type: 'tick',
  symbol: 'ACME',
  price: 182.44,
  volume: 1200,
  at: '2026-11-22T15:00:00.000Z',
})
/** Messages sent and not yet echoed, on each connection. */
const outstanding = 8

/** A message counts when its echo is back; it has then passed the proxy twice, and is counted as two. */
export async function exchangeMessages(job: Job & { kind: 'messages' }): Promise<Result> {
  const tally = createTally()
  const each = Math.ceil(job.messages / 2 / job.connections)
  let done = 0
  await Promise.all(
    Array.from({ length: job.connections }, async () => {
      try {
        await onConnection(job.way, job.limitMs, async (socket) => {
          const { host, https } = job.way
          const ws = new WebSocket(`ws://${host}:${https}/socket`, {
            createConnection: () => socket,
            perMessageDeflate: false,
          })
          let [sent, back] = [0, 0]
          await new Promise<void>((finished, fail) => {
            ws.on('error', fail)
            ws.on('close', () => fail(new Error('closed before the last echo')))
            ws.on('open', () => {
              for (; sent < Math.min(outstanding, each); sent++) ws.send(text)
            })
            ws.on('message', () => {
              back++
              done += 2
              if (back === each) return finished()
              if (sent < each) {
                sent++
                ws.send(text)
              }
            })
          })
          ws.removeAllListeners('close')
          ws.close()
        })
      } catch (error) {
        tally.bad(error)
      }
    }),
  )
  return tally.result(done)
}
