// Requests whose texts would be code in many languages, as exchanges to be written.
import type { ExportItem } from '../../src/formats/format.ts'
import { digestOf, sample } from './varied-exchange.ts'

export const nastyText =
  'it\'s "q" \\ \\u0022 $HOME #{1+1} {`x`} $' +
  '{a} %s \u00e9 \u{1f600} </script> ]]> \u2028 \n\r\t\b\u0001 \'\'\' """ ?> @"'

export function nastyItem(
  url: string,
  body: Uint8Array,
  headers: readonly (readonly [string, string])[],
  method = 'POST',
): ExportItem {
  const { exchange } = sample(1)
  const content = {
    bodySize: body.length,
    codings: [],
    kept: 'whole',
    digest: digestOf(body),
    keptSize: body.length,
  } as const
  const lines = headers.map(([name, value]) => ({ name, value }))
  const type = lines.find(({ name }) => name.toLowerCase() === 'content-type')?.value
  const request = {
    ...exchange.request,
    method,
    url,
    target: new URL(url).pathname,
    trailers: [],
    headers: lines,
    content:
      body.length === 0
        ? ({ bodySize: 0, codings: [], kept: 'none', why: 'empty' } as const)
        : { ...content, ...(type ? { mimeType: type } : {}) },
  }
  return { exchange: { ...exchange, kind: 'http', request }, request: body }
}
