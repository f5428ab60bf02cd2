// A WebSocket that was closed with a code that says something went wrong: the only error such a connection has.
import type { SocketMessage } from '../../../exchange/socket-message.ts'
import { closeMeaning, closeReason, closeText } from '../../../http/close-code.ts'
import { onConnection, onTiming } from '../../evidence.ts'
import { brief, span } from '../../phrases.ts'
import { clip } from '../../redact.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import { words } from '../../word-lists.ts'

/** What each code complains of (RFC 6455 §7.4.1, IANA registry) and what to look at. */
const causes: Readonly<Record<number, readonly [text: string, fix: string]>> = {
  1002: [
    'a frame broke the rules of the protocol',
    'Look at the library that made the frame, and at what stands between.',
  ],
  1003: [
    'a message was of a kind it cannot take',
    'Send text where text is expected, and binary messages where those are.',
  ],
  1007: ['a text message was no UTF-8', 'Encode text messages as UTF-8, and send octets as binary messages.'],
  1008: [
    'a message, or the client itself, was against its policy; servers say so of missing or expired credentials',
    'Check the credential of the handshake and of the first messages, and what the last message before this asked for.',
  ],
  1009: ['a message was too large for it', 'Send smaller messages, or raise the limit of the receiver.'],
  1010: ['an extension it needs was not agreed on', 'Compare Sec-WebSocket-Extensions of request and response.'],
  1011: [
    'something unexpected kept it from going on',
    'Look at its log at this moment; connect again with growing pauses.',
  ],
  1012: ['it restarts', 'Connect again after a pause of some seconds, with some randomness.'],
  1013: ['it is overloaded for now', 'Connect again later, with growing pauses.'],
  1014: ['as a gateway it had no usable answer from the server behind it', 'Look at the server behind the gateway.'],
}
/** Those that ask for patience blame nobody. */
const passing = new Set([1012, 1013])

/** 1000, 1001 and 1005 are ends as they should be; below 4000 what is not registered says nothing that could be explained. */
const complains = (code: number): boolean => code in causes || (code >= 3000 && code <= 4999)

/** The close frame that came first: the other side answers with the same code. */
const firstClose = (messages: readonly SocketMessage[]): SocketMessage | undefined =>
  messages.find(({ opcode }) => opcode === 'close')

export const websocketClosed: Rule = {
  id: 'network/websocket-closed',
  rank: 1,
  level: 'error',
  title: 'The WebSocket was closed with an error code',
  summary:
    'Fires on a WebSocket whose first close frame has a code that complains: a protocol error, a policy violation, an internal error, or one of the application’s own (3000 to 4999). The status of such a call is 101, whatever went wrong later.',
  references: [rfc(6455, '7.4.1', 'Defined Status Codes')],
  needs: ['socket'],
  scope: 'exchange',
  check(subject) {
    const close = firstClose(subject.messages)
    const { code } = close ?? {}
    if (!close || code === undefined || !complains(code)) return undefined
    const reason = closeReason(close)
    const isServer = close.from === 'server'
    const [cause, fix] = causes[code] ?? [
      words.authn.test(reason.toLowerCase())
        ? 'of the credential, as its words say'
        : 'of a cause that its API’s own list of close codes explains',
      'Look the code up in the documentation of the API; its words say what to change.',
    ]
    const who = isServer ? 'The server' : 'The client'
    return {
      level: isServer && !passing.has(code) ? 'error' : 'warning',
      confidence: code in causes ? 0.95 : 0.8,
      title: `${who} closed the WebSocket with ${code}${code in causes ? `, ${closeMeaning(code)}` : ''}`,
      brief: brief(
        reason === '' ? `Closed: ${code} ${code in causes ? closeMeaning(code) : ''}`.trim() : `${code}: ${reason}`,
      ),
      explanation: `The handshake succeeded, so the status is 101; ${span(close.at)} after the call began ${isServer ? 'the server' : 'the client'} closed the connection because ${cause}.`,
      evidence: [onConnection(closeText(close)), onTiming(`closed ${span(close.at)} after the call began`)],
      ...(reason === '' || !isServer
        ? {}
        : { quote: { text: clip(reason), location: { at: 'connection' }, code: String(code) } }),
      fix: { kind: 'advice', text: fix },
    }
  },
  examples: [
    {
      name: 'a token that expired',
      fires: true,
      primary: true,
      level: 'error',
      brief: '1008: token expired',
      exchanges: [
        {
          request: 'GET wss://api.test/feed',
          status: 101,
          kind: 'websocket',
          close: { code: 1008, reason: 'token expired' },
        },
      ],
    },
    {
      name: 'a code of the application',
      fires: true,
      level: 'error',
      exchanges: [
        {
          request: 'GET wss://gateway.test/?v=10',
          status: 101,
          kind: 'websocket',
          close: { code: 4004, reason: 'Authentication failed.' },
        },
      ],
    },
    {
      name: 'a server that restarts',
      fires: true,
      level: 'warning',
      brief: 'Closed: 1012 service rest…',
      exchanges: [{ request: 'GET wss://api.test/feed', status: 101, kind: 'websocket', close: { code: 1012 } }],
    },
    {
      name: 'an end as it should be',
      fires: false,
      exchanges: [
        { request: 'GET wss://api.test/feed', status: 101, kind: 'websocket', close: { code: 1000, reason: 'bye' } },
      ],
    },
    {
      name: 'a page that was left',
      fires: false,
      exchanges: [
        { request: 'GET wss://api.test/feed', status: 101, kind: 'websocket', close: { from: 'client', code: 1001 } },
      ],
    },
  ],
}
