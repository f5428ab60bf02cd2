// An exchange as the `details` table holds it: header lines as flat lists apart, everything else as one JSON text.
import { type Exchange, type Outcome, responseOf } from '../exchange/exchange.ts'
import type { FieldLine } from '../exchange/message.ts'

export type PackedExchange = { readonly exchange: string; readonly request: string; readonly response: string | null }

export function packLines(lines: readonly FieldLine[]): string {
  return JSON.stringify(lines.flatMap((line) => [line.name, line.value]))
}

export function unpackLines(text: string): FieldLine[] {
  const flat: readonly string[] = JSON.parse(text)
  const lines: FieldLine[] = []
  for (let i = 0; i + 1 < flat.length; i += 2) lines.push({ name: flat[i] ?? '', value: flat[i + 1] ?? '' })
  return lines
}

function withResponseHeaders(outcome: Outcome, headers: readonly FieldLine[]): Outcome {
  if (outcome.state === 'waiting' || outcome.response === undefined) return outcome
  return { ...outcome, response: { ...outcome.response, headers } }
}

export function packExchange(exchange: Exchange): PackedExchange {
  const response = responseOf(exchange)
  const bare = {
    ...exchange,
    request: { ...exchange.request, headers: [] },
    outcome: withResponseHeaders(exchange.outcome, []),
  }
  return {
    exchange: JSON.stringify(bare),
    request: packLines(exchange.request.headers),
    response: response ? packLines(response.headers) : null,
  }
}

export function unpackExchange(packed: PackedExchange): Exchange {
  const bare: Exchange = JSON.parse(packed.exchange)
  return {
    ...bare,
    request: { ...bare.request, headers: unpackLines(packed.request) },
    outcome: packed.response === null ? bare.outcome : withResponseHeaders(bare.outcome, unpackLines(packed.response)),
  }
}
