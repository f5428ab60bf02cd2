// The one pure function that folds wire events into an exchange; nothing else changes one.
import type { ContentEnd, ExchangeEvent, RawFields } from './event.ts'
import type { Exchange, Outcome } from './exchange.ts'
import { type Content, type FieldLine, fieldValue, fieldValues, noContent, type Response } from './message.ts'

/** Where the octets of the message that just ended were kept: their digest (`sha256-` + hex) and count. */
export type Kept = { readonly digest: string; readonly keptSize: number }

/** Pairs up a flat raw list. */
export function fieldLines(raw: RawFields): FieldLine[] {
  const lines: FieldLine[] = []
  for (let i = 0; i + 1 < raw.length; i += 2) lines.push({ name: raw[i] ?? '', value: raw[i + 1] ?? '' })
  return lines
}

/** Nearly every message has none: one list for all of them. */
const noCodings: readonly string[] = []

function codingsOf(headers: readonly FieldLine[]): readonly string[] {
  if (fieldValue(headers, 'content-encoding') === undefined) return noCodings
  return fieldValues(headers, 'content-encoding')
    .flatMap((value) => value.split(','))
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity')
}

/** The content of a message whose head is known, and its end if that is. */
export function contentOf(headers: readonly FieldLine[], end: ContentEnd | undefined, kept: Kept | undefined): Content {
  const mimeType = fieldValue(headers, 'content-type')
  const codings = codingsOf(headers)
  const bodySize = end?.bodySize ?? 0
  const facts = mimeType === undefined ? { bodySize, codings } : { bodySize, codings, mimeType }
  if (end === undefined) return { ...facts, kept: 'none', why: 'pending' }
  if (end.bodySize === 0) return { ...facts, kept: 'none', why: 'empty' }
  if (end.shed) return { ...facts, kept: 'none', why: 'overload' }
  if (kept === undefined) return { ...facts, kept: 'none', why: 'too-large' }
  const whole = end.truncated !== true
  const wholeDigest = whole ? kept.digest : end.wholeDigest && `sha256-${end.wholeDigest}`
  return { ...facts, kept: whole ? 'whole' : 'truncated', ...kept, ...(wholeDigest ? { wholeDigest } : {}) }
}

/** What stands in the place of a response's head when interim responses came before it. */
const unanswered: Response = {
  httpVersion: '',
  status: 0,
  statusText: '',
  headers: [],
  trailers: [],
  content: noContent('pending'),
  interim: [],
}

/**
 * Folds one event. `exchange` is undefined for `opened` only. `kept` belongs to the event's `ContentEnd`, if it has one.
 * An event that does not fit (a response after the end, anything before `opened`) leaves the exchange as it is.
 */
export function apply(exchange: Exchange | undefined, event: ExchangeEvent, kept?: Kept): Exchange | undefined {
  if (event.type === 'opened') {
    if (exchange) return exchange
    const headers = fieldLines(event.headers)
    return {
      id: event.id,
      sessionId: event.sessionId,
      kind: event.kind,
      startedDateTime: new Date(event.time).toISOString(),
      client: event.client,
      server: event.server,
      connection: event.connection,
      request: {
        httpVersion: event.httpVersion,
        method: event.method,
        target: event.target,
        url: event.url,
        headers,
        trailers: [],
        content: contentOf(headers, undefined, undefined),
      },
      outcome: { state: 'waiting' },
      marks: {},
      origin: event.origin,
      messageCount: 0,
      ...(event.unread === undefined ? {} : { unread: event.unread }),
    }
  }
  if (!exchange) return undefined
  const { outcome } = exchange
  const over = outcome.state === 'complete' || outcome.state === 'failed'
  switch (event.type) {
    case 'content':
      return exchange
    case 'request-ended': {
      const { request } = exchange
      const content = contentOf(request.headers, event.content, kept)
      return {
        ...exchange,
        request: { ...request, content, trailers: fieldLines(event.trailers) },
        marks: { ...exchange.marks, ...event.marks },
      }
    }
    case 'connected': {
      const { upstreamId, reused, serverTls, via } = event
      const leg = { upstreamId, reused, ...(serverTls ? { serverTls } : {}), ...(via ? { via } : {}) }
      return {
        ...exchange,
        server: event.server,
        connection: { ...exchange.connection, ...leg },
        marks: { ...exchange.marks, ...event.marks },
      }
    }
    case 'interim': {
      if (over) return exchange
      const { status, statusText, at } = event
      const before = outcome.state === 'receiving' ? outcome.response : unanswered
      const response = {
        ...before,
        interim: [...before.interim, { status, statusText, headers: fieldLines(event.headers), at }],
      }
      return { ...exchange, outcome: { state: 'receiving', response } }
    }
    case 'held':
      if (over) return exchange
      return {
        ...exchange,
        outcome: {
          state: 'held',
          at: event.at,
          ...(outcome.state === 'receiving' ? { response: outcome.response } : {}),
        },
      }
    case 'responded': {
      if (over) return exchange
      const headers = fieldLines(event.headers)
      const interim = outcome.state === 'waiting' ? [] : (outcome.response?.interim ?? [])
      const response: Response = {
        httpVersion: event.httpVersion,
        status: event.status,
        statusText: event.statusText,
        headers,
        trailers: [],
        content: contentOf(headers, undefined, undefined),
        interim,
      }
      const turned = { ...(event.kind ? { kind: event.kind } : {}), ...(event.unread ? { unread: event.unread } : {}) }
      return {
        ...exchange,
        ...turned,
        outcome: { state: 'receiving', response },
        marks: { ...exchange.marks, ...event.marks },
      }
    }
    case 'ended': {
      if (over || outcome.state === 'waiting' || !outcome.response) return exchange
      const response = {
        ...outcome.response,
        content: contentOf(outcome.response.headers, event.content, kept),
        trailers: fieldLines(event.trailers),
      }
      return { ...exchange, outcome: { state: 'complete', response }, marks: { ...exchange.marks, ...event.marks } }
    }
    case 'failed': {
      if (over) return exchange
      const begun = outcome.state === 'waiting' ? undefined : outcome.response
      const response =
        begun && begun.status > 0
          ? { ...begun, content: contentOf(begun.headers, event.content ?? { bodySize: 0 }, kept) }
          : undefined
      const failed: Outcome = { state: 'failed', failure: event.failure, ...(response ? { response } : {}) }
      return { ...exchange, outcome: failed, marks: { ...exchange.marks, ...event.marks } }
    }
    case 'message':
      return { ...exchange, messageCount: exchange.messageCount + 1 }
  }
}
