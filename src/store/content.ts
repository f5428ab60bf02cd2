// Removes content codings (RFC 9110 §8.4) from kept octets, with a cap on what comes out and on how many layers there are.

import { Readable, type Transform } from 'node:stream'
import {
  brotliDecompressSync,
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createUnzip,
  createZstdDecompress,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  zstdDecompressSync,
} from 'node:zlib'

/** More layers than this are an attack, not a message (undici CVE-2026-22036 is the same lesson). */
const maxLayers = 4

/** `cut`: there was more than the cap. `error`: why decoding stopped; `octets` then holds what came out before. */
export type Decoded = { readonly octets: Uint8Array; readonly cut: boolean; readonly error?: string }

const known = new Set(['gzip', 'x-gzip', 'deflate', 'br', 'zstd'])

/** What makes a decoder give what it has, without the end of its input. */
const flushes: Readonly<Record<string, number>> = {
  br: constants.BROTLI_OPERATION_FLUSH,
  zstd: constants.ZSTD_e_flush,
}

/** Codings that can be removed, and not so many of them that somebody means harm. */
export const canDecode = (codings: readonly string[]): boolean =>
  codings.length <= maxLayers && codings.every((coding) => known.has(coding))

/** `deflate` means zlib (RFC 9110 §8.4.1.2), but some servers send the raw stream: the first octet tells. */
const isZlib = (octets: Uint8Array) => ((octets[0] ?? 0) & 0x0f) === 8

/**
 * At once, for the rules: the caller keeps `cap` small. Cut or broken content gives nothing, unless it is known to be only
 * the `beginning`: then what can be read of it.
 */
export function decodeNow(octets: Uint8Array, codings: readonly string[], cap: number, beginning = false): Decoded {
  if (codings.length === 0) return { octets, cut: false }
  if (codings.length > maxLayers)
    return { octets: new Uint8Array(), cut: true, error: `more than ${maxLayers} content codings` }
  let current = octets
  for (const coding of codings.toReversed()) {
    if (!known.has(coding)) return { octets: current, cut: false, error: `unknown content coding "${coding}"` }
    const options = {
      maxOutputLength: cap,
      ...(beginning ? { finishFlush: flushes[coding] ?? constants.Z_SYNC_FLUSH } : {}),
    }
    try {
      if (coding === 'br') current = brotliDecompressSync(current, options)
      else if (coding === 'zstd') current = zstdDecompressSync(current, options)
      else if (coding === 'deflate')
        current = isZlib(current) ? inflateSync(current, options) : inflateRawSync(current, options)
      else current = gunzipSync(current, options)
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      return { octets: new Uint8Array(), cut: code === 'ERR_BUFFER_TOO_LARGE', error: message }
    }
  }
  return { octets: current, cut: false }
}

/** A stream that removes one coding; `octets` are the first of its input. */
export function decoder(coding: string, octets: Uint8Array): Transform {
  if (coding === 'br') return createBrotliDecompress()
  if (coding === 'zstd') return createZstdDecompress()
  if (coding === 'deflate') return isZlib(octets) ? createInflate() : createInflateRaw()
  return coding === 'gzip' ? createGunzip() : createUnzip()
}

/** Off the thread, for viewers and exports: stops as soon as `cap` octets have come out of any layer. */
export async function decode(octets: Uint8Array, codings: readonly string[], cap: number): Promise<Decoded> {
  if (codings.length > maxLayers)
    return { octets: new Uint8Array(), cut: true, error: `more than ${maxLayers} content codings` }
  let current = octets
  let cut = false
  for (const coding of codings.toReversed()) {
    if (!known.has(coding)) return { octets: current, cut, error: `unknown content coding "${coding}"` }
    const pieces: Buffer[] = []
    let size = 0
    const stream = Readable.from([Buffer.from(current.buffer, current.byteOffset, current.byteLength)]).pipe(
      decoder(coding, current),
    )
    try {
      for await (const piece of stream) {
        pieces.push(piece)
        size += piece.length
        if (size >= cap) {
          cut = true
          break
        }
      }
    } catch (error) {
      return { octets: Buffer.concat(pieces), cut, error: (error as Error).message }
    }
    current = Buffer.concat(pieces).subarray(0, cap)
  }
  return { octets: current, cut }
}
