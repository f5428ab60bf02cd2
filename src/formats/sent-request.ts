// The request of an item as it would be sent: a body whose coding was undone no longer says that it is coded.
import type { Exchange } from '../exchange/exchange.ts'
import type { ExportItem } from './format.ts'

export type SentRequest = { readonly exchange: Exchange; readonly body: Uint8Array }

export function sentRequest({ exchange, request: octets }: ExportItem): SentRequest {
  const { request } = exchange
  const coded = request.content.codings.length > 0
  const headers = coded
    ? request.headers
    : request.headers.filter(({ name }) => name.toLowerCase() !== 'content-encoding')
  return { exchange: { ...exchange, request: { ...request, headers } }, body: octets ?? new Uint8Array(0) }
}
