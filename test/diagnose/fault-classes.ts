// The fault classes of the mutation test: what is done to a healthy exchange, and which rules name it.
import type { ExchangeSketch } from '../../src/diagnose/example-exchange.ts'
import { exampleJwt } from '../../src/diagnose/example-jwt.ts'
import { type Endpoint, type Healthy, origin, token } from './healthy-traffic.ts'

export type FaultClass = {
  readonly name: string
  /** The rules whose finding, in first place, names this class. */
  readonly rules: RegExp
  /** Endpoints it can be done to; all where absent. */
  readonly on?: readonly Endpoint[]
  readonly inject: (sketch: Healthy['sketch'], n: number) => ExchangeSketch
  /** What a fix has to give back, where that is not the healthy request itself. */
  readonly original?: (sketch: Healthy['sketch']) => ExchangeSketch
  /** The answer counts as a success, so that each injection needs a history of its own. */
  readonly teaches?: boolean
}

type Sketch = Healthy['sketch']
const withBody: readonly Endpoint[] = ['create', 'change']
const later = 36_000

/** The same call with other fields; `undefined` leaves one out. */
function fields(sketch: Sketch, changes: Readonly<Record<string, string | undefined>>): Sketch {
  const headers = Object.fromEntries(
    Object.entries({ ...sketch.headers, ...changes }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    ),
  )
  return { ...sketch, headers }
}
/** The same call with another answer. Servers differ in how much they say, so half of them say little. */
function answered(
  sketch: Sketch,
  n: number,
  status: number,
  explicit: unknown,
  answerHeaders: Readonly<Record<string, string>> = {},
): ExchangeSketch {
  const terse = {
    message:
      {
        400: 'Bad Request',
        401: 'Unauthorized',
        403: 'Forbidden',
        404: 'Not Found',
        422: 'Unprocessable Entity',
        500: 'Internal Server Error',
      }[status] ?? 'Error',
  }
  const { answer: _, ...call } = sketch
  return { ...call, status, answerHeaders, answer: n % 2 === 0 ? terse : explicit }
}
const failed = (
  sketch: Sketch,
  phase: 'resolve' | 'connect' | 'tls' | 'request' | 'response',
  code: string,
  took = 40,
): ExchangeSketch => {
  const { status: _, answer: __, answerHeaders: ___, ...call } = sketch
  return { ...call, failure: { phase, code }, took, marks: { sendStart: 0, sendEnd: 1, end: took } }
}
const body = (sketch: Sketch): Record<string, unknown> => sketch.body as Record<string, unknown>
const text = (sketch: Sketch, change: (json: string) => string): Sketch => ({
  ...sketch,
  body: change(JSON.stringify(sketch.body)),
})
const auth = (sketch: Sketch, n: number, value: string | undefined, explicit: unknown = { error: 'invalid_token' }) =>
  answered(fields(sketch, { Authorization: value }), n, 401, explicit)
const bad = (sketch: Sketch, n: number, explicit: unknown) => answered(sketch, n, n % 3 === 0 ? 422 : 400, explicit)
const path = (sketch: Sketch, change: (url: string) => string): Sketch => {
  const [method, url = ''] = sketch.request.split(' ')
  return { ...sketch, request: `${method} ${change(url)}` }
}
const reads: readonly Endpoint[] = ['list', 'read', 'user', 'availability']

export const faultClasses: readonly FaultClass[] = [
  // Credentials
  {
    name: 'expired token',
    rules: /^auth\/token-expired$/,
    inject: (s, n) =>
      auth(s, n, `Bearer ${exampleJwt({ iat: -7200, exp: -60, sub: 'shop-client' })}`, { error: 'token expired' }),
  },
  {
    name: 'token not yet valid',
    rules: /^auth\/token-not-yet-valid$/,
    inject: (s, n) => auth(s, n, `Bearer ${exampleJwt({ nbf: later * 40, exp: later * 50 })}`),
  },
  {
    name: 'two spaces after the scheme',
    rules: /^auth\/credential-whitespace$/,
    inject: (s, n) => auth(s, n, `Bearer  ${token}`),
  },
  {
    name: 'quotes around the token',
    rules: /^auth\/credential-whitespace$/,
    inject: (s, n) => auth(s, n, `Bearer "${token}"`),
  },
  {
    name: 'zero-width space behind the token',
    rules: /^auth\/credential-whitespace$/,
    inject: (s, n) => auth(s, n, `Bearer ${token}\u00e2\u0080\u008b`),
  },
  {
    name: 'undefined as token',
    rules: /^auth\/credential-placeholder$/,
    inject: (s, n) => auth(s, n, 'Bearer undefined'),
  },
  {
    name: 'unfilled template as token',
    rules: /^auth\/credential-placeholder$/,
    inject: (s, n) => auth(s, n, 'Bearer {{token}}'),
  },
  { name: 'empty token', rules: /^auth\/credential-placeholder$/, inject: (s, n) => auth(s, n, 'Bearer ') },
  {
    name: 'no credential',
    rules: /^auth\/missing-credentials$/,
    inject: (s, n) => auth(s, n, undefined, { error: 'authentication required' }),
  },
  { name: 'another scheme', rules: /^auth\/scheme-mismatch$/, inject: (s, n) => auth(s, n, `Token ${token}`) },
  { name: 'doubled scheme', rules: /^auth\/scheme-mismatch$/, inject: (s, n) => auth(s, n, `Bearer Bearer ${token}`) },
  { name: 'no scheme', rules: /^auth\/scheme-mismatch$/, inject: (s, n) => auth(s, n, token) },
  {
    name: 'token cut off',
    rules: /^auth\/(?:malformed-jwt|credential-changed)$/,
    inject: (s, n) => auth(s, n, `Bearer ${token.split('.').slice(0, 2).join('.')}`),
  },
  {
    name: 'another token than the accepted one',
    rules: /^auth\/(?:credential-changed|invalid-credentials)$/,
    inject: (s, n) => auth(s, n, `Bearer ${exampleJwt({ iat: -60, exp: later * 50, sub: 'other', aud: origin })}`),
  },
  {
    name: 'token in the query',
    rules: /^auth\/credential-location-mismatch$/,
    inject: (s, n) =>
      auth(
        path(s, (url) => `${url}${url.includes('?') ? '&' : '?'}access_token=${token}`),
        n,
        undefined,
      ),
  },
  {
    name: 'missing scope',
    rules: /^auth\/insufficient-scope$/,
    inject: (s, n) =>
      answered(
        s,
        n,
        403,
        { error: 'insufficient_scope' },
        { 'WWW-Authenticate': 'Bearer error="insufficient_scope", scope="orders:admin"' },
      ),
  },
  {
    name: 'missing role',
    rules: /^auth\/forbidden$/,
    inject: (s, n) => answered(s, n, 403, { message: 'Only administrators may do this' }),
  },
  {
    name: 'token for another audience',
    rules: /^auth\/token-audience-mismatch$/,
    inject: (s) =>
      answered(
        fields(s, { Authorization: `Bearer ${exampleJwt({ exp: later * 50, aud: 'https://other.test' })}` }),
        1,
        401,
        { error: 'invalid_token', error_description: 'The audience is invalid' },
      ),
  },
  {
    name: 'clock skew',
    rules: /^auth\/clock-skew$/,
    inject: (s) =>
      answered(s, 1, 403, {
        code: 'RequestTimeTooSkewed',
        message: 'The difference between the request time and the current time is too large',
      }),
  },
  // Fields
  {
    name: 'no Content-Type',
    on: withBody,
    rules: /^header\/(?:missing-content-type|unsupported-media-type)$/,
    inject: (s, n) =>
      answered(
        fields({ ...s, body: JSON.stringify(s.body) }, { 'Content-Type': undefined }),
        n,
        n % 2 === 0 ? 400 : 415,
        { message: 'Unsupported content type' },
      ),
  },
  {
    name: 'JSON labelled as a form',
    on: withBody,
    rules: /^header\/content-type-body-mismatch$/,
    inject: (s, n) =>
      bad(fields({ ...s, body: JSON.stringify(s.body) }, { 'Content-Type': 'application/x-www-form-urlencoded' }), n, {
        message: 'item is required',
      }),
  },
  {
    name: 'a form labelled as JSON',
    on: ['subscribe'],
    rules: /^header\/content-type-body-mismatch$/,
    inject: (s, n) =>
      bad(fields(s, { 'Content-Type': 'application/json' }), n, { message: 'Unexpected token p in JSON' }),
  },
  {
    name: 'body sent as a form',
    on: ['change'],
    rules: /^header\/(?:content-type-body-mismatch|unsupported-media-type)$/,
    inject: (s, n) =>
      answered(
        fields(
          {
            ...s,
            body: new URLSearchParams(Object.entries(body(s)).map(([name, value]) => [name, String(value)])).toString(),
          },
          { 'Content-Type': 'application/json' },
        ),
        n,
        400,
        {
          message: 'Unexpected token i in JSON at position 0',
        },
      ),
  },
  {
    name: 'media type the server does not take',
    on: withBody,
    rules: /^header\/unsupported-media-type$/,
    inject: (s, n) =>
      answered(fields({ ...s, body: JSON.stringify(s.body) }, { 'Content-Type': 'text/plain' }), n, 415, {
        message: 'Unsupported Media Type',
      }),
  },
  {
    name: 'a required field is missing',
    rules: /^header\/missing-versus-baseline$/,
    inject: (s, n) => answered(fields(s, { 'X-Tenant': undefined }), n, 400, { message: 'X-Tenant is required' }),
  },
  {
    name: 'version field missing',
    rules: /^(?:version\/(?:missing|mismatch-versus-baseline)|header\/missing-versus-baseline)$/,
    inject: (s, n) =>
      answered(fields(s, { 'X-Api-Version': undefined }), n, 400, { message: 'An API version is required' }),
  },
  {
    name: 'another version',
    rules: /^version\/(?:mismatch-versus-baseline|unsupported)$/,
    inject: (s, n) =>
      answered(fields(s, { 'X-Api-Version': '2019-01' }), n, 400, { message: 'Unsupported API version 2019-01' }),
  },
  {
    name: 'Accept nobody can satisfy',
    on: reads,
    rules: /^header\/not-acceptable$/,
    inject: (s, n) => answered(fields(s, { Accept: 'text/csv' }), n, 406, { message: 'Not Acceptable' }),
  },
  {
    name: 'entity tag without quotes',
    on: ['change'],
    rules: /^header\/invalid-syntax$/,
    inject: (s, n) => answered(fields(s, { 'If-Match': 'abc123' }), n, 400, { message: 'Invalid header' }),
    original: (s) => fields(s, { 'If-Match': '"abc123"' }),
  },
  {
    name: 'Host of another site',
    rules: /^header\/host-mismatch$/,
    inject: (s, n) => answered(fields(s, { Host: 'www.shop.test' }), n, 404, { message: 'no such site' }),
  },
  {
    name: 'fields too large',
    rules: /^header\/too-large$/,
    inject: (s, n) =>
      answered(fields(s, { Cookie: `crumbs=${'x'.repeat(9000)}` }), n, 431, {
        message: 'Request Header Fields Too Large',
      }),
  },
  {
    name: 'gzip declared over plain JSON',
    on: withBody,
    rules: /^header\/encoding-mismatch$/,
    inject: (s, n) =>
      answered(fields(s, { 'Content-Encoding': 'gzip' }), n, 400, { message: 'incorrect header check' }),
  },
  {
    name: 'a condition that does not hold',
    on: ['change'],
    rules: /^header\/precondition-failed$/,
    inject: (s, n) => answered(fields(s, { 'If-Match': '"old"' }), n, 412, { message: 'Precondition Failed' }),
  },
  // Method, address, query
  {
    name: 'wrong method',
    on: ['read', 'user'],
    rules: /^request\/method-not-allowed$/,
    inject: (s, n) =>
      answered(
        { ...s, request: s.request.replace('GET', 'POST') },
        n,
        405,
        { message: 'Method Not Allowed' },
        { Allow: 'GET' },
      ),
  },
  {
    name: 'wrong method, answered 404',
    on: ['user', 'availability'],
    rules: /^request\/method-not-allowed$/,
    inject: (s, n) => answered({ ...s, request: s.request.replace('GET', 'PUT') }, n, 404, { message: 'no route' }),
  },
  {
    name: 'path in another case',
    on: ['list', 'create'],
    rules: /^request\/path-near-miss$/,
    inject: (s, n) =>
      answered(
        path(s, (url) => url.replace('/orders', '/Orders')),
        n,
        404,
        { message: 'no route' },
      ),
  },
  {
    name: 'doubled slash in the path',
    on: ['list', 'create'],
    rules: /^request\/path-near-miss$/,
    inject: (s, n) =>
      answered(
        path(s, (url) => url.replace('/v1/', '/v1//')),
        n,
        404,
        { message: 'no route' },
      ),
  },
  {
    name: 'undefined as id',
    on: ['read', 'user', 'change'],
    rules: /^request\/unresolved-placeholder$/,
    inject: (s, n) =>
      answered(
        path(s, (url) => url.replace(/\/\d+$/, '/undefined')),
        n,
        404,
        { message: 'not found' },
      ),
  },
  {
    name: 'an id that does not exist',
    on: ['read', 'user'],
    rules: /^request\/not-found$/,
    inject: (s, n) =>
      answered(
        path(s, (url) => url.replace(/\d+$/, '999999')),
        n,
        404,
        { message: 'No such record' },
      ),
  },
  {
    name: 'query parameter missing',
    on: ['availability', 'list'],
    rules: /^request\/(?:query-missing-versus-baseline|missing-query-parameter)$/,
    inject: (s, n) =>
      answered(
        path(s, (url) => url.replace(/region=eu&|&limit=20/, '')),
        n,
        400,
        { message: 'a parameter is missing' },
      ),
  },
  {
    name: 'raw characters in the URL',
    on: ['availability'],
    rules: /^request\/bad-url-encoding$/,
    inject: (s, n) =>
      answered(
        path(s, (url) => `${url}&name=a|b"c`),
        n,
        400,
        { message: 'Bad Request' },
      ),
    original: (s) => path(s, (url) => `${url}&name=a%7Cb%22c`),
  },
  { name: 'removed endpoint', rules: /^request\/gone$/, inject: (s, n) => answered(s, n, 410, { message: 'Gone' }) },
  {
    name: 'it exists already',
    on: ['create'],
    rules: /^request\/conflict$/,
    inject: (s, n) => answered(s, n, 409, { message: 'order already exists' }),
  },
  {
    name: 'too much content',
    on: withBody,
    rules: /^request\/payload-too-large$/,
    inject: (s, n) => answered(s, n, 413, { message: 'Payload Too Large' }),
  },
  // Body
  {
    name: 'trailing comma',
    on: withBody,
    rules: /^request\/malformed-json$/,
    inject: (s, n) =>
      bad(
        text(s, (json) => json.replace(/\}$/, ',}')),
        n,
        { message: 'Unexpected token } in JSON' },
      ),
  },
  {
    name: 'missing comma',
    on: withBody,
    rules: /^request\/malformed-json$/,
    inject: (s, n) =>
      bad(
        text(s, (json) => json.replace(',"', ' "')),
        n,
        { message: 'Expected , or }' },
      ),
  },
  {
    name: 'single quotes',
    on: withBody,
    rules: /^request\/malformed-json$/,
    inject: (s, n) =>
      bad(
        text(s, (json) => json.replaceAll('"', "'")),
        n,
        { message: "Unexpected token '" },
      ),
  },
  {
    name: 'truncated JSON',
    on: withBody,
    rules: /^request\/malformed-json$/,
    inject: (s, n) =>
      bad(
        text(s, (json) => json.slice(0, -6)),
        n,
        { message: 'Unexpected end of JSON input' },
      ),
  },
  {
    name: 'Python literal',
    on: ['create'],
    rules: /^request\/malformed-json$/,
    inject: (s, n) =>
      bad(
        text(s, (json) =>
          json.replace(
            /"express":(true|false)/,
            (_, word: string) => `"express":${word === 'true' ? 'True' : 'False'}`,
          ),
        ),
        n,
        { message: 'Unexpected token T' },
      ),
  },
  {
    name: 'JSON inside a JSON text',
    on: withBody,
    rules: /^request\/double-encoded$/,
    inject: (s, n) => bad({ ...s, body: JSON.stringify(JSON.stringify(s.body)) }, n, { message: 'expected an object' }),
  },
  {
    name: 'empty body',
    on: withBody,
    rules: /^request\/empty-body$/,
    inject: (s, n) => bad({ ...s, body: '' }, n, { message: 'body required' }),
  },
  {
    name: 'number as text',
    on: withBody,
    rules: /^schema\/request-type-differs-from-baseline$|^request\/validation-rejected$/,
    inject: (s, n) =>
      bad({ ...s, body: { ...body(s), quantity: String(body(s).quantity) } }, n, {
        errors: { quantity: ['must be an integer'] },
      }),
  },
  {
    name: 'boolean as text',
    on: ['create'],
    rules: /^schema\/request-type-differs-from-baseline$/,
    inject: (s, n) =>
      bad({ ...s, body: { ...body(s), express: body(s).express ? 'True' : 'False' } }, n, {
        message: 'express must be a boolean',
      }),
  },
  {
    name: 'one value where a list belongs',
    on: ['create'],
    rules: /^schema\/request-type-differs-from-baseline$/,
    inject: (s, n) =>
      bad({ ...s, body: { ...body(s), customer: JSON.stringify(body(s).customer) } }, n, {
        message: 'customer must be an object',
      }),
  },
  {
    name: 'member missing',
    on: ['create'],
    rules: /^schema\/request-member-missing-versus-baseline$/,
    inject: (s, n) =>
      bad({ ...s, body: Object.fromEntries(Object.entries(body(s)).filter(([name]) => name !== 'item')) }, n, {
        message: 'item is required',
      }),
  },
  {
    name: 'date in another notation',
    on: ['create'],
    rules: /^schema\/request-date-format$/,
    inject: (s, n) =>
      bad({ ...s, body: { ...body(s), due: String(body(s).due).replace(/(\d+)-(\d+)-(\d+)/, '$1/$2/$3') } }, n, {
        message: 'due must be a date',
      }),
  },
  // Answers
  {
    name: 'error inside a 200',
    on: ['read', 'create', 'user'],
    rules: /^response\/error-in-success$/,
    inject: (s) => ({ ...s, status: 200, answer: { success: false, error: 'the warehouse said no' } }),
  },
  {
    name: 'GraphQL error',
    on: ['graphql'],
    rules: /^response\/graphql-errors$/,
    inject: (s) => ({
      ...s,
      answer: {
        data: null,
        errors: [{ message: 'Cannot query field', extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }],
      },
    }),
  },
  {
    name: 'JSON-RPC error',
    on: ['rpc'],
    rules: /^response\/rpc-fault$/,
    inject: (s) => ({ ...s, answer: { jsonrpc: '2.0', id: 1, error: { code: -32602, message: 'Invalid params' } } }),
  },
  {
    name: 'answer cut off',
    on: reads,
    rules: /^response\/truncated-body$/,
    inject: (s) => ({
      ...s,
      answerHeaders: { 'Content-Length': '5000', 'Content-Type': 'application/json' },
      answer: '{"id":',
      failure: { phase: 'response', code: 'ECONNRESET' },
    }),
  },
  {
    name: 'malformed JSON in the answer',
    teaches: true,
    on: reads,
    rules: /^response\/malformed-json$/,
    inject: (s) => ({ ...s, answerHeaders: { 'Content-Type': 'application/json' }, answer: '{"id": 1,}' }),
  },
  {
    name: 'a page instead of data',
    teaches: true,
    on: reads,
    rules: /^response\/html-instead-of-api$/,
    inject: (s) => ({
      ...s,
      answerHeaders: { 'Content-Type': 'text/html' },
      answer: '<!doctype html><html><title>Welcome</title></html>',
    }),
  },
  {
    name: 'type of a member changed',
    teaches: true,
    on: ['read', 'user'],
    rules: /^schema\/response-type-changed$/,
    inject: (s) => ({ ...s, answer: { ...(s.answer as object), id: 'x17' } }),
  },
  {
    name: 'member vanished',
    teaches: true,
    on: ['read', 'user'],
    rules: /^schema\/response-member-vanished$/,
    inject: (s) => ({ ...s, answer: Object.fromEntries(Object.entries(s.answer as object).slice(0, -1)) }),
  },
  {
    name: 'null where never was one',
    teaches: true,
    on: ['read', 'user'],
    rules: /^schema\/response-unexpected-null$/,
    inject: (s) => ({ ...s, answer: { ...(s.answer as object), id: null } }),
  },
  // Servers, limits, network
  {
    name: 'internal error',
    rules: /^server\/internal-error$/,
    inject: (s, n) => answered(s, n, 500, { message: 'Internal Server Error', requestId: 'r-1' }),
  },
  {
    name: 'bad gateway',
    rules: /^server\/bad-gateway$/,
    inject: (s, n) =>
      answered(
        s,
        n,
        502,
        '<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>',
        { 'Content-Type': 'text/html', Server: 'nginx' },
      ),
  },
  {
    name: 'maintenance',
    rules: /^server\/unavailable$/,
    inject: (s, n) => answered(s, n, 503, { message: 'Down for scheduled maintenance' }, { 'Retry-After': '600' }),
  },
  {
    name: 'gateway timeout',
    rules: /^server\/gateway-timeout$/,
    inject: (s, n) => answered(s, n, 504, { message: 'Gateway Timeout' }),
  },
  {
    name: 'database trouble',
    rules: /^server\/backend-failure$/,
    inject: (s) => answered(s, 1, 500, { message: 'SQLSTATE[HY000] too many connections' }),
  },
  {
    name: 'rate limit',
    rules: /^ratelimit\/exceeded$/,
    inject: (s, n) => answered(s, n, 429, { message: 'Too many requests' }, { 'Retry-After': '30' }),
  },
  { name: 'unknown host', rules: /^network\/dns-failure$/, inject: (s) => failed(s, 'resolve', 'ENOTFOUND') },
  {
    name: 'refused connection',
    rules: /^network\/connection-refused$/,
    inject: (s) => failed(s, 'connect', 'ECONNREFUSED'),
  },
  {
    name: 'connection times out',
    rules: /^network\/connect-timeout$/,
    inject: (s) => failed(s, 'connect', 'ETIMEDOUT', 30_000),
  },
  {
    name: 'connection reset',
    rules: /^network\/connection-reset$/,
    inject: (s) => failed(s, 'response', 'ECONNRESET'),
  },
  {
    name: 'expired certificate',
    rules: /^network\/tls-certificate$/,
    inject: (s) => failed(s, 'tls', 'CERT_HAS_EXPIRED'),
  },
  {
    name: 'no answer in time',
    rules: /^network\/response-timeout$/,
    inject: (s) => failed(s, 'response', 'UPSTREAM_RESPONSE_TIMEOUT', 60_000),
  },
]
