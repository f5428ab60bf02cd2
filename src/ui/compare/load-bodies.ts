// The decoded content of both messages of an exchange, as far as it is kept and not too large to compare.
import { type Exchange, responseOf } from '../../exchange/exchange.ts'
import type { Message } from '../../exchange/message.ts'
import type { Bodies } from '../../replay/compare.ts'
import { loadContent } from '../detail/load-content.ts'
import { largestCompared } from './largest-compared.ts'

async function octets(
  id: string,
  side: 'request' | 'response',
  message: Message | undefined,
): Promise<Uint8Array | undefined> {
  if (!message || message.content.kept === 'none' || message.content.keptSize > largestCompared) return undefined
  try {
    return (await loadContent(id, side, message.content)).bytes
  } catch {
    return undefined
  }
}

export async function bodiesOf(exchange: Exchange): Promise<Bodies> {
  const [request, response] = await Promise.all([
    octets(exchange.id, 'request', exchange.request),
    octets(exchange.id, 'response', responseOf(exchange)),
  ])
  return { request, response }
}
