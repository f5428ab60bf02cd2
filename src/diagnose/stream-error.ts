// The error at the end of an event stream whose status said success long before: `event: error`, or data with an error in it.
import { eventStreamReader, type StreamEvent } from '../http/event-stream.ts'
import { utf8Octets } from '../http/octets.ts'
import { asObject, asWords, isObject, type JsonObject } from './json-value.ts'
import type { Reading } from './reading.ts'

export type StreamError = {
  readonly type: string
  readonly data: string
  /** The data, where it is a JSON object. */
  readonly value: JsonObject | undefined
  /** Of the event's first line, counted from 1. */
  readonly line: number
}

/** Characters at the end of a stream that are read. */
const maxTail = 65_536
/** Names by which the streams of language models end a failed call. */
const failed = /^(?:error|response\.(?:failed|error)|thread\.run\.failed)$/
/** Chat completions close a stream with this, whatever came before. */
const closing = '[DONE]'

function errorIn({ type, data }: StreamEvent): { readonly value: JsonObject | undefined } | undefined {
  let value: JsonObject | undefined
  try {
    value = data.startsWith('{') ? asObject(JSON.parse(data)) : undefined
  } catch {
    // Text that only begins like JSON is text.
  }
  const says = failed.test(type) || failed.test(asWords(value?.type) ?? '')
  const { error } = asObject(value?.response) ?? value ?? {}
  const holds = isObject(error) && (asWords(error.message) ?? asWords(error.code) ?? asWords(error.type)) !== undefined
  if (!says && !holds) return undefined
  return { value: isObject(error) && value?.error === undefined ? { error } : value }
}

const known = new WeakMap<Reading, { readonly is: StreamError | undefined }>()

/** Only the last event counts: a stream that goes on after an error has told of something, not failed. */
export function streamError(reading: Reading): StreamError | undefined {
  const { response, status } = reading
  if (response?.mediaType !== 'text/event-stream' || status < 200 || status >= 300 || response.truncated)
    return undefined
  const made = known.get(reading) ?? { is: readLast(response.text) }
  known.set(reading, made)
  return made.is
}

function readLast(text: string): StreamError | undefined {
  const from = text.length <= maxTail ? 0 : text.indexOf('\n\n', text.length - maxTail) + 2
  const reader = eventStreamReader()
  const events = reader.feed(utf8Octets(text.slice(from))).concat(reader.end())
  const last = events.findLast(({ data, type }) => (data !== '' || type !== 'message') && data !== closing)
  const found = last && errorIn(last)
  if (!found) return undefined
  const at = text.lastIndexOf(last.text.split('\n', 1)[0] ?? '')
  return { type: last.type, data: last.data, ...found, line: text.slice(0, Math.max(0, at)).split('\n').length }
}
