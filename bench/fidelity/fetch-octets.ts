// Asks for one reply and takes every octet of the answer, with or without a proxy.
import type { Duplex } from 'node:stream'
import { openPlain, openSecure, type Way } from '../peers/way.ts'
import { type Seen, seenIn } from './seen-message.ts'

/** A connection on which nothing has come for so long is taken for stalled. */
const silentMs = 2500
/** A complete message is not waited on for the end of its connection. */
const settledMs = 150

export async function fetchOctets(way: Way, secure: boolean, number: number): Promise<Seen> {
  const socket: Duplex = await (secure ? openSecure(way, 'http/1.1') : openPlain(way))
  const authority = `${way.host}:${secure ? way.https : way.http}`
  const target = secure || way.proxyPort === undefined ? `/${number}` : `http://${authority}/${number}`
  return new Promise((done) => {
    const parts: Buffer[] = []
    let timer: NodeJS.Timeout | undefined
    const settle = (closed: 'fin' | 'rst' | 'stalled'): void => {
      clearTimeout(timer)
      socket.removeAllListeners('end').removeAllListeners('close').removeAllListeners('data')
      socket.destroy()
      done(seenIn(Buffer.concat(parts), closed))
    }
    const wait = (): void => {
      clearTimeout(timer)
      const { end, heads } = seenIn(Buffer.concat(parts), 'stalled')
      timer = setTimeout(() => settle('stalled'), end === 'complete' && heads.length > 0 ? settledMs : silentMs)
    }
    socket.on('data', (chunk: Buffer) => {
      parts.push(chunk)
      wait()
    })
    socket.once('end', () => settle('fin'))
    socket.on('error', () => settle('rst'))
    socket.once('close', () => settle('fin'))
    socket.write(`GET ${target} HTTP/1.1\r\nHost: ${authority}\r\nUser-Agent: bench/1.0\r\nAccept: */*\r\n\r\n`)
    wait()
  })
}
