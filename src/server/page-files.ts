// The built page as a fixed map from path to octets, read once: no request ever becomes a file path.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

export type PageFile = { readonly octets: Buffer; readonly mimeType: string; readonly immutable: boolean }

const mimeTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

/** Keys are URL paths beginning with `/`; an absent folder gives an empty map. Files with a hash in their name never change. */
export function readPageFiles(folder: string): ReadonlyMap<string, PageFile> {
  const files = new Map<string, PageFile>()
  const walk = (at: string, path: string): void => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const file = join(at, entry.name)
      if (entry.isDirectory()) walk(file, `${path}${entry.name}/`)
      else {
        const mimeType = mimeTypes[extname(entry.name)]
        if (mimeType) files.set(path + entry.name, { octets: readFileSync(file), mimeType, immutable: path !== '/' })
      }
    }
  }
  if (existsSync(folder)) walk(folder, '/')
  const index = files.get('/index.html')
  if (index) files.set('/', index)
  return files
}
