// The one redaction policy of Telltale: what an exchange may show on a screen, in a copy and in an export.
import { type Exchange, type Outcome, responseOf } from '../exchange/exchange.ts'
import type { Message, Request, Response } from '../exchange/message.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import { fromBase64, latin1Text, toBase64, utf8Octets, utf8Text } from './octets.ts'
import { redactContent, redactContentEchoes } from './secret-body.ts'
import { redactEchoes } from './secret-echoes.ts'
import { redactFields, redactUrl } from './secret-fields.ts'
import { type Hash, type Redaction, redactText } from './secret-text.ts'

export { isSecretField, isSecretMember, isSecretParameter } from './secret-names.ts'
export { type Hash, placeholder } from './secret-text.ts'

/** Decoded octets (content coding undone) of both messages, and the messages of a WebSocket or event stream. */
export type ExchangeBodies = {
  readonly request?: Uint8Array | undefined
  readonly response?: Uint8Array | undefined
  readonly messages?: Iterable<SocketMessage> | undefined
}

/**
 * For callers that show single values. Values are remembered over the redactor's life, so that an echo of a secret is
 * found as well: make one for each exchange.
 */
export function createRedactor(hash: Hash) {
  const redaction: Redaction = { hash, found: new Set() }
  return {
    fields: (lines: Message['headers']) => redactFields(lines, redaction),
    url: (url: string) => redactUrl(url, redaction),
    text: (text: string) => redactEchoes(redactText(text, redaction), redaction),
    content: (octets: Uint8Array, mimeType: string) => redactContent(octets, mimeType, redaction),
  }
}

/** Values carried along; each is looked for in every text that follows. */
const maxKnown = 200

const echoless = (message: Message, redaction: Redaction): Pick<Message, 'headers' | 'trailers'> => {
  const lines = (fields: Message['headers']) =>
    fields.map(({ name, value }) => ({ name, value: redactEchoes(value, redaction) }))
  return { headers: lines(message.headers), trailers: lines(message.trailers) }
}

function redactedRequest(request: Request, redaction: Redaction): Request {
  return {
    ...request,
    url: redactUrl(request.url, redaction),
    target: redactUrl(request.target, redaction),
    headers: redactFields(request.headers, redaction),
    trailers: redactFields(request.trailers, redaction),
  }
}

function redactedResponse(response: Response, redaction: Redaction): Response {
  return {
    ...response,
    statusText: redactText(response.statusText, redaction),
    headers: redactFields(response.headers, redaction),
    trailers: redactFields(response.trailers, redaction),
    interim: response.interim.map((interim) => ({ ...interim, headers: redactFields(interim.headers, redaction) })),
  }
}

/** `type`: what text messages are: lines of an event stream, or anything. */
function redactMessage(message: SocketMessage, type: string, redaction: Redaction): SocketMessage {
  if (message.opcode === 'text') {
    const octets = utf8Octets(message.data)
    const shown = redactContent(octets, type, redaction)
    return shown === octets ? message : { ...message, data: utf8Text(shown) ?? latin1Text(shown) }
  }
  const octets = fromBase64(message.data)
  const shown = octets && redactContent(octets, '', redaction)
  return shown === octets || !shown ? message : { ...message, data: toBase64(shown) }
}

/** One at a time as they are gone through, when all that is to be found has been found: they may be a million. */
function redactedMessages(
  messages: Iterable<SocketMessage>,
  type: string,
  redaction: Redaction,
): Iterable<SocketMessage> {
  return {
    *[Symbol.iterator]() {
      for (const message of messages) yield redactMessage(redactMessage(message, type, redaction), type, redaction)
    },
  }
}

function redactedOutcome(outcome: Outcome, response: Response | undefined, redaction: Redaction): Outcome {
  if (outcome.state === 'waiting') return outcome
  if (outcome.state !== 'failed') return { ...outcome, ...(response ? { response } : {}) }
  const { failure } = outcome
  const text = (value: string) => redactEchoes(redactText(value, redaction), redaction)
  return {
    ...outcome,
    ...(response ? { response } : {}),
    failure: {
      ...failure,
      message: text(failure.message),
      ...(failure.received === undefined ? {} : { received: text(failure.received) }),
    },
  }
}

/** `text` redacts what is said about the exchange elsewhere: a finding, a note. */
export type RedactedExchange = {
  readonly exchange: Exchange
  readonly bodies: ExchangeBodies
  readonly text: (text: string) => string
}

/**
 * The exchange as it may be given away. `bodies` must be decoded: a body whose coding could not be undone must be left
 * out by the caller, since nobody can tell what is in it. Digests of changed bodies no longer name their octets.
 * `known` carries what was found from one exchange of an export to the next: a key sent here may be echoed there.
 */
export function redactExchange(
  exchange: Exchange,
  bodies: ExchangeBodies,
  hash: Hash,
  known: Set<string> = new Set(),
): RedactedExchange {
  const redaction: Redaction = { hash, found: new Set(known) }
  const request = redactedRequest(exchange.request, redaction)
  const answered = responseOf(exchange)
  const response = answered && redactedResponse(answered, redaction)
  const content = (octets: Uint8Array | undefined, message: Message | undefined) => {
    const once = octets && redactContent(octets, message?.content.mimeType ?? '', redaction)
    const known = redaction.found.size
    // Again for echoes alone: what the other side or a message gave away may stand here.
    return () => (once && redaction.found.size > known ? redactContentEchoes(once, redaction) : once)
  }
  const [requested, responded] = [content(bodies.request, request), content(bodies.response, response)]
  const type = exchange.kind === 'http' ? 'text/event-stream' : 'text/plain'
  for (const message of bodies.messages ?? []) redactMessage(message, type, redaction)
  const clean = {
    request: requested(),
    response: responded(),
    ...(bodies.messages ? { messages: redactedMessages(bodies.messages, type, redaction) } : {}),
  }
  const echoes = (text: string, inUrl = false): string => redactEchoes(text, redaction, inUrl)
  const final = response && { ...response, ...echoless(response, redaction), statusText: echoes(response.statusText) }
  for (const value of redaction.found) if (value.length >= 8) known.add(value)
  // The oldest go.
  for (const value of known) if (known.size > maxKnown) known.delete(value)
  const { connection } = exchange
  return {
    exchange: {
      ...exchange,
      connection:
        connection.via === undefined ? connection : { ...connection, via: redactUrl(connection.via, redaction) },
      request: {
        ...request,
        ...echoless(request, redaction),
        url: echoes(request.url),
        target: echoes(request.target),
      },
      outcome: redactedOutcome(exchange.outcome, final, redaction),
    },
    bodies: clean,
    text: (text) => redactEchoes(redactText(text, redaction), redaction),
  }
}
