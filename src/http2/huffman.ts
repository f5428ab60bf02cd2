// The Huffman code of HPACK (RFC 7541 §5.2 and appendix B): decoded four bits at a time, encoded into a given place.

/** Bits of the code of each octet, and of the end-of-string symbol: the code is canonical, so they say everything. */
const lengths = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28,
  28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6,
  5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23,
  22, 23, 23, 23, 23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22, 22,
  23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23, 26, 26,
  20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27,
  27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27,
  27, 27, 27, 26, 30,
]
const endOfString = 256

const bitsOf = Uint8Array.from(lengths)
const codeOf = new Uint32Array(lengths.length)

/** `mayEnd`: fewer than eight bits, all ones, since the last symbol: a text may end here (RFC 7541 §5.2). */
type Node = { zero?: Node | number; one?: Node | number; readonly state: number; readonly mayEnd: boolean }

/** Gives every symbol its code, shortest first, and returns the tree of them. */
function grow(): Node[] {
  const nodes: Node[] = [{ state: 0, mayEnd: true }]
  let code = 0
  let before = 0
  for (const symbol of [...lengths.keys()].sort((a, b) => (bitsOf[a] ?? 0) - (bitsOf[b] ?? 0) || a - b)) {
    const bits = bitsOf[symbol] ?? 0
    code <<= bits - before
    before = bits
    codeOf[symbol] = code
    let node = nodes[0]
    for (let bit = bits - 1; node && bit >= 0; bit--) {
      const side = (code >>> bit) & 1 ? 'one' : 'zero'
      let next = bit === 0 ? symbol : node[side]
      if (next === undefined) {
        next = { state: nodes.length, mayEnd: side === 'one' && node.mayEnd && bits - bit <= 7 }
        nodes.push(next)
      }
      node[side] = next
      node = typeof next === 'object' ? next : undefined
    }
    code++
  }
  return nodes
}

const complete = 0x100
const impossible = 0x200
const stateShift = 10

/** What four more bits lead to from each state: the next one, and the octet that is complete, if one is. */
function stepsOf(nodes: readonly Node[]): Uint32Array {
  const out = new Uint32Array(nodes.length * 16)
  const [root] = nodes
  for (const from of nodes)
    for (let nibble = 0; root && nibble < 16; nibble++) {
      let node = from
      let step = 0
      for (let bit = 3; bit >= 0; bit--) {
        const next = (nibble >> bit) & 1 ? node.one : node.zero
        if (typeof next === 'object') node = next
        else {
          step |= next === endOfString ? impossible : complete | (next ?? 0)
          node = root
        }
      }
      out[from.state * 16 + nibble] = step | (node.state << stateShift)
    }
  return out
}

const tree = grow()
const steps = stepsOf(tree)
const mayEnd = Uint8Array.from(tree, (node) => (node.mayEnd ? 1 : 0))

/** Octets a text of so many coded octets may have at most: the shortest code has five bits. */
export const decodedBound = (octets: number): number => Math.ceil((octets * 8) / 5)

/** Writes the text to the beginning of `out` and returns its length; -1 where it is none. */
export function decodeHuffman(octets: Uint8Array, from: number, to: number, out: Uint8Array): number {
  let state = 0
  let length = 0
  for (let at = from; at < to; at++) {
    const octet = octets[at] ?? 0
    const first = steps[state * 16 + (octet >> 4)] ?? 0
    if (first & complete) out[length++] = first
    const second = steps[(first >> stateShift) * 16 + (octet & 15)] ?? 0
    if (second & complete) out[length++] = second
    if ((first | second) & impossible) return -1
    state = second >> stateShift
  }
  return mayEnd[state] === 1 ? length : -1
}

/** Octets the text takes when coded. */
export function huffmanLength(text: string): number {
  let bits = 0
  for (let i = 0; i < text.length; i++) bits += bitsOf[text.charCodeAt(i) & 0xff] ?? 0
  return (bits + 7) >> 3
}

/** Writes the code of the text from `at` on and returns where it ends. */
export function encodeHuffman(text: string, out: Uint8Array, at: number): number {
  let waiting = 0
  let count = 0
  let end = at
  for (let i = 0; i < text.length; i++) {
    const octet = text.charCodeAt(i) & 0xff
    const code = codeOf[octet] ?? 0
    let bits = bitsOf[octet] ?? 0
    // At most 7 bits wait; a code of up to 30 goes in two parts so that 32 bits are enough.
    if (bits > 24) {
      waiting = (waiting << (bits - 16)) | (code >>> 16)
      count += bits - 16
      for (; count >= 8; count -= 8) out[end++] = waiting >>> (count - 8)
      bits = 16
      waiting = (waiting << 16) | (code & 0xffff)
    } else waiting = (waiting << bits) | code
    count += bits
    for (; count >= 8; count -= 8) out[end++] = waiting >>> (count - 8)
  }
  // The rest is filled with the beginning of the end-of-string symbol, which is ones.
  if (count > 0) out[end++] = (waiting << (8 - count)) | (0xff >> count)
  return end
}
