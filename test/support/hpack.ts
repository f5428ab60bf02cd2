// HPACK (RFC 7541) for tests: a decoder that tells how each field came, and pieces to build field blocks from, right or wrong.

export type FieldKind = 'indexed' | 'added' | 'plain' | 'never'
export type HpackField = { readonly name: string; readonly value: string; readonly kind: FieldKind }

const staticText = `:authority;:method=GET;:method=POST;:path=/;:path=/index.html;:scheme=http;:scheme=https;:status=200;:status=204;
:status=206;:status=304;:status=400;:status=404;:status=500;accept-charset;accept-encoding=gzip, deflate;accept-language;accept-ranges;
accept;access-control-allow-origin;age;allow;authorization;cache-control;content-disposition;content-encoding;content-language;
content-length;content-location;content-range;content-type;cookie;date;etag;expect;expires;from;host;if-match;if-modified-since;
if-none-match;if-range;if-unmodified-since;last-modified;link;location;max-forwards;proxy-authenticate;proxy-authorization;range;
referer;refresh;retry-after;server;set-cookie;strict-transport-security;transfer-encoding;user-agent;vary;via;www-authenticate`
export const staticTable: readonly (readonly [string, string])[] = staticText
  .replaceAll('\n', '')
  .split(';')
  .map((entry) => [entry.split('=')[0] ?? '', entry.split('=')[1] ?? ''] as const)

/** Appendix B is a canonical code: the symbols of each length, by which alone every code follows. 256 is EOS. */
const symbolsByLength: Readonly<Record<number, string>> = {
  5: '48-50 97 99 101 105 111 115-116',
  6: '32 37 45-47 51-57 61 65 95 98 100 102-104 108-110 112 114 117',
  7: '58 66-87 89 106-107 113 118-122',
  8: '38 42 44 59 88 90',
  10: '33-34 40-41 63',
  11: '39 43 124',
  12: '35 62',
  13: '0 36 64 91 93 126',
  14: '94 125',
  15: '60 96 123',
  19: '92 195 208',
  20: '128 130-131 162 184 194 224 226',
  21: '153 161 167 172 176-177 179 209 216-217 227 229-230',
  22: '129 132-134 136 146 154 156 160 163-164 169-170 173 178 181 185-187 189-190 196 198 228 232-233',
  23: '1 135 137-141 143 147 149-152 155 157-158 165-166 168 174-175 180 182-183 188 191 197 231 239',
  24: '9 142 144-145 148 159 171 206 215 225 236-237',
  25: '199 207 234-235',
  26: '192-193 200-202 205 210 213 218-219 238 240 242-243 255',
  27: '203-204 211-212 214 221-223 241 244-248 250-254',
  28: '2-8 11-12 14-21 23-31 127 220 249',
  30: '10 13 22 256',
}
const symbolOf = new Map<string, number>()
const codeOf = new Map<number, string>()
let code = 0
let length = 5
for (const [bits, symbols] of Object.entries(symbolsByLength))
  for (const range of symbols.split(' ')) {
    const [from = 0, to = from] = range.split('-').map(Number)
    for (let symbol = from; symbol <= to; symbol++, code++) {
      for (; length < Number(bits); length++) code *= 2
      const text = code.toString(2).padStart(length, '0')
      symbolOf.set(text, symbol)
      codeOf.set(symbol, text)
    }
  }

const octets = (bits: string): Buffer =>
  Buffer.from(Array.from({ length: bits.length / 8 }, (_, i) => Number.parseInt(bits.slice(i * 8, i * 8 + 8), 2)))

/** Huffman octets of latin1 text. `pad`: the bits that fill the last octet, where not the right ones. */
export function huffman(text: string, pad?: string): Buffer {
  let bits = ''
  for (const octet of Buffer.from(text, 'latin1')) bits += codeOf.get(octet)
  return octets(bits + (pad ?? '1'.repeat((8 - (bits.length % 8)) % 8)))
}

function fromHuffman(bytes: Buffer): string {
  const out: number[] = []
  let bits = ''
  for (const octet of bytes)
    for (let i = 7; i >= 0; i--) {
      bits += (octet >> i) & 1
      const symbol = symbolOf.get(bits)
      if (symbol === undefined) continue
      if (symbol === 256) throw new Error('EOS within a string')
      out.push(symbol)
      bits = ''
    }
  if (bits.length > 7 || bits.includes('0')) throw new Error(`padding ${bits}`)
  return Buffer.from(out).toString('latin1')
}

/** An integer with a prefix of `bits`, the rest of its first octet being `first` (§5.1). */
export function integer(value: number, bits: number, first = 0): Buffer {
  const most = 2 ** bits - 1
  if (value < most) return Buffer.from([first | value])
  const out = [first | most]
  let left = value - most
  for (; left >= 128; left = Math.floor(left / 128)) out.push((left % 128) + 128)
  return Buffer.from([...out, left])
}
const plainString = (text: string): Buffer => Buffer.concat([integer(text.length, 7), Buffer.from(text, 'latin1')])
const huffmanString = (text: string): Buffer => {
  const bytes = huffman(text)
  return Buffer.concat([integer(bytes.length, 7, 0x80), bytes])
}

/** A literal with its name spelled out. */
export function literal(kind: Exclude<FieldKind, 'indexed'>, name: string, value: string, compressed = false): Buffer {
  const text = compressed ? huffmanString : plainString
  return Buffer.concat([Buffer.from([{ added: 0x40, plain: 0, never: 0x10 }[kind]]), text(name), text(value)])
}
/** A literal whose name is that of entry `index`. */
export const literalOf = (kind: Exclude<FieldKind, 'indexed'>, index: number, value: string): Buffer =>
  Buffer.concat([
    kind === 'added' ? integer(index, 6, 0x40) : integer(index, 4, kind === 'never' ? 0x10 : 0),
    plainString(value),
  ])
export const indexed = (index: number): Buffer => integer(index, 7, 0x80)
export const sizeUpdate = (size: number): Buffer => integer(size, 5, 0x20)

export type HpackDecoder = {
  /** The largest table the encoder may use, as our SETTINGS said. */
  allow(size: number): void
  decode(block: Buffer): HpackField[]
}

export function hpackDecoder(): HpackDecoder {
  const table: (readonly [string, string])[] = []
  let [allowed, limit, size] = [4096, 4096, 0]
  const weight = ([name, value]: readonly [string, string]): number => name.length + value.length + 32
  function evict(): void {
    for (let last = table.at(-1); size > limit && last; last = table.at(-1)) {
      size -= weight(last)
      table.pop()
    }
  }
  return {
    allow(most) {
      allowed = most
    },
    decode(block) {
      let at = 0
      const octet = (): number => {
        const found = block[at++]
        if (found === undefined) throw new Error('a block that ends in the middle')
        return found
      }
      const number = (bits: number): number => {
        const most = 2 ** bits - 1
        let value = (block[at] ?? 0) & most
        octet()
        if (value < most) return value
        for (let shift = 1; ; shift *= 128) {
          const next = octet()
          value += (next & 127) * shift
          if (next < 128) return value
        }
      }
      const text = (): string => {
        const isHuffman = ((block[at] ?? 0) & 0x80) !== 0
        const count = number(7)
        if (at + count > block.length) throw new Error('a string longer than its block')
        at += count
        const bytes = block.subarray(at - count, at)
        return isHuffman ? fromHuffman(bytes) : bytes.toString('latin1')
      }
      const entry = (index: number): readonly [string, string] => {
        const found = index <= 61 ? staticTable[index - 1] : table[index - 62]
        if (!found) throw new Error(`index ${index}`)
        return found
      }
      const fields: HpackField[] = []
      while (at < block.length) {
        const first = block[at] ?? 0
        if (first >= 0x80) {
          const [name, value] = entry(number(7))
          fields.push({ name, value, kind: 'indexed' })
        } else if (first >= 0x40 || first < 0x20) {
          const index = number(first >= 0x40 ? 6 : 4)
          const name = index === 0 ? text() : entry(index)[0]
          const pair = [name, text()] as const
          const kind = first >= 0x40 ? 'added' : first >= 0x10 ? 'never' : 'plain'
          fields.push({ name: pair[0], value: pair[1], kind })
          if (kind !== 'added') continue
          size += weight(pair)
          table.unshift(pair)
          evict()
        } else {
          limit = number(5)
          if (fields.length > 0) throw new Error('a size update after a field')
          if (limit > allowed) throw new Error(`a table of ${limit}, ${allowed} allowed`)
          evict()
        }
      }
      // RFC 7541 §4.2: a smaller table must have been acknowledged by an update at the start of the first block after it.
      if (limit > allowed) throw new Error(`a table of ${limit} kept, ${allowed} allowed`)
      return fields
    },
  }
}
