// Undoes gzip in the browser, with a limit: a small message must not become a large page.

/** Octets after which decompression stops. */
const most = 4_000_000

/** The inflated octets (at most the limit), or undefined where they are not gzip. */
export async function inflateGzip(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    const reader = new Blob([bytes.slice()]).stream().pipeThrough(new DecompressionStream('gzip')).getReader()
    const parts: Uint8Array[] = []
    let size = 0
    for (let read = await reader.read(); !read.done && size < most; read = await reader.read()) {
      parts.push(read.value)
      size += read.value.length
    }
    void reader.cancel()
    const whole = new Uint8Array(size)
    let at = 0
    for (const part of parts) {
      whole.set(part, at)
      at += part.length
    }
    return whole
  } catch {
    return undefined
  }
}
