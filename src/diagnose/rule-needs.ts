// What rules can need of an exchange to have anything to say; asked once for all of them, so that few are run.
import type { Context } from './context.ts'
import type { Subject } from './subject.ts'

type Test = (subject: Subject, context: Context) => boolean

/** Beyond printable ASCII, space and tab. */
const odd = /[^\t\x20-\x7e]/

/** At most 32: which of them hold is one number. */
export const needs = {
  /** Captured on the wire, not imported. */
  captured: ({ live }) => live,
  /** A WebSocket of which messages are known. */
  socket: ({ messages }) => messages.length > 0,
  'network-failure': ({ failure }) => failure !== undefined,
  /** Host or the TLS server name is not, letter for letter, what the URL says; or the server said so (421). */
  'other-host': ({ status, site, request, exchange }) => {
    const sni = exchange.connection.serverTls?.servername ?? ''
    const isSame = site !== undefined && request.header('host') === site.host && !site.hostname.endsWith('.')
    return status === 421 || !isSame || (sni !== '' && sni !== site.hostname)
  },
  /** Answered with 3xx. */
  redirect: ({ status }) => status >= 300 && status < 400,
  /** A method that may change something. */
  'unsafe-method': ({ method }) => method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS' && method !== 'TRACE',
  credentials: ({ credentials }) => credentials.length > 0,
  'several-credentials': ({ credentials }) => credentials.length > 1,
  'credential-in-address': ({ credentials }) =>
    credentials.some(({ location }) => location === 'query' || location === 'userinfo'),
  jwt: ({ jwts }) => jwts.length > 0,
  'request-body': ({ request }) => request.hasBody,
  'request-fields-repeated': ({ request }) => request.layout.repeats,
  /** A name that is no token, or a value beyond printable ASCII. */
  'request-fields-odd': ({ request }) => !request.layout.tokens || request.headers.some(({ value }) => odd.test(value)),
  /** More octets of fields than one field may have, or a refusal. */
  'request-fields-large': ({ status, request }) => {
    let octets = 0
    for (const { name, value } of request.headers) octets += name.length + value.length + 4
    return octets > 8192 || status >= 400
  },
  'transfer-encoding-sent': ({ request }) => request.layout.first.has('transfer-encoding'),
  'origin-sent': ({ request }) => request.layout.first.has('origin'),
  'response-body': ({ response }) => response?.hasBody === true,
  /** Content that was read as JSON, and content that was not. */
  'response-json': ({ response }) => response?.value !== undefined,
  'response-other': ({ response }) => response?.hasBody === true && response.value === undefined,
  /** A page, or what leads to one. */
  'page-or-redirect': ({ response, status }) =>
    response?.mediaType.includes('html') === true || (status >= 300 && status < 400),
  'content-encoding': ({ response }) => response?.layout.first.has('content-encoding') === true,
  'set-cookie': ({ response }) => response?.layout.first.has('set-cookie') === true,
  sunset: ({ response }) => response?.layout.first.has('sunset') === true,
  'retry-after': ({ response }) =>
    response !== undefined && (response.layout.first.has('retry-after') || response.layout.first.has('retry-after-ms')),
  'limit-fields': ({ response }) => response?.layout.limits === true,
  'deprecation-fields': ({ response }) => response?.layout.deprecation === true,
  /** A failure, or an answer with a Warning. */
  'failure-or-warning': ({ outcome, response }) =>
    outcome.is === 'failure' || response?.layout.first.has('warning') === true,
  /** No success, only half a one (202), or a page. */
  'failure-or-page': ({ outcome, response, status }) =>
    outcome.is !== 'success' || status === 202 || response?.mediaType.includes('html') === true,
  /** Something of this origin that is remembered was redirected or failed. */
  'earlier-trouble': (_subject, { hadTrouble }) => hadTrouble,
  /** The newest repetition of this very request did not succeed. */
  'same-request-failed': (_subject, { sameRequest }) => (sameRequest.at(-1)?.outcome ?? 'success') !== 'success',
  'earlier-redirect': (_subject, { redirects }) => redirects.length > 0,
  /** The answer departs from earlier ones of its endpoint. */
  drift: (_subject, { drift }) => drift.length > 0,
} as const satisfies Readonly<Record<string, Test>>

export type Need = keyof typeof needs
