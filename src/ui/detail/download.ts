// Hands octets to the browser as a file, under a name that is safe wherever it is saved.

const extensions: Readonly<Record<string, string>> = {
  'application/json': 'json',
  'application/pdf': 'pdf',
  'application/xml': 'xml',
  'application/zip': 'zip',
  'application/x-ndjson': 'ndjson',
  'image/jpeg': 'jpg',
  'image/svg+xml': 'svg',
  'text/css': 'css',
  'text/csv': 'csv',
  'text/event-stream': 'txt',
  'text/html': 'html',
  'text/javascript': 'js',
  'application/javascript': 'js',
  'text/plain': 'txt',
  'text/xml': 'xml',
}

/** Only letters, digits, dot, dash and underscore; no leading dot, no device name of Windows, at most 100 characters. */
export function fileName(url: string, mimeType: string): string {
  let path = ''
  try {
    path = decodeURIComponent(new URL(url).pathname)
  } catch {
    // No URL, or a broken escape in it: the default name serves.
  }
  const last = path.split(/[/\\]/).findLast((segment) => segment !== '') ?? ''
  const plain = last
    .replace(/[^\w.-]+/g, '_')
    .replace(/^[._-]+/, '')
    .replace(/\.+$/, '')
    .slice(0, 80)
  const device = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(plain)
  const base = plain === '' || device ? `content${device ? `_${plain}` : ''}` : plain
  if (/\.[a-z0-9]{1,5}$/i.test(base)) return base
  const subtype = mimeType.split('/')[1]?.split('+').at(-1) ?? ''
  const extension = extensions[mimeType] ?? (/^[a-z0-9]{1,5}$/.test(subtype) ? subtype : 'bin')
  return `${base}.${extension}`
}

export function download(parts: Blob | Uint8Array | string, name: string): void {
  const blob =
    parts instanceof Blob
      ? parts
      : new Blob([typeof parts === 'string' ? parts : parts.slice()], { type: 'application/octet-stream' })
  const address = URL.createObjectURL(blob)
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has taken the blob over once the click was handled.
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
