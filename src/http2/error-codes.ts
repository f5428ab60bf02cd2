// What goes wrong in HTTP/2, by the codes both sides know (RFC 9113 §7).

export const errorCodes = {
  NO_ERROR: 0,
  PROTOCOL_ERROR: 1,
  INTERNAL_ERROR: 2,
  FLOW_CONTROL_ERROR: 3,
  SETTINGS_TIMEOUT: 4,
  STREAM_CLOSED: 5,
  FRAME_SIZE_ERROR: 6,
  REFUSED_STREAM: 7,
  CANCEL: 8,
  COMPRESSION_ERROR: 9,
  CONNECT_ERROR: 10,
  ENHANCE_YOUR_CALM: 11,
  INADEQUATE_SECURITY: 12,
  HTTP_1_1_REQUIRED: 13,
} as const

/** What a peer did wrong: the code it is told, and one clause that says it. */
export type Fault = { readonly code: number; readonly why: string }

const names = Object.keys(errorCodes)
export const codeName = (code: number): string => names[code] ?? String(code)

export const protocolError = (why: string): Fault => ({ code: errorCodes.PROTOCOL_ERROR, why })
export const frameSizeError = (why: string): Fault => ({ code: errorCodes.FRAME_SIZE_ERROR, why })
export const flowControlError = (why: string): Fault => ({ code: errorCodes.FLOW_CONTROL_ERROR, why })
export const streamClosed = (why: string): Fault => ({ code: errorCodes.STREAM_CLOSED, why })
export const tooMuch = (why: string): Fault => ({ code: errorCodes.ENHANCE_YOUR_CALM, why })
