// What follows a 101: a WebSocket relayed and read on the side, or another protocol relayed unread.

import { fieldLines } from '../exchange/apply.ts'
import type { Failure } from '../exchange/failure.ts'
import { fieldValue } from '../exchange/message.ts'
import { reset } from './closing.ts'
import { fromError } from './failures.ts'
import type { Link } from './link.ts'
import type { Recorder } from './recorder.ts'
import { type ResponseHead, writeResponseHead } from './response-head.ts'
import { type SpliceSide, splice } from './splice.ts'
import { deflateParameters, messageReader } from './websocket.ts'
import type { Wiring } from './wiring.ts'

export type Upgrade = {
  readonly recorder: Recorder
  readonly head: ResponseHead
  readonly link: Link
  readonly fromClient: Buffer | undefined
  readonly fromOrigin: Buffer
}

/** Passes the 101 on and relays everything after it until nothing flows any more. */
export function relayUpgraded(wiring: Wiring, client: SpliceSide, upgrade: Upgrade): void {
  const { recorder, head, link } = upgrade
  const fields = fieldLines(head.raw)
  const isWebSocket = /^websocket$/i.test(fieldValue(fields, 'upgrade') ?? '')
  recorder.responded(head, isWebSocket ? { kind: 'websocket' } : { kind: 'tunnel', unread: 'upgrade' })
  client.socket.write(writeResponseHead(head))
  const extensions = fieldValue(fields, 'sec-websocket-extensions')
  const watch = isWebSocket ? watchMessages(recorder, extensions) : countOctets(recorder)
  const entry = {
    interrupt: (failed: Failure): void => {
      recorder.failed(failed)
      reset(client.socket, client.raw)
      reset(link.socket, link.raw)
    },
  }
  wiring.running.add(entry)
  wiring.facts.tunnels++
  const onOver = (error: Error | undefined, by: 'client' | 'origin'): void => {
    wiring.running.delete(entry)
    wiring.facts.tunnels--
    const { host, port } = link.server
    watch.whenReported(() => {
      if (error && by === 'origin') recorder.failed(fromError('response', error, host, port))
      else recorder.ended()
    })
  }
  splice(client, link, { ...watch, onOver }, upgrade)
}

type Watch = {
  onClientData(chunk: Buffer): void
  onOriginData(chunk: Buffer): void
  /** `then` comes when nothing of what was seen is still to be recorded. */
  whenReported(then: () => void): void
}

function watchMessages(recorder: Recorder, extensions: string | undefined): Watch {
  const deflation = deflateParameters(extensions)
  const report = (message: Parameters<Parameters<typeof messageReader>[2]>[0]): void =>
    recorder.message({ ...message, at: recorder.at() })
  const fromClient = messageReader('client', deflation, report)
  const fromServer = messageReader('server', deflation, report)
  return {
    onClientData: (chunk) => fromClient.read(chunk),
    onOriginData: (chunk) => fromServer.read(chunk),
    whenReported: fromServer.whenReported,
  }
}

/** Nothing is kept of a protocol we do not read, but its size is known. */
function countOctets(recorder: Recorder): Watch {
  return {
    onClientData(chunk) {
      recorder.request.size += chunk.length
    },
    onOriginData(chunk) {
      recorder.response.size += chunk.length
    },
    whenReported: (then) => then(),
  }
}
