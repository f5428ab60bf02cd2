// What a WebSocket's close frame says (RFC 6455 §7.4.1 and the IANA registry): its code in words, and its reason.
import { fromBase64, readableText } from './octets.ts'

/** What the registered codes mean. */
const meanings: Readonly<Record<number, string>> = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'no status received',
  1006: 'abnormal closure',
  1007: 'invalid payload data',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'extension missing',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
  1015: 'TLS handshake',
}

/** `data` is the reason in base64. */
export type CloseFrame = { readonly code?: number; readonly data: string }

export const closeMeaning = (code: number): string => meanings[code] ?? (code >= 3000 ? 'a code of its own' : 'unknown')

export function closeReason({ data }: CloseFrame): string {
  const octets = fromBase64(data)
  return octets ? readableText(octets) : ''
}

/** `close 1008 (policy violation): token expired`. */
export function closeText(frame: CloseFrame): string {
  const { code } = frame
  const reason = closeReason(frame)
  // RFC 6455 §7.4.1: 1005 stands for a frame without a code.
  const said = code === undefined || code === 1005 ? 'close' : `close ${code} (${closeMeaning(code)})`
  return reason === '' ? said : `${said}: ${reason}`
}
