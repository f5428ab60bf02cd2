// Reads what a server says went wrong, in whichever of the known formats it says it.
import { readCutJson } from './cut-json.ts'
import type { ErrorAnswer } from './error-format.ts'
import { given } from './error-format.ts'
import type { ExtractedError } from './extracted-error.ts'
import { failingFields } from './failing-fields.ts'
import { asObject, asText } from './json-value.ts'
import { errorFormats } from './known-error-formats.ts'
import type { Reading } from './reading.ts'
import { isXmlType, type Side } from './side.ts'
import { streamError } from './stream-error.ts'
import { readXml } from './xml-reading.ts'

const requestIdField = /request-?id|req-id|-rid$|trace-?id|traceparent|correlation-id|cf-ray|x-amz-cf-id/i
const requestIdMember = ['request_id', 'requestId', 'RequestId', 'trace_id']
/** Octets of an error body that are read. */
const maxRead = 262_144

function requestIdOf(response: Side): string | undefined {
  const line = response.headers.find((one) => requestIdField.test(one.name))
  if (line) return line.value
  const body = asObject(response.value)
  return body && requestIdMember.map((name) => asText(body[name])).find(Boolean)
}

/** What is left where a text ends inside a number, a literal or an escape. */
const unfinished = /^(?:[-+\w.]{0,30}|\\(?:u[0-9a-fA-F]{0,3})?)\s*$/

/** An error that was cut off on its way, or kept in part only, still says what its whole members say. */
function cutValue(response: Side, text: string): unknown {
  const { json, truncated } = response
  if (json?.ok || (!truncated && json === undefined) || text === '') return undefined
  return truncated || (json && unfinished.test(text.slice(json.offset, json.offset + 40)))
    ? readCutJson(text)
    : undefined
}

export function extractError(reading: Reading): ExtractedError | undefined {
  const { response, status } = reading
  if (!response) return undefined
  const text = response.octets.length > maxRead ? '' : response.text
  const looksXml = isXmlType(response.mediaType) || /^\s*<(?:\?xml|[A-Za-z])/.test(text.slice(0, 200))
  const isHtml = /^\s*<(?:!doctype\s+html|html)\b/i.test(text)
  const xml = looksXml && !isHtml ? readXml(text) : undefined
  const cut = status >= 400 ? cutValue(response, text) : undefined
  // Of a stream only its last event can be an error; all before it is data.
  const streamed = response.mediaType === 'text/event-stream' && status < 400
  const event = streamed ? streamError(reading) : undefined
  if (streamed && !event) return undefined
  const json = cut ?? event?.value ?? response.value
  const answer: ErrorAnswer = {
    status,
    response,
    mediaType: response.mediaType,
    json,
    body: asObject(json),
    xml: xml?.ok ? xml.root : undefined,
    text: event ? event.data : text,
  }
  const requestId = requestIdOf(response)
  for (const format of errorFormats) {
    const found = format.read(answer)
    if (found && (found.message !== undefined || found.code !== undefined)) {
      const fields = found.fields && found.fields.length > 0 ? found.fields : failingFields(answer.json, status)
      const { pointer, ...words } = found
      // No pointer leads into what cannot be parsed.
      const place = cut === undefined && !event ? given({ pointer }) : {}
      return { ...given({ requestId }), ...words, ...place, format: format.name, fields }
    }
  }
  const fields = failingFields(answer.json, status)
  if (fields.length === 0) return undefined
  const message = fields.map((one) => `${one.path}: ${one.message ?? one.code ?? 'refused'}`).join('; ')
  return { ...given({ requestId }), message, format: 'members refused', fields }
}
