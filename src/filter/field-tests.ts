// Tests of field lines and cookies, which need the exchange itself.
import { type Exchange, responseOf } from '../exchange/exchange.ts'
import { type FieldLine, fieldValues } from '../exchange/message.ts'
import type { PropertyTest, Test } from './filter.ts'
import { matchesGlob } from './glob.ts'

type MatchText = (test: Test, text: string) => boolean

function linesOf(property: string, exchange: Exchange): readonly FieldLine[] {
  const response = responseOf(exchange)
  const request = [...exchange.request.headers, ...exchange.request.trailers]
  const answer = response ? [...response.headers, ...response.trailers] : []
  if (property === 'request-header') return request
  return property === 'response-header' ? answer : [...request, ...answer]
}

function cookieNames(exchange: Exchange): string[] {
  const sent = fieldValues(exchange.request.headers, 'cookie').flatMap((value) => value.split(';'))
  const set = fieldValues(responseOf(exchange)?.headers ?? [], 'set-cookie').map((value) => value.split(';')[0] ?? '')
  return [...sent, ...set].map((pair) => (pair.split('=')[0] ?? '').trim())
}

export function matchesField(
  { property, name, test }: PropertyTest,
  exchange: Exchange,
  matchText: MatchText,
): boolean {
  if (property === 'cookie')
    return cookieNames(exchange).some((cookie) =>
      test.op === 'has' ? matchesGlob(test.text.toLowerCase(), cookie.toLowerCase()) : matchText(test, cookie),
    )
  const lines = linesOf(property, exchange)
  // Without a name (`everywhere:`) the whole line is looked at.
  if (name === undefined) return lines.some((line) => matchText(test, `${line.name}: ${line.value}`))
  const wanted = name.toLowerCase()
  return lines.some(
    (line) => matchesGlob(wanted, line.name.toLowerCase()) && (test.op === 'exists' || matchText(test, line.value)),
  )
}
