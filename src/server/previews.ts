// Captured HTML on its way into a sandboxed frame: each document is served once, soon, under a name nobody can guess.
import { randomBytes } from 'node:crypto'

export type Previews = {
  /** Keeps a document for one reader; answers the path it is served at. */
  keep(html: string): string
  /** The document, once; undefined where there is none of that name, or not any more. */
  take(id: string): string | undefined
}

/** Documents that wait for their frame; more than a few are frames that never asked. */
const most = 8
/** ms between the page's call and its frame's request. */
const lifetime = 20_000
export const previewPath = '/preview/'

/** No script, form, plugin or network, an origin of its own, and no frame around it but the page's. */
export const previewPolicy = [
  'sandbox',
  "default-src 'none'",
  'img-src data:',
  "style-src 'unsafe-inline'",
  'font-src data:',
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ')

export function createPreviews(): Previews {
  const waiting = new Map<string, string>()
  return {
    keep(html) {
      for (const oldest of waiting.keys()) {
        if (waiting.size < most) break
        waiting.delete(oldest)
      }
      const id = randomBytes(16).toString('base64url')
      waiting.set(id, html)
      setTimeout(() => waiting.delete(id), lifetime).unref()
      return previewPath + id
    },
    take(id) {
      const html = waiting.get(id)
      waiting.delete(id)
      return html
    },
  }
}
