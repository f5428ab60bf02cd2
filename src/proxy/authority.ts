// The certificate authority of this installation: its files, its notices, and a context for every host.
import { generateKeyPairSync } from 'node:crypto'
import { createSecureContext, DEFAULT_CIPHERS, type SecureContext } from 'node:tls'
import { authorityFiles } from './authority-files.ts'
import { leafMaker } from './certificates.ts'

export type Authority = {
  /** Absolute path of the public certificate. */
  readonly caFile: string
  readonly caPem: string
  /** Sentences for the terminal: what was repaired or moved aside at load. */
  readonly notices: readonly string[]
  contextFor(host: string): SecureContext
  leafPem(host: string): string
}

const hostsKept = 1000
/** Leaves live 195 days from now; made anew long before, for processes that run for months. */
const renewMs = 90 * 24 * 3600 * 1000

/** This leg never leaves the machine: a post-quantum exchange would only double its cost. */
const classicGroups = 'X25519:P-256:P-384:P-521'

/** AES-128 with SHA-256 costs least where the processor helps with both; the rest stays on offer. */
const localCiphers = [
  'TLS_AES_128_GCM_SHA256',
  ...DEFAULT_CIPHERS.split(':').filter((name) => name !== 'TLS_AES_128_GCM_SHA256'),
].join(':')

type Entry = { readonly pem: string; readonly madeAt: number; context?: SecureContext }

/**
 * Loads or makes the authority in `dir`; throws one plain sentence where that cannot be done. A folder the user named
 * is given with `repair: false`: what is broken in it is reported, never moved.
 */
export function loadAuthority(dir: string, { repair = true } = {}): Authority {
  const files = authorityFiles(dir, repair)
  // One key for all leaves: making one per host would cost more than the whole handshake.
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
  const keyPem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const makeLeaf = leafMaker({ certificatePem: files.caPem, key: files.key }, privateKey)
  const entries = new Map<string, Entry>()

  function entryFor(name: string): Entry {
    const host = name.toLowerCase()
    const known = entries.get(host)
    if (known && Date.now() - known.madeAt < renewMs) {
      // Map keeps insertion order: putting it back at the end makes the first key the least recently used.
      entries.delete(host)
      entries.set(host, known)
      return known
    }
    const made: Entry = { pem: makeLeaf(host), madeAt: Date.now() }
    entries.set(host, made)
    const oldest = entries.keys().next().value
    if (entries.size > hostsKept && oldest !== undefined) entries.delete(oldest)
    return made
  }

  return {
    caFile: files.caFile,
    caPem: files.caPem,
    notices: files.notices,
    leafPem: (host) => entryFor(host).pem,
    // One context per host: its ticket keys are what lets a client resume a session.
    contextFor(host) {
      const entry = entryFor(host)
      entry.context ??= createSecureContext({
        key: keyPem,
        cert: entry.pem + files.caPem,
        minVersion: 'TLSv1.2',
        ecdhCurve: classicGroups,
        ciphers: localCiphers,
        honorCipherOrder: true,
      })
      return entry.context
    },
  }
}
