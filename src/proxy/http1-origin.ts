// An HTTP/1 connection to an origin: lent to one exchange at a time, watched while it is idle.
import { resetTcp } from './closing.ts'
import type { Link } from './link.ts'

/** The exchange that has the connection. */
export type Borrower = {
  onOriginData(chunk: Buffer): void
  onOriginEnd(): void
  onOriginClose(error: Error | undefined): void
  onOriginDrain(): void
}

/** Owns one link for as long as HTTP/1 is spoken on it. */
export class Http1Origin {
  readonly link: Link
  /** Exchanges carried so far. */
  used = 0
  /** No further exchange can be carried. */
  spent = false
  #borrower: Borrower | undefined
  #error: Error | undefined
  readonly #onIdleEnd: (origin: Http1Origin) => void
  readonly #onData = (chunk: Buffer): void => {
    if (this.#borrower) this.#borrower.onOriginData(chunk)
    else this.#endIdle()
  }
  readonly #onEnd = (): void => {
    this.spent = true
    // TLS tells an alert first and the end after it: the alert is the reason.
    if (this.#borrower && this.#error) this.#borrower.onOriginClose(this.#error)
    else if (this.#borrower) this.#borrower.onOriginEnd()
    else this.#endIdle()
  }
  readonly #onError = (error: Error): void => {
    this.#error ??= error
  }
  readonly #onClose = (): void => {
    this.spent = true
    if (this.#borrower) this.#borrower.onOriginClose(this.#error)
    else this.#endIdle()
  }
  readonly #onDrain = (): void => this.#borrower?.onOriginDrain()

  constructor(link: Link, onIdleEnd: (origin: Http1Origin) => void) {
    this.link = link
    this.#onIdleEnd = onIdleEnd
    const { socket } = link
    // A TLS 1.3 origin refuses a client without a certificate only after the handshake: the alert may be here already.
    this.#error = socket.errored ?? undefined
    // Gone while nobody watched: there is no event left to tell it.
    this.spent = socket.destroyed
    socket.on('data', this.#onData)
    socket.on('end', this.#onEnd)
    socket.on('error', this.#onError)
    socket.on('close', this.#onClose)
    socket.on('drain', this.#onDrain)
  }

  lend(borrower: Borrower): void {
    this.used++
    this.#borrower = borrower
    this.link.socket.resume()
  }

  /** The exchange is over; the connection waits for the next. */
  release(): void {
    this.#borrower = undefined
    this.link.socket.resume()
  }

  /** Ends the connection without another word to the borrower. */
  end(): void {
    this.#letGo()
    const { socket } = this.link
    // Ending what is gone makes an error that nobody hears, and errors are dear.
    if (socket.destroyed) return
    socket.end()
    socket.destroy()
  }

  /** The client broke off or was broken: the origin sees a reset, not an end. */
  reset(): void {
    this.#letGo()
    resetTcp(this.link.raw)
    this.link.socket.destroy()
  }

  /** Gives the bare connection to someone who reads it from now on. */
  surrender(): Link {
    const { socket } = this.link
    this.#letGo()
    socket.off('data', this.#onData)
    socket.off('end', this.#onEnd)
    socket.off('close', this.#onClose)
    socket.off('drain', this.#onDrain)
    socket.pause()
    return this.link
  }

  #letGo(): void {
    this.spent = true
    this.#borrower = undefined
  }

  /** The origin ended the idle connection, or spoke without being asked: it is of no use any more. */
  #endIdle(): void {
    this.spent = true
    this.link.socket.destroy()
    this.#onIdleEnd(this)
  }
}
