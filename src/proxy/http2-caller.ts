// Makes one HTTP/2 request over a connection of its own and reads the answer to its end: the near side of a replay.
import type { Duplex } from 'node:stream'
import type { IncomingHead } from '../http2/handler.ts'
import type { Http2Stream } from '../http2/stream.ts'
import { type CarriedEvents, Http2Carrier } from './http2-carrier.ts'

type Heard = (status: number, fields: readonly string[]) => void

class Http2Caller implements CarriedEvents<true> {
  readonly #carrier: Http2Carrier<true>
  readonly #heard: Heard

  constructor(socket: Duplex, heard: Heard) {
    this.#heard = heard
    this.#carrier = new Http2Carrier<true>(socket, false, { enablePush: 0 }, this)
  }

  send(fields: readonly string[], body: Uint8Array): void {
    const { connection } = this.#carrier
    const stream = connection.request({ fields, ended: body.length === 0 }, true)
    if (body.length > 0) connection.send(stream, body, true)
  }

  onHead(_stream: Http2Stream<true>, { status, fields }: IncomingHead): void {
    if (status >= 200) this.#heard(status, fields)
  }

  onData(stream: Http2Stream<true>, octets: Uint8Array): void {
    this.#carrier.connection.use(stream, octets.length)
  }

  onIdle(): void {
    setImmediate(() => this.#carrier.finish())
  }

  onFault(): void {
    setImmediate(() => this.#carrier.finish())
  }

  onTrailers(): void {}
  onMalformed(): void {}
  onSent(): void {}
  onOursEnded(): void {}
  onClosed(): void {}
  onSettings(): void {}
  onGoaway(): void {}
  onGone(): void {}
}

/** `heard` is told the final head. */
export function callHttp2(socket: Duplex, fields: readonly string[], body: Uint8Array, heard: Heard): void {
  new Http2Caller(socket, heard).send(fields, body)
}
