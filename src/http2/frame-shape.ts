// Which frames stand on which streams, and how long they are (RFC 9113 §6): what can be told without knowing the connection.
import { type Fault, frameSizeError, protocolError } from './error-codes.ts'
import { frameTypes } from './frame.ts'

/** On stream 0 or on another; octets exactly, or at least. */
type Shape = { readonly onConnection: boolean | undefined; readonly exactly?: number; readonly least?: number }

const { DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION } =
  frameTypes
const shapes: Shape[] = []
shapes[DATA] = { onConnection: false }
shapes[HEADERS] = { onConnection: false }
shapes[PRIORITY] = { onConnection: false, exactly: 5 }
shapes[RST_STREAM] = { onConnection: false, exactly: 4 }
shapes[SETTINGS] = { onConnection: true }
shapes[PUSH_PROMISE] = { onConnection: false, least: 4 }
shapes[PING] = { onConnection: true, exactly: 8 }
shapes[GOAWAY] = { onConnection: true, least: 8 }
shapes[WINDOW_UPDATE] = { onConnection: undefined, exactly: 4 }
shapes[CONTINUATION] = { onConnection: false }

const names = Object.keys(frameTypes)

export function shapeFault(type: number, stream: number, length: number): Fault | undefined {
  const shape = shapes[type]
  // Unknown types are ignored (RFC 9113 §5.5).
  if (!shape) return undefined
  if (shape.onConnection !== undefined && shape.onConnection !== (stream === 0))
    return protocolError(`${names[type]} came on stream ${stream}`)
  if ((shape.exactly ?? length) !== length || length < (shape.least ?? 0))
    return frameSizeError(`${names[type]} came with ${length} octets`)
  return undefined
}
