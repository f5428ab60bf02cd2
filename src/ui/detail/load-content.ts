// Fetches the content of a message once and keeps the last few; the token travels in a header, never in an address.
import type { ContentSide } from '../../api/contract.ts'
import type { Content } from '../../exchange/message.ts'
import { content as fetchContent } from '../connection.ts'

/** Contents kept, so that going back and forth between rows reads nothing twice. */
const keep = 12
/** Content above this many octets is fetched when asked for. */
export const largest = 32_000_000

export type Loaded = { readonly bytes: Uint8Array; readonly note?: string }

const kept = new Map<string, Promise<Loaded>>()

/** Decoded octets; where a coding cannot be undone, the octets as sent, with a sentence saying so. */
async function load(id: string, side: ContentSide): Promise<Loaded> {
  try {
    const response = await fetchContent(id, side, { decoded: true })
    const bytes = new Uint8Array(await response.arrayBuffer())
    const wrong = response.headers.get('telltale-decode-error')
    if (wrong !== null) return { bytes, note: `The content coding is broken: ${decodeURIComponent(wrong)}` }
    const cut = response.headers.has('telltale-cut')
    return cut ? { bytes, note: 'Decoding stopped at the limit: only the first part is shown' } : { bytes }
  } catch (error) {
    const raw = await fetchContent(id, side).catch(() => undefined)
    if (!raw) throw error
    const why = error instanceof Error ? error.message : String(error)
    return { bytes: new Uint8Array(await raw.arrayBuffer()), note: `Shown as sent, still coded: ${why}` }
  }
}

export function loadContent(id: string, side: ContentSide, content: Content): Promise<Loaded> {
  const name = content.kept === 'none' ? '' : content.digest
  const key = `${name} ${content.codings.join()} ${name === '' ? `${id} ${side}` : ''}`
  const held = kept.get(key)
  if (held) {
    // Put at the end again: the one longest unused goes first.
    kept.delete(key)
    kept.set(key, held)
    return held
  }
  const loading = load(id, side)
  kept.set(key, loading)
  loading.catch(() => kept.delete(key))
  for (const oldest of kept.keys()) {
    if (kept.size <= keep) break
    kept.delete(oldest)
  }
  return loading
}
