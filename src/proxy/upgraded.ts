// What follows a 101: a WebSocket relayed and read on the side, or another protocol relayed unread.

import { fieldLines } from '../exchange/apply.ts'
import { fieldValue } from '../exchange/message.ts'
import { fromError } from './failures.ts'
import type { Recorder } from './recorder.ts'
import { type ResponseHead, writeResponseHead } from './response-head.ts'
import { type SpliceSide, splice } from './splice.ts'
import { deflateParameters, messageReader } from './websocket.ts'

export type Upgrade = {
  readonly recorder: Recorder
  readonly head: ResponseHead
  readonly host: string
  readonly port: number
  readonly fromClient: Buffer | undefined
  readonly fromOrigin: Buffer
}

/** Passes the 101 on and relays everything after it; `onOver` once nothing flows any more. */
export function relayUpgraded(client: SpliceSide, origin: SpliceSide, upgrade: Upgrade, onOver: () => void): void {
  const { recorder, head, host, port } = upgrade
  const fields = fieldLines(head.raw)
  const isWebSocket = /^websocket$/i.test(fieldValue(fields, 'upgrade') ?? '')
  recorder.responded(head, isWebSocket ? { kind: 'websocket' } : { kind: 'tunnel', unread: 'upgrade' })
  client.socket.write(writeResponseHead(head))
  const watch = isWebSocket
    ? watchMessages(recorder, fieldValue(fields, 'sec-websocket-extensions'))
    : countOctets(recorder)
  splice(
    client,
    origin,
    {
      ...watch,
      onOver(error, by) {
        if (error && by === 'origin') recorder.failed(fromError('response', error, host, port))
        else recorder.ended()
        onOver()
      },
    },
    upgrade,
  )
}

type Watch = { onClientData(chunk: Buffer): void; onOriginData(chunk: Buffer): void }

function watchMessages(recorder: Recorder, extensions: string | undefined): Watch {
  const parameters = deflateParameters(extensions)
  const report = (message: Parameters<Parameters<typeof messageReader>[2]>[0]): void =>
    recorder.message({ ...message, at: recorder.at() })
  const fromClient = messageReader('client', parameters, report)
  const fromServer = messageReader('server', parameters, report)
  return { onClientData: (chunk) => fromClient.read(chunk), onOriginData: (chunk) => fromServer.read(chunk) }
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
  }
}
