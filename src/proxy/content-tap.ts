// Watches the content of one message pass: counts every octet, keeps the first ones, hands on what is slow or large.
import { createHash, type Hash } from 'node:crypto'
import type { ContentEnd } from '../exchange/event.ts'

/** Kept octets that are handed on before the message has ended. */
const portionOctets = 256 * 1024
/** A slow message must be seen while it runs. */
const portionMs = 100
/** Each event of a stream is waited for by somebody. */
const promptMs = 20
/** Hashing costs as much as relaying; beyond this size nobody compares bodies. */
const hashedOctets = 256 * 1024 * 1024

/** Owns what is kept of one message and not yet handed on. */
export class ContentTap {
  size = 0
  /** Set for a stream of events, before its content comes. */
  prompt = false
  readonly #max: number
  readonly #handOn: (data: Uint8Array) => void
  #kept: Buffer[] = []
  #keptSize = 0
  #waiting = 0
  #hash: Hash | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(max: number, handOn: (data: Uint8Array) => void) {
    this.#max = max
    this.#handOn = handOn
  }

  add(content: Buffer): void {
    const before = this.size
    this.size = before + content.length
    if (this.#hash) this.#continueHash(content)
    const room = this.#max - this.#keptSize
    if (room <= 0) {
      if (before === 0 && this.#max > 0) this.#startHash(content)
      return
    }
    const part = content.length <= room ? content : content.subarray(0, room)
    // The hash of all octets is only needed where not all are kept, which shows at the latest here.
    if (!this.#hash && (part.length < content.length || this.#waiting + part.length >= portionOctets))
      this.#startHash(content, before)
    this.#kept.push(part)
    this.#keptSize += part.length
    this.#waiting += part.length
    if (this.#waiting >= portionOctets) this.#portion()
    else this.#timer ??= setTimeout(() => this.#portion(), this.prompt ? promptMs : portionMs)
  }

  end(): ContentEnd {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.size === 0) return { bodySize: 0 }
    const [only] = this.#kept
    const tail = this.#kept.length > 1 ? Buffer.concat(this.#kept) : only
    this.#kept = []
    const truncated = this.size > this.#keptSize
    const wholeDigest = truncated && this.#hash ? this.#hash.digest('hex') : undefined
    return {
      bodySize: this.size,
      ...(tail ? { tail } : {}),
      ...(truncated ? { truncated } : {}),
      ...(wholeDigest ? { wholeDigest } : {}),
    }
  }

  /** While everything seen before is still waiting here the hash can begin late; a slow message gets none. */
  #startHash(content: Buffer, before = 0): void {
    if (before !== this.#waiting) return
    this.#hash = createHash('sha256')
    for (const part of this.#kept) this.#hash.update(part)
    this.#hash.update(content)
  }

  #continueHash(content: Buffer): void {
    if (this.size <= hashedOctets) this.#hash?.update(content)
    else this.#hash = undefined
  }

  #portion(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#waiting === 0) return
    const [only] = this.#kept
    const data = this.#kept.length === 1 && only ? only : Buffer.concat(this.#kept)
    this.#kept = []
    this.#waiting = 0
    this.#handOn(data)
  }
}
