// Which certificates of origins are believed, what we show to those that ask, and which TLS sessions can be resumed.
import type { X509Certificate } from 'node:crypto'
import * as tls from 'node:tls'
import type { CertificateFacts } from '../exchange/failure.ts'
import { hostMatches } from './host-pattern.ts'
import type { WireSettings } from './wire-settings.ts'

const sessionsKept = 500
const classicGroups = 'X25519:P-256:P-384:P-521'

type Kept = { readonly session: Buffer; readonly chain: readonly CertificateFacts[]; readonly classic: boolean }

export type OriginTrust = {
  isVerified(host: string): boolean
  /** `postQuantum`: the client offered it, so the origin is offered it too. */
  contextFor(host: string, postQuantum: boolean): tls.SecureContext
  sessionFor(key: string): Buffer | undefined
  keepSession(key: string, session: Buffer, chain: readonly CertificateFacts[], classic: boolean): void
  /** It was offered a post-quantum exchange and chose another: offering it again would only cost. */
  choseClassic(key: string): boolean
  /** What the origin showed when the session of this key began. */
  chainFor(key: string): readonly CertificateFacts[]
}

/** The system's and the bundled roots, and what the user added. */
function roots(added: readonly string[]): string[] {
  const all = new Set<string>(tls.getCACertificates('default'))
  try {
    for (const pem of tls.getCACertificates('system')) all.add(pem)
  } catch {
    // A system without a readable store still has the bundled roots.
  }
  for (const text of added)
    for (const pem of text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []) all.add(pem)
  return [...all]
}

export function createOriginTrust(settings: WireSettings): OriginTrust {
  // Reading some 300 roots takes about 20 ms: once, and not before the first TLS origin.
  let ca: string[] | undefined
  const contexts = new Map<string, tls.SecureContext>()
  const sessions = new Map<string, Kept>()
  return {
    isVerified: (host) => !hostMatches(settings.insecureHosts, host),
    contextFor(host, postQuantum) {
      const shown = settings.clientCertificates.find((entry) => hostMatches([entry.host], host))
      const key = `${shown?.host ?? ''}|${postQuantum}`
      let context = contexts.get(key)
      if (!context) {
        ca ??= roots(settings.upstreamCa)
        const identity = shown ? { cert: shown.pem, key: shown.pem } : {}
        const groups = postQuantum ? {} : { ecdhCurve: classicGroups }
        context = tls.createSecureContext({ ca, ...identity, ...groups })
        contexts.set(key, context)
      }
      return context
    },
    sessionFor: (key) => sessions.get(key)?.session,
    choseClassic: (key) => sessions.get(key)?.classic === true,
    chainFor: (key) => sessions.get(key)?.chain ?? [],
    keepSession(key, session, chain, classic) {
      sessions.delete(key)
      sessions.set(key, { session, chain, classic })
      const oldest = sessions.keys().next().value
      if (sessions.size > sessionsKept && oldest !== undefined) sessions.delete(oldest)
    },
  }
}

const isoDate = (text: string): string => (Number.isNaN(Date.parse(text)) ? text : new Date(text).toISOString())

function certificateFacts(certificate: X509Certificate): CertificateFacts {
  return {
    subject: certificate.subject ?? '',
    issuer: certificate.issuer ?? '',
    altNames: (certificate.subjectAltName ?? '').split(', ').filter((name) => name !== ''),
    validFrom: isoDate(certificate.validFrom),
    validTo: isoDate(certificate.validTo),
    fingerprint256: certificate.fingerprint256,
  }
}

const known = new Map<string, readonly CertificateFacts[]>()
const chainsKept = 500
const deepest = 6

/** The facts of the chain a peer showed, leaf first; read once per certificate. */
export function chainFacts(socket: tls.TLSSocket): readonly CertificateFacts[] {
  let certificate = socket.getPeerX509Certificate()
  if (!certificate) return []
  const key = certificate.fingerprint256
  const before = known.get(key)
  if (before) return before
  const facts: CertificateFacts[] = []
  while (certificate && facts.length < deepest) {
    facts.push(certificateFacts(certificate))
    certificate = certificate.issuerCertificate
  }
  if (known.size >= chainsKept) known.clear()
  known.set(key, facts)
  return facts
}
