// The TLS handshake with an origin: same ALPN offer as the client's, certificate verified, session resumed where possible.
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import * as tls from 'node:tls'
import type { Tls } from '../exchange/exchange.ts'
import type { Failure } from '../exchange/failure.ts'
import { codeOf, failure, fromError, sentence } from './failures.ts'
import { startLimit } from './limit.ts'
import { chainFacts, type OriginTrust } from './origin-trust.ts'

export type TlsWish = {
  /** The name the origin is asked for and must prove; an address is proved but never sent (RFC 6066 §3). */
  readonly host: string
  readonly port: number
  /** What the client offered; empty: no ALPN at all. */
  readonly alpn: readonly string[]
  readonly postQuantum?: boolean
  readonly timeoutMs: number
}

export type TlsOutcome = { readonly socket: tls.TLSSocket; readonly tls: Tls } | { readonly failure: Failure }

export function tlsFacts(socket: tls.TLSSocket): Tls {
  const servername = typeof socket.servername === 'string' ? socket.servername : undefined
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher()?.standardName ?? 'unknown',
    ...(socket.alpnProtocol ? { alpn: socket.alpnProtocol } : {}),
    ...(servername ? { servername } : {}),
    resumed: socket.isSessionReused(),
  }
}

function choseClassic(socket: tls.TLSSocket): boolean {
  const key = socket.getEphemeralKeyInfo()
  return key !== null && 'name' in key && /^(?:X25519|X448|prime256v1|secp\d+r1)$/.test(String(key.name))
}

/** Node's words for a FIN in the handshake carry the code of a reset. */
const closedEarly = (error: Error): boolean => /disconnected before secure TLS/.test(error.message)

export function handshake(raw: Duplex, wish: TlsWish, trust: OriginTrust): Promise<TlsOutcome> {
  const { host, port, alpn } = wish
  // Over a socket that is gone Node would build a stream of its own, and assert in it.
  if (raw.destroyed) {
    const failed = raw.errored
      ? fromError('tls', raw.errored, host, port)
      : failure('tls', 'UPSTREAM_TLS_CLOSED', sentence('UPSTREAM_TLS_CLOSED', host, port, ''))
    return Promise.resolve({ failure: failed })
  }
  const verified = trust.isVerified(host)
  const key = `${host}:${port}|${alpn.join()}|${verified}`
  const session = trust.sessionFor(key)
  return new Promise((resolve) => {
    const socket = tls.connect({
      socket: raw,
      host,
      servername: isIP(host) ? '' : host,
      secureContext: trust.contextFor(host, wish.postQuantum === true && !trust.choseClassic(key)),
      // Judged below, where the certificate can still be read.
      rejectUnauthorized: false,
      checkServerIdentity: (_name, certificate) => tls.checkServerIdentity(host, certificate),
      ...(alpn.length > 0 ? { ALPNProtocols: [...alpn] } : {}),
      ...(session ? { session } : {}),
    })
    let settled = false
    const limit = startLimit(wish.timeoutMs, () => {
      const words = `${host}:${port} did not finish the TLS handshake within ${Math.round(wish.timeoutMs / 1000)} s.`
      fail(failure('tls', 'UPSTREAM_TLS_TIMEOUT', words))
    })
    function fail(failed: Failure): void {
      if (settled) return
      settled = true
      limit.clear()
      socket.destroy()
      raw.destroy()
      resolve({ failure: failed })
    }
    const onClose = (): void =>
      fail(failure('tls', 'UPSTREAM_TLS_CLOSED', sentence('UPSTREAM_TLS_CLOSED', host, port, '')))
    // Stays on after the handshake too: an error nobody listens for ends the process.
    socket.on('error', (error) => (closedEarly(error) ? onClose() : fail(fromError('tls', error, host, port))))
    socket.once('close', onClose)
    socket.once('secureConnect', () => {
      // A resumed session brings no certificate: it is the one that was verified when the session began.
      const certificates = socket.isSessionReused() ? trust.chainFor(key) : chainFacts(socket)
      if (verified && !socket.authorized) {
        fail(unauthorized(socket, host, port, certificates[0]))
        return
      }
      limit.clear()
      settled = true
      socket.off('close', onClose)
      const classic = choseClassic(socket)
      socket.on('session', (ticket) => trust.keepSession(key, ticket, certificates, classic))
      const { servername: _theirs, ...facts } = tlsFacts(socket)
      const named = isIP(host) ? {} : { servername: host }
      resolve({ socket, tls: { ...facts, ...named, certificates } })
    })
  })
}

function unauthorized(
  socket: tls.TLSSocket,
  host: string,
  port: number,
  certificate: NonNullable<Failure['certificate']> | undefined,
): Failure {
  // Declared as Error, but it is the code alone for all but a name mismatch.
  const reason: unknown = socket.authorizationError
  const code = typeof reason === 'string' ? reason : codeOf(reason)
  const words = sentence(code, host, port, `The certificate of ${host} was not accepted: ${code}.`)
  return failure('tls', code, words, certificate ? { certificate } : {})
}
