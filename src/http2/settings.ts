// SETTINGS (RFC 9113 §6.5): what each side says it will take, read with its bounds and written in one order.
import { type Fault, flowControlError, frameSizeError, protocolError } from './error-codes.ts'
import { largestWindow, readNumber32, usualFrameOctets, usualWindow } from './frame.ts'

export type Settings = {
  readonly headerTableSize?: number
  readonly enablePush?: 0 | 1
  readonly maxConcurrentStreams?: number
  readonly initialWindowSize?: number
  readonly maxFrameSize?: number
  readonly maxHeaderListSize?: number
  /** RFC 8441 §3. */
  readonly enableConnectProtocol?: 0 | 1
}

type Name = keyof Settings
const numbers: Readonly<Record<Name, number>> = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
  enableConnectProtocol: 8,
}
const namesByNumber = new Map(Object.entries(numbers).map(([name, number]) => [number, name as Name]))

/** What holds until the peer has said otherwise. */
export const usualSettings = {
  headerTableSize: 4096,
  initialWindowSize: usualWindow,
  maxFrameSize: usualFrameOctets,
} as const satisfies Settings

/** Numbers and values in turn, as they are written. */
export function settingsList(settings: Settings): number[] {
  const out: number[] = []
  for (const [name, number] of Object.entries(numbers)) {
    const value = settings[name as Name]
    if (value !== undefined) out.push(number, value)
  }
  return out
}

function settingFault(name: Name, value: number): Fault | undefined {
  const isSwitch = name === 'enablePush' || name === 'enableConnectProtocol'
  if (isSwitch && value > 1) return protocolError(`${name} is set to ${value}`)
  if (name === 'initialWindowSize' && value > largestWindow)
    return flowControlError(`a window of ${value} octets is set`)
  if (name === 'maxFrameSize' && (value < usualFrameOctets || value > 0xffffff))
    return protocolError(`frames of ${value} octets are set`)
  return undefined
}

/** In the order in which they stand; unknown ones are ignored. */
export function readSettings(octets: Uint8Array, from: number, to: number): Settings | Fault {
  if ((to - from) % 6 !== 0) return frameSizeError('SETTINGS end in the middle')
  const out: Partial<Record<Name, number>> = {}
  for (let at = from; at < to; at += 6) {
    const name = namesByNumber.get(((octets[at] ?? 0) << 8) | (octets[at + 1] ?? 0))
    if (!name) continue
    const value = readNumber32(octets, at + 2)
    const fault = settingFault(name, value)
    if (fault) return fault
    out[name] = value
  }
  return out as Settings
}
