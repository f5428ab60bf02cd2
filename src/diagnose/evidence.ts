// Small makers of evidence: each names a place in the exchange and shows its value redacted.
import type { Context } from './context.ts'
import type { Evidence } from './finding.ts'
import { clip, redactField, redactMember, redactUrl } from './redact.ts'
import type { Subject } from './subject.ts'

type Prints = Pick<Context, 'fingerprint'>

/** The first line of a request field, or the fact that it is absent. */
export function requestHeader(subject: Subject, name: string, context: Prints): Evidence {
  return header('request.header', subject.request.headers, name, context)
}

export function responseHeader(subject: Subject, name: string, context: Prints): Evidence {
  return header('response.header', subject.response?.headers ?? [], name, context)
}

export function responseTrailer(subject: Subject, name: string, context: Prints): Evidence {
  return header('response.trailer', subject.response?.trailers ?? [], name, context)
}

function header(
  at: 'request.header' | 'response.header' | 'response.trailer',
  lines: Subject['request']['headers'],
  name: string,
  context: Prints,
): Evidence {
  const index = lines.findIndex((line) => line.name.toLowerCase() === name.toLowerCase())
  const line = lines[index]
  if (!line) return { location: { at, name }, value: '(absent)' }
  return { location: { at, name: line.name, index }, value: redactField(line.name, line.value, context.fingerprint) }
}

export function status(subject: Subject): Evidence {
  const response = subject.exchange.outcome.state === 'waiting' ? undefined : subject.exchange.outcome.response
  return {
    location: { at: 'response.status' },
    value: `${subject.status} ${clip(response?.statusText ?? '', 80)}`.trim(),
  }
}

export function requestLine(subject: Subject, context: Prints): Evidence {
  const { method, url } = subject.exchange.request
  return { location: { at: 'request.line' }, value: clip(`${method} ${redactUrl(url, context.fingerprint)}`) }
}

export function queryMember(subject: Subject, name: string, context: Prints): Evidence {
  const pair = subject.query.find((one) => one.name === name)
  return {
    location: { at: 'request.query', name },
    value: pair ? redactMember(name, pair.value, context.fingerprint) : '(absent)',
  }
}

/** Text that without its quotes reads like a number, a truth value or nothing. */
const alike = /^(?:-?\d[\d.]*(?:[eE][+-]?\d+)?|true|false|null|\s*)$/

/** A value at a JSON Pointer of either body; its last member name decides whether it may be shown. */
export function bodyMember(
  at: 'request.body' | 'response.body',
  pointer: string,
  value: unknown,
  context: Prints,
): Evidence {
  const name = pointer.split('/').findLast((part) => !/^\d*$/.test(part)) ?? ''
  const text =
    value === undefined ? '(absent)' : typeof value === 'string' && !alike.test(value) ? value : JSON.stringify(value)
  return { location: { at, pointer }, value: redactMember(name, text, context.fingerprint) }
}

/** A place in a body by line and column, with what stands there (already free of secrets, or cut short). */
export function bodyPosition(
  at: 'request.body' | 'response.body',
  position: { readonly line: number; readonly column: number },
  value: string,
): Evidence {
  return { location: { at, line: position.line, column: position.column }, value: clip(value, 80) }
}

export const onConnection = (value: string): Evidence => ({ location: { at: 'connection' }, value: clip(value) })
export const onTiming = (value: string): Evidence => ({ location: { at: 'timing' }, value: clip(value) })
export const inSession = (value: string, exchange?: string): Evidence => ({
  location: { at: 'session' },
  value: clip(value),
  ...(exchange === undefined ? {} : { exchange }),
})
