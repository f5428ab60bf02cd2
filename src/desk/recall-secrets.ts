// Finds the secrets that a fix names by their fingerprint in the store, when the diagnosis has not seen them since its start.
import { restoreSecrets } from '../diagnose/hide-secrets.ts'
import type { Edit } from '../exchange/edit.ts'
import { type Hash, redactExchange } from '../http/secrets.ts'
import type { Store } from '../store/store.ts'

/** Newest exchanges looked through, and ms: a page waits for the answer. */
const looked = 1000
const patience = 1000

/** Edits in which every reference that could be found was replaced; `hash` is the one the references were made with. */
export function recallSecrets(
  edits: readonly Edit[],
  store: Pick<Store, 'rows' | 'entry'>,
  hash: Hash,
): readonly Edit[] {
  const named = JSON.stringify(edits).matchAll(/\{\{secret:([0-9a-f]{8})\}\}/g)
  const missing = new Set([...named].map(([, fingerprint]) => fingerprint ?? ''))
  if (missing.size === 0) return edits
  const found = new Map<string, string>()
  const end = performance.now() + patience
  for (const { id } of store.rows({ limit: looked }).rows) {
    if (found.size === missing.size || performance.now() > end) break
    const entry = store.entry(id)
    if (!entry) continue
    const secrets = new Set<string>()
    redactExchange(entry.exchange, {}, hash, secrets)
    for (const secret of secrets) {
      const fingerprint = hash(secret).slice(0, 8)
      if (missing.has(fingerprint)) found.set(fingerprint, secret)
    }
  }
  return restoreSecrets(edits, (fingerprint) => found.get(fingerprint))
}
