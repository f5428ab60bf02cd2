// An exchange as the `details` table holds it: field lines as flat lists apart, everything else as one JSON text.
import { type Exchange, type Outcome, responseOf } from '../exchange/exchange.ts'
import type { FieldLine, Message } from '../exchange/message.ts'

/** `request` and `response` are `[[name, value, …], [name, value, …]]`: header lines, then trailer lines. */
export type PackedExchange = { readonly exchange: string; readonly request: string; readonly response: string | null }

type Lines = { readonly headers: readonly FieldLine[]; readonly trailers: readonly FieldLine[] }

const none: Lines = { headers: [], trailers: [] }

function flat(lines: readonly FieldLine[]): string[] {
  const all: string[] = []
  for (const { name, value } of lines) all.push(name, value)
  return all
}

const packLines = ({ headers, trailers }: Message): string => JSON.stringify([flat(headers), flat(trailers)])

function unpackLines(text: string): Lines {
  const [headers, trailers] = JSON.parse(text).map((flat: readonly string[]) => {
    const lines: FieldLine[] = []
    for (let i = 0; i + 1 < flat.length; i += 2) lines.push({ name: flat[i] ?? '', value: flat[i + 1] ?? '' })
    return lines
  })
  return { headers, trailers }
}

function withLines(outcome: Outcome, lines: Lines): Outcome {
  if (outcome.state === 'waiting' || outcome.response === undefined) return outcome
  return { ...outcome, response: { ...outcome.response, ...lines } }
}

export function packExchange(exchange: Exchange): PackedExchange {
  const response = responseOf(exchange)
  const bare = { ...exchange, request: { ...exchange.request, ...none }, outcome: withLines(exchange.outcome, none) }
  return {
    exchange: JSON.stringify(bare),
    request: packLines(exchange.request),
    response: response ? packLines(response) : null,
  }
}

export function unpackExchange(packed: PackedExchange): Exchange {
  const bare: Exchange = JSON.parse(packed.exchange)
  return {
    ...bare,
    request: { ...bare.request, ...unpackLines(packed.request) },
    outcome: packed.response === null ? bare.outcome : withLines(bare.outcome, unpackLines(packed.response)),
  }
}
