// The dynamic table of HPACK (RFC 7541 §2.3.2, §4): a ring of the fields added last, as many as its size allows.

/** What an entry takes beside its octets (RFC 7541 §4.1). */
export const entryOverhead = 32
/** The size both sides begin with (RFC 9113 §6.5.2), and the most we keep on either. */
export const usualTableOctets = 4096

export const entrySize = (name: string, value: string): number => name.length + value.length + entryOverhead

/** Owns the entries; `evicted` hears of each that leaves. */
export class HpackTable {
  /** Entries added so far: the newest has this number less one. */
  added = 0
  count = 0
  readonly #names: string[]
  readonly #values: string[]
  readonly #mask: number
  readonly #evicted: ((name: string, value: string, number: number) => void) | undefined
  #size = 0
  #limit = usualTableOctets

  constructor(evicted?: (name: string, value: string, number: number) => void) {
    const places = usualTableOctets / entryOverhead
    this.#names = new Array<string>(places).fill('')
    this.#values = new Array<string>(places).fill('')
    this.#mask = places - 1
    this.#evicted = evicted
  }

  get limit(): number {
    return this.#limit
  }

  /** At most `usualTableOctets`. */
  resize(limit: number): void {
    this.#limit = limit
    this.#makeRoom(0)
  }

  /** An entry larger than the whole table empties it (RFC 7541 §4.4); false then. */
  add(name: string, value: string): boolean {
    const size = entrySize(name, value)
    this.#makeRoom(size)
    if (size > this.#limit) return false
    const at = this.added++ & this.#mask
    this.#names[at] = name
    this.#values[at] = value
    this.count++
    this.#size += size
    return true
  }

  /** `back` 0 is the newest; only as far as `count` goes. */
  name(back: number): string {
    return this.#names[(this.added - 1 - back) & this.#mask] ?? ''
  }

  value(back: number): string {
    return this.#values[(this.added - 1 - back) & this.#mask] ?? ''
  }

  #makeRoom(octets: number): void {
    while (this.count > 0 && this.#size + octets > this.#limit) {
      const number = this.added - this.count
      const at = number & this.#mask
      const name = this.#names[at] ?? ''
      const value = this.#values[at] ?? ''
      this.#size -= entrySize(name, value)
      this.count--
      this.#names[at] = ''
      this.#values[at] = ''
      this.#evicted?.(name, value, number)
    }
  }
}
