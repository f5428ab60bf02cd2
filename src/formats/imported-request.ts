// A request read from a file that holds no answer to it: kept as an exchange that was never sent.
import type { ComposedRequest } from '../exchange/composed-request.ts'
import type { Failure } from '../exchange/failure.ts'
import { isToken } from '../http/field-syntax.ts'
import { fromBase64, utf8Octets } from '../http/octets.ts'
import { readLine } from './exchange-facts.ts'
import type { ImportContext, ReadResult } from './format.ts'
import { type Found, toImported, unusableUrl } from './imported-exchange.ts'

const notSent: Failure = {
  phase: 'request',
  code: 'NOT_SENT',
  message: 'This request was imported and has not been sent.',
}

/** `found` adds what the file knows beyond the request: a saved response, a time. */
export function composedImport(
  request: ComposedRequest,
  entry: number,
  context: ImportContext,
  found: Partial<Found> = {},
): ReadResult {
  const skipped = (reason: string): ReadResult => ({ skipped: { entry, reason } })
  const unusable = unusableUrl(request.url)
  if (unusable) return skipped(unusable)
  if (!isToken(request.method))
    return skipped(`${JSON.stringify(request.method.slice(0, 40))} is not a request method.`)
  const body = request.body
  const octets = body === undefined ? undefined : 'text' in body ? utf8Octets(body.text) : fromBase64(body.base64)
  const imported = toImported(
    {
      time: context.now,
      marks: {},
      ...(found.response ? {} : { failure: notSent }),
      ...found,
      request: {
        method: request.method,
        url: request.url,
        httpVersion: request.httpVersion === '2' ? 'HTTP/2' : 'HTTP/1.1',
        headers: request.headers.filter(({ name }) => isToken(name)).map(({ name, value }) => readLine(name, value)),
        octets,
      },
    },
    entry,
    context,
  )
  return { imported }
}
