// Opens a TCP connection by name: resolves, tries every address a little apart (RFC 8305), and says what each answered.
import { lookup } from 'node:dns'
import { connect, isIP, type Socket } from 'node:net'
import type { Failure } from '../exchange/failure.ts'
import { codeOf, failure, fromError, sentence } from './failures.ts'
import type { OwnPorts } from './own-ports.ts'

/** Moments by performance.now(). */
export type DialTimes = {
  dnsStart?: number
  dnsEnd?: number
  connectStart?: number
  connectEnd?: number
  tlsStart?: number
  tlsEnd?: number
}

export type TcpOutcome =
  | { readonly socket: Socket; readonly address: string; readonly times: DialTimes }
  | { readonly failure: Failure; readonly times: DialTimes }

/** The next address is tried when the last has not answered for so long. */
const staggerMs = 250

type Resolved = { readonly addresses: readonly string[] } | { readonly failure: Failure }

/** A burst of connections to one host asks the resolver once; what failed is asked again at once. */
const rememberedMs = 1_000
const namesRemembered = 500
const remembered = new Map<string, { readonly addresses: readonly string[]; readonly at: number }>()

/** IP addresses of a name, in the system's order; a literal is its own address. */
function resolveHost(name: string): Promise<Resolved> {
  // The local name is local with its closing dot too (RFC 6761 §6.3), which not every resolver knows.
  const host = /^localhost\.$/i.test(name) ? 'localhost' : name
  if (isIP(host)) return Promise.resolve({ addresses: [host] })
  const before = remembered.get(host)
  if (before && performance.now() - before.at < rememberedMs) return Promise.resolve(before)
  return new Promise((resolve) => {
    try {
      lookup(host, { all: true, verbatim: true }, (error, found) => {
        if (error) {
          resolve({ failure: fromError('resolve', error, host, 0) })
          return
        }
        const fresh = { addresses: found.map((entry) => entry.address), at: performance.now() }
        if (remembered.size >= namesRemembered) remembered.clear()
        remembered.set(host, fresh)
        resolve(fresh)
      })
    } catch (error) {
      // A name the resolver does not even accept (too long, odd characters).
      resolve({ failure: fromError('resolve', error, host, 0) })
    }
  })
}

/** Names are only looked up for ports of ours: behind an upstream proxy most names mean nothing here. */
export async function leadsToUs(own: OwnPorts, host: string, port: number): Promise<boolean> {
  if (!own.has(port)) return false
  const found = await resolveHost(host)
  return 'addresses' in found && found.addresses.some((address) => own.isOwn(address, port))
}

export const loop = (host: string, port: number): Failure =>
  failure('connect', 'LOOP', `${host}:${port} is Telltale itself; a request to it would go round in circles.`)

export async function dialTcp(host: string, port: number, own: OwnPorts, timeoutMs: number): Promise<TcpOutcome> {
  const times: DialTimes = {}
  if (!isIP(host)) times.dnsStart = performance.now()
  const found = await resolveHost(host)
  if (times.dnsStart !== undefined) times.dnsEnd = performance.now()
  if ('failure' in found) return { failure: found.failure, times }
  if (found.addresses.some((address) => own.isOwn(address, port))) return { failure: loop(host, port), times }
  if (found.addresses.length === 0)
    return { failure: failure('resolve', 'ENOTFOUND', sentence('ENOTFOUND', host, port, '')), times }
  times.connectStart = performance.now()
  const outcome = await race(host, port, found.addresses, timeoutMs)
  times.connectEnd = performance.now()
  return { ...outcome, times }
}

type Attempt = { readonly address: string; code: string }

function race(
  host: string,
  port: number,
  addresses: readonly string[],
  timeoutMs: number,
): Promise<{ socket: Socket; address: string } | { failure: Failure }> {
  return new Promise((resolve) => {
    const attempts: Attempt[] = []
    const open = new Set<Socket>()
    let next = 0
    let stagger: NodeJS.Timeout | undefined
    let lastError: unknown
    const limit = setTimeout(() => {
      const words = `${host}:${port} did not accept the connection within ${Math.round(timeoutMs / 1000)} s.`
      fail(failure('connect', 'UPSTREAM_CONNECT_TIMEOUT', words, { addresses: attempts }))
    }, timeoutMs)

    function settle(): void {
      clearTimeout(limit)
      clearTimeout(stagger)
      for (const socket of open) socket.destroy()
      open.clear()
    }
    function fail(failed: Failure): void {
      settle()
      resolve({ failure: failed })
    }
    function tryNext(): void {
      clearTimeout(stagger)
      const address = addresses[next++]
      if (address === undefined) {
        if (open.size === 0) fail({ ...fromError('connect', lastError, host, port), addresses: attempts })
        return
      }
      const attempt: Attempt = { address, code: 'NO_ANSWER' }
      attempts.push(attempt)
      const socket = connect({ host: address, port, allowHalfOpen: true, noDelay: true })
      open.add(socket)
      socket.once('connect', () => {
        open.delete(socket)
        settle()
        resolve({ socket, address })
      })
      socket.on('error', (error) => {
        if (!open.delete(socket)) return
        attempt.code = codeOf(error)
        lastError = error
        tryNext()
      })
      if (next < addresses.length) stagger = setTimeout(tryNext, staggerMs)
    }
    tryNext()
  })
}
