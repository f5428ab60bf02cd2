// Reads the chunked transfer coding (RFC 9112 §7.1) in passing: sizes, extensions, trailers, and where it ends.

/** Octets of chunk extensions and trailers one message may have; more is an attack, not a message. */
const maxLineOctets = 16 * 1024
const maxTrailerOctets = 256 * 1024

const strictSize = /^([0-9a-f]{1,13})[ \t]*(;[^\0-\x08\x0a-\x1f\x7f]*)?$/i
const looseSize = /^[ \t]*([0-9a-f]{1,16})(.*)$/is
const fieldLine = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+:[^\0-\x08\x0a-\x1f\x7f]*$/

type State = 'size' | 'data' | 'data-end' | 'trailers' | 'done' | 'fault'

/** Owns the position in one chunked body. */
export class ChunkedReader {
  readonly trailers: string[] = []
  fault: string | undefined
  loose = false
  #state: State = 'size'
  #left = 0
  #line = ''
  #extensionOctets = 0
  #trailerOctets = 0
  readonly #sink: (content: Buffer) => void
  readonly #strict: boolean

  constructor(sink: (content: Buffer) => void, strict: boolean) {
    this.#sink = sink
    this.#strict = strict
  }

  get done(): boolean {
    return this.#state === 'done'
  }

  read(chunk: Buffer, from: number): number {
    let at = from
    while (at < chunk.length && this.#state !== 'done' && this.#state !== 'fault') {
      if (this.#state === 'data') {
        const end = Math.min(chunk.length, at + this.#left)
        this.#sink(chunk.subarray(at, end))
        this.#left -= end - at
        at = end
        if (this.#left === 0) this.#state = 'data-end'
        continue
      }
      const lf = chunk.indexOf(10, at)
      const end = lf === -1 ? chunk.length : lf + 1
      this.#line += chunk.toString('latin1', at, end)
      at = end
      if (this.#line.length > maxLineOctets) this.#fail('A chunk line is too long')
      else if (lf !== -1) this.#takeLine()
      else if (this.#strict && this.#state === 'data-end' && !'\r\n'.startsWith(this.#line))
        this.#fail('A chunk does not end where its size says')
    }
    return at
  }

  #fail(reason: string): void {
    this.fault = `${reason}.`
    this.#state = 'fault'
  }

  #takeLine(): void {
    const crlf = this.#line.endsWith('\r\n')
    const line = this.#line.slice(0, crlf ? -2 : -1)
    this.#line = ''
    if (!crlf) {
      if (this.#strict) {
        this.#fail('A line of the chunked body ends with a bare LF')
        return
      }
      this.loose = true
    }
    if (this.#state === 'size') {
      this.#takeSize(line)
      return
    }
    if (this.#state === 'data-end') {
      if (line !== '') {
        this.#fail('A chunk does not end where its size says')
        return
      }
      this.#state = 'size'
      return
    }
    this.#takeTrailer(line)
  }

  #takeSize(line: string): void {
    let match = strictSize.exec(line)
    if (!match && !this.#strict) {
      match = looseSize.exec(line)
      this.loose = true
    }
    const [, digits, extension = ''] = match ?? []
    if (digits === undefined) {
      this.#fail('A chunk size cannot be read')
      return
    }
    this.#extensionOctets += extension.length
    // An endless series of extensions is CVE-2024-22019.
    if (this.#extensionOctets > maxLineOctets) {
      this.#fail('The chunk extensions are too long')
      return
    }
    this.#left = Number.parseInt(digits, 16)
    if (this.#left > Number.MAX_SAFE_INTEGER) {
      this.#fail('A chunk size cannot be read')
      return
    }
    this.#state = this.#left === 0 ? 'trailers' : 'data'
  }

  #takeTrailer(line: string): void {
    if (line === '') {
      this.#state = 'done'
      return
    }
    this.#trailerOctets += line.length
    if (this.#trailerOctets > maxTrailerOctets) {
      this.#fail('The trailer section is too long')
      return
    }
    if (!fieldLine.test(line)) {
      if (this.#strict) {
        this.#fail('A trailer field line cannot be read')
        return
      }
      this.loose = true
    }
    const colon = line.indexOf(':')
    this.trailers.push(colon === -1 ? line : line.slice(0, colon), colon === -1 ? '' : line.slice(colon + 1).trim())
  }
}
