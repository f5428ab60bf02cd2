// gRPC: status and percent-encoded message in trailers (or in the fields of an answer without content).

import { fieldValue } from '../../exchange/message.ts'
import { type ErrorFormat, given } from '../error-format.ts'

function decode(message: string): string {
  try {
    return decodeURIComponent(message)
  } catch {
    return message
  }
}

export const grpc: ErrorFormat = {
  name: 'gRPC',
  read({ response, mediaType }) {
    const inTrailers = fieldValue(response.trailers, 'grpc-status') !== undefined
    const lines = inTrailers ? response.trailers : response.headers
    const code = fieldValue(lines, 'grpc-status')
    if (code === undefined || code === '0' || (!mediaType.startsWith('application/grpc') && !inTrailers))
      return undefined
    const message = fieldValue(lines, 'grpc-message')
    return {
      ...given({ code, message: message === undefined ? undefined : decode(message) }),
      field: { at: inTrailers ? 'response.trailer' : 'response.header', name: 'grpc-message' },
    }
  },
}
