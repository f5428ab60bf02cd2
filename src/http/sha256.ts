// SHA-256 (FIPS 180-4) without anything from Node, at once and not as a promise: for fingerprints in the page.
import { utf8Octets } from './octets.ts'

const word = new Uint32Array(1)
const truncated = (value: number): number => {
  word[0] = value
  return word[0] ?? 0
}

/** The first 32 bits of the fractional parts of the square or cube roots of the first primes (§4.2.2, §5.3.3). */
function rootFractions(count: number, root: number): Uint32Array {
  const primes: number[] = []
  for (let n = 2; primes.length < count; n++) if (primes.every((prime) => n % prime !== 0)) primes.push(n)
  return Uint32Array.from(primes, (prime) => {
    const value = prime ** (1 / root)
    return truncated(Math.floor((value - Math.floor(value)) * 2 ** 32))
  })
}

const constants = rootFractions(64, 3)
const initial = rootFractions(8, 2)

const turn = (value: number, by: number): number => (value >>> by) | (value << (32 - by))

function padded(octets: Uint8Array): DataView {
  const view = new DataView(new ArrayBuffer(((octets.length + 72) >> 6) << 6))
  new Uint8Array(view.buffer).set(octets)
  view.setUint8(octets.length, 0x80)
  view.setUint32(view.byteLength - 8, Math.floor(octets.length / 2 ** 29))
  view.setUint32(view.byteLength - 4, octets.length << 3)
  return view
}

/** Lower-case hex. */
export function sha256(octets: Uint8Array): string {
  const data = padded(octets)
  const state = initial.slice()
  const w = new Uint32Array(64)
  const at = (list: Uint32Array, index: number): number => list[index] ?? 0
  for (let block = 0; block < data.byteLength; block += 64) {
    for (let i = 0; i < 64; i++) {
      if (i < 16) w[i] = data.getUint32(block + i * 4)
      else {
        const [x, y] = [at(w, i - 15), at(w, i - 2)]
        const small = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)
        const large = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10)
        w[i] = at(w, i - 16) + small + at(w, i - 7) + large
      }
    }
    let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
    for (let i = 0; i < 64; i++) {
      const chosen = (e & f) ^ (~e & g)
      const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + chosen + at(constants, i) + at(w, i)) | 0
      const major = (a & b) ^ (a & c) ^ (b & c)
      const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + major) | 0
      ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0]
    }
    for (const [i, value] of [a, b, c, d, e, f, g, h].entries()) state[i] = at(state, i) + value
  }
  return [...state].map((value) => value.toString(16).padStart(8, '0')).join('')
}

/** The hash that redaction takes, for callers without a faster one. */
export function sha256Text(text: string): string {
  return sha256(utf8Octets(text))
}
