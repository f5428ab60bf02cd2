// The one table of searchable properties: parser, completion, help popover and docs/filter.md all read it.

/** How values are read and compared; `field` takes the name of a field line before its value. */
export type PropertyType =
  | 'text'
  | 'host'
  | 'path'
  | 'word'
  | 'status'
  | 'number'
  | 'size'
  | 'duration'
  | 'time'
  | 'protocol'
  | 'cause'
  | 'field'
  | 'content'

/** What only the store knows and completion offers. */
export type FactName = 'hosts' | 'methods' | 'mimeTypes' | 'clients' | 'sessions' | 'causes' | 'codes' | 'fieldNames'

export type PropertyDescription = {
  readonly type: PropertyType
  readonly aliases: readonly string[]
  /** All there are (`word`), or the ones worth offering. */
  readonly values?: readonly string[]
  readonly facts?: FactName
  readonly example: string
  readonly help: string
}

const kinds = ['image', 'json', 'html', 'css', 'script', 'font', 'media', 'xml', 'text', 'form', 'binary', 'none']
const states = [
  'running',
  'complete',
  'failed',
  'held',
  'replayed',
  'imported',
  'captured',
  'pinned',
  'marked',
  'websocket',
  'tunnel',
  'http',
  'shed',
]
const parts = ['finding', 'body', 'request-body', 'response-body', 'messages', 'response', 'query']

const requestFields = ['authorization', 'content-type', 'cookie', 'user-agent', 'accept', 'origin', 'x-request-id']
const responseFields = [
  'content-type',
  'cache-control',
  'set-cookie',
  'location',
  'retry-after',
  'www-authenticate',
  'content-encoding',
  'access-control-allow-origin',
]

/** In the order of the help. */
export const propertyTable = {
  url: {
    type: 'text',
    aliases: [],
    example: 'url:token',
    help: 'The target URI contains this; a bare word means the same.',
  },
  domain: {
    type: 'host',
    aliases: ['host', 'hostname'],
    facts: 'hosts',
    example: 'domain:api.example.com',
    help: 'The host is this one or below it; `*` stands for anything; with a port, that port only; `=` takes host and port exactly.',
  },
  path: {
    type: 'path',
    aliases: [],
    example: 'path:/v1/users',
    help: 'The path begins with these segments; without a leading slash: the path or query contains this; `*` stands for anything.',
  },
  scheme: {
    type: 'word',
    aliases: [],
    values: ['http', 'https', 'ws', 'wss'],
    example: 'scheme:https',
    help: 'The scheme of the target URI.',
  },
  method: {
    type: 'text',
    aliases: [],
    facts: 'methods',
    values: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'],
    example: 'method:POST,PUT',
    help: 'The request method.',
  },
  status: {
    type: 'status',
    aliases: ['status-code'],
    values: ['2xx', '3xx', '4xx', '5xx', '>=400', '200', '401', '404', '500'],
    example: 'status:4xx',
    help: 'The status code: one, a class, a list, a range (`200-299`) or a comparison (`>=400`); 0 is no response.',
  },
  type: {
    type: 'word',
    aliases: ['resource-type'],
    values: kinds,
    example: '-type:image',
    help: 'The kind of content in the response.',
  },
  'mime-type': {
    type: 'text',
    aliases: ['mime', 'content-type'],
    facts: 'mimeTypes',
    example: 'mime-type:application/json',
    help: 'The media type of the response contains this.',
  },
  size: {
    type: 'size',
    aliases: ['response-size', 'body-size'],
    values: ['>10k', '>1mb', '0'],
    example: 'size>1mb',
    help: 'Octets of response content; `k` is 1,000 and `ki` 1,024 octets. `larger-than:10k` and `smaller-than:10k` mean the same.',
  },
  'request-size': {
    type: 'size',
    aliases: [],
    values: ['>10k', '>1mb', '0'],
    example: 'request-size>100k',
    help: 'Octets of request content.',
  },
  duration: {
    type: 'duration',
    aliases: ['time'],
    values: ['>500ms', '>2s'],
    example: 'duration>500ms',
    help: 'How long it took, in `us`, `ms` (also without a unit), `s` or `m`. `slower-than:` and `faster-than:` mean the same.',
  },
  header: {
    type: 'field',
    aliases: ['headers'],
    facts: 'fieldNames',
    values: [...new Set([...requestFields, ...responseFields])],
    example: 'header:x-request-id=abc',
    help: 'A field line of the request or response: its name, and what its value contains.',
  },
  'request-header': {
    type: 'field',
    aliases: ['has-request-header', 'req-header'],
    facts: 'fieldNames',
    values: requestFields,
    example: 'request-header:authorization',
    help: 'The same, in the request only.',
  },
  'response-header': {
    type: 'field',
    aliases: ['has-response-header', 'res-header'],
    facts: 'fieldNames',
    values: responseFields,
    example: 'response-header:retry-after',
    help: 'The same, in the response only.',
  },
  cookie: {
    type: 'text',
    aliases: ['cookie-name', 'set-cookie-name'],
    example: 'cookie:session',
    help: 'A cookie of this name was sent or set.',
  },
  body: {
    type: 'content',
    aliases: ['content'],
    example: 'body:"insufficient"',
    help: 'The decoded text of request or response contains this; found by a scan, newest first.',
  },
  'request-body': {
    type: 'content',
    aliases: ['req-body'],
    example: 'request-body:user_id',
    help: 'The decoded text of the request contains this.',
  },
  'response-body': {
    type: 'content',
    aliases: ['res-body'],
    example: 'response-body:/err(or)?_\\d+/',
    help: 'The decoded text of the response contains this.',
  },
  message: {
    type: 'content',
    aliases: ['messages'],
    example: 'message:subscribe',
    help: 'A WebSocket message or stream event contains this.',
  },
  everywhere: {
    type: 'content',
    aliases: ['any', 'anywhere'],
    example: 'everywhere:sk_live',
    help: 'URL, field lines, content or a message contain this.',
  },
  is: {
    type: 'word',
    aliases: [],
    values: states,
    example: 'is:failed',
    help: 'A state, an origin or a kind of exchange.',
  },
  has: { type: 'word', aliases: [], values: parts, example: 'has:finding', help: 'The exchange has such a part.' },
  level: {
    type: 'word',
    aliases: ['severity'],
    values: ['error', 'warning', 'note'],
    example: 'level:error',
    help: 'It has a finding of this level.',
  },
  cause: {
    type: 'cause',
    aliases: ['rule', 'finding'],
    facts: 'causes',
    example: 'cause:auth/*',
    help: 'It has a finding of this rule, or of this group of rules.',
  },
  code: {
    type: 'text',
    aliases: ['failure', 'error'],
    facts: 'codes',
    values: ['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'ETIMEDOUT'],
    example: 'code:ECONNREFUSED',
    help: 'The code of what made it fail contains this.',
  },
  mark: {
    type: 'number',
    aliases: ['marker', 'colour', 'color'],
    values: ['1', '2', '3', '4', '5', '6'],
    example: 'mark:2',
    help: 'Your colour mark, 1 to 6; 0 is none.',
  },
  since: {
    type: 'time',
    aliases: ['after'],
    values: ['10m', '1h', '14:00'],
    example: 'since:14:00',
    help: 'It began at or after this: a time of day, a date, a date with time, or so long ago (`10m`, `2h`, `1d`).',
  },
  until: {
    type: 'time',
    aliases: ['before'],
    values: ['10m', '1h', '14:00'],
    example: 'until:2026-11-22',
    help: 'It began before this.',
  },
  session: {
    type: 'text',
    aliases: [],
    facts: 'sessions',
    example: 'session:"login bug"',
    help: 'The name of its capture session contains this, or this is its id.',
  },
  client: {
    type: 'text',
    aliases: ['user-agent'],
    facts: 'clients',
    example: 'client:curl',
    help: 'The name of the program that asked contains this.',
  },
  protocol: {
    type: 'protocol',
    aliases: ['http-version'],
    values: ['h2', 'http/1.1', 'http/1.0'],
    example: 'protocol:h2',
    help: 'The protocol version of the response, or of the request where there is none.',
  },
  unread: {
    type: 'text',
    aliases: [],
    values: ['pass-through', 'not-http', 'client-rejected', 'upgrade'],
    example: 'unread:pass-through',
    help: 'Why a tunnel was not read.',
  },
  id: { type: 'text', aliases: [], example: 'id:0mzx4k2p00000001', help: 'One exchange, or a list of them.' },
} as const satisfies Readonly<Record<string, PropertyDescription>>
