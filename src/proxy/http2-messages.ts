// What an extended CONNECT carries (RFC 8441): messages once the origin has agreed to a WebSocket, else content of the request.
import type { RawSocketMessage } from '../exchange/event.ts'
import type { Recorder } from './recorder.ts'
import { deflateParameters, type MessageReader, messageReader } from './websocket.ts'

/** Owns what the client said before it was answered. */
export class Http2Messages {
  readonly #recorder: Recorder
  #early: Buffer[] | undefined = []
  #client: MessageReader | undefined
  #server: MessageReader | undefined

  constructor(recorder: Recorder) {
    this.#recorder = recorder
  }

  /** The answer is here: with which extensions, or that it is none. */
  answered(agreed: boolean, extensions: string | undefined): void {
    if (agreed) {
      const deflation = deflateParameters(extensions)
      const report = (message: Omit<RawSocketMessage, 'at'>): void =>
        this.#recorder.message({ ...message, at: this.#recorder.at() })
      this.#client = messageReader('client', deflation, report)
      this.#server = messageReader('server', deflation, report)
    }
    const early = this.#early ?? []
    this.#early = undefined
    for (const octets of early) this.fromClient(octets)
  }

  /** At most a window of it comes before the answer. */
  fromClient(octets: Buffer): void {
    if (this.#early) this.#early.push(octets)
    else if (this.#client) this.#client.read(octets)
    else this.#recorder.request.add(octets)
  }

  fromServer(octets: Buffer): void {
    if (this.#server) this.#server.read(octets)
    else this.#recorder.response.add(octets)
  }

  /** `then` comes when everything that was said is in the record. */
  whenReported(then: () => void): void {
    if (this.#early) this.answered(false, undefined)
    if (this.#server) this.#server.whenReported(then)
    else then()
  }
}
