// An earlier exchange as far as it is remembered: enough to compare with, without its octets.
import type { Exchange, ExchangeId } from '../exchange/exchange.ts'
import type { Credential } from './credentials.ts'
import { asObject, asText } from './json-value.ts'
import type { Outcome } from './semantic-outcome.ts'
import type { Side } from './side.ts'
import type { Subject } from './subject.ts'

/** A credential as remembered; `fingerprint` is of what stays the same from request to request. `value` stays in memory, for fixes that reuse it; a finding never shows it. */
export type CredentialPrint = Credential & { readonly fingerprint: string; readonly length: number }

/** Times in ms since 1970, `duration` in ms. */
export type Past = {
  readonly id: ExchangeId
  readonly exchange: Exchange
  readonly time: number
  /** When the last octet came, or `time` while unknown. */
  readonly end: number
  readonly duration: number | undefined
  readonly method: string
  readonly url: string
  readonly origin: string
  readonly host: string
  readonly path: string
  /** Endpoint key (method, origin, path template, operation), and the template alone. */
  readonly endpoint: string
  readonly template: string
  /** 0 without a response. */
  readonly status: number
  readonly outcome: Outcome
  /** `Failure.code`, where the exchange failed on the network. */
  readonly failureCode: string | undefined
  /** Same method, URL and body, from the same client: the same request. */
  readonly requestKey: string
  /** Digest of the response's octets; empty string for none. */
  readonly responseHash: string
  readonly credentials: readonly CredentialPrint[]
  readonly userAgent: string
  readonly requestMediaType: string
  readonly responseMediaType: string
  /** Decoded request body, kept for the newest successes of an endpoint, up to 16 KiB. */
  readonly requestBody: Uint8Array | undefined
  /** Id the server gave to what was created: Location or a top-level `id`, where there was one. */
  readonly created: string | undefined
}

/** Octets of a request body worth keeping for comparison. */
const maxBody = 16_384
const volatileQuery = /([?&])(?:_|ts|t|timestamp|nonce|cachebust|cb|rnd|random)=[^&#]*/gi

const digestOf = (side: Side): string => (side.content.kept === 'none' ? '' : side.content.digest)

export function requestKeyOf(subject: Subject): string {
  const sent = subject.exchange.request.url
  const url = sent.includes('=') ? sent.replace(volatileQuery, '$1') : sent
  return `${subject.method} ${url} ${digestOf(subject.request)} ${subject.request.header('user-agent') ?? ''}`
}

export function pastOf(subject: Subject, prints: readonly CredentialPrint[], requestKey: string): Past {
  const { exchange, request, response } = subject
  const is = subject.outcome.is
  const location = response?.header('location')
  const createdId =
    subject.status === 201 || subject.method === 'POST' ? asText(asObject(response?.value)?.id) : undefined
  return {
    id: subject.id,
    exchange,
    time: subject.time,
    end: subject.time + (subject.duration ?? 0),
    duration: subject.duration,
    method: subject.method,
    url: exchange.request.url,
    origin: subject.origin,
    host: subject.host,
    path: subject.path,
    endpoint: subject.endpoint.key,
    template: subject.endpoint.template,
    status: subject.status,
    outcome: is,
    failureCode: subject.failure?.code,
    requestKey,
    responseHash: response ? digestOf(response) : '',
    credentials: prints,
    userAgent: request.header('user-agent') ?? '',
    requestMediaType: request.mediaType,
    responseMediaType: response?.mediaType ?? '',
    requestBody:
      is === 'success' && request.hasBody && request.octets.length <= maxBody && !request.truncated
        ? request.octets
        : undefined,
    created: location ?? createdId,
  }
}
