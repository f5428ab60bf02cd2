// The server's own words, in every format servers write them in.
import t from 'tap'
import { type ExchangeSketch, exampleExchanges } from '../../src/diagnose/example-exchange.ts'
import type { ExtractedError } from '../../src/diagnose/extracted-error.ts'
import { valueAt } from '../../src/diagnose/json-value.ts'
import { errorFormats } from '../../src/diagnose/known-error-formats.ts'
import { subjectOf } from '../../src/diagnose/read-subject.ts'

type Sample = Partial<ExchangeSketch> & {
  readonly format: string
  readonly code?: string
  readonly message?: string
  readonly fields?: readonly string[]
  readonly rest?: Partial<ExtractedError>
}

const xml = { 'Content-Type': 'application/xml' }
const samples: readonly Sample[] = [
  {
    format: 'messages by field',
    answer: { errors: ['API key required', 'and more'] },
    message: 'API key required; and more',
  },
  {
    format: 'RFC 9457 problem',
    answerHeaders: { 'Content-Type': 'application/problem+json' },
    answer:
      '{"type":"https://api.test/problems/credit","title":"Not enough credit","status":403,"detail":"Balance is 30","errors":[{"pointer":"#/amount","detail":"too large"}]}',
    code: 'https://api.test/problems/credit',
    message: 'Not enough credit: Balance is 30',
    fields: ['/amount'],
    rest: { docUrl: 'https://api.test/problems/credit' },
  },
  {
    format: 'RFC 9457 problem',
    answer: {
      type: 'about:blank',
      title: 'One or more validation errors occurred.',
      status: 400,
      errors: { Name: ['is required'] },
    },
    code: '400',
    message: 'One or more validation errors occurred.',
    fields: ['Name'],
  },
  {
    format: 'Google AIP-193',
    answer: {
      error: {
        code: 429,
        message: 'Quota exceeded',
        status: 'RESOURCE_EXHAUSTED',
        details: [
          { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'RATE_LIMIT' },
          { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '12s' },
          {
            '@type': 'type.googleapis.com/google.rpc.BadRequest',
            fieldViolations: [{ field: 'name', description: 'too long' }],
          },
        ],
      },
    },
    code: 'RESOURCE_EXHAUSTED RATE_LIMIT',
    message: 'Quota exceeded',
    fields: ['name'],
    rest: { retryAfter: 12 },
  },
  {
    format: 'JSON:API',
    answer: {
      errors: [
        {
          status: '422',
          code: 'blank',
          title: 'Invalid',
          detail: "name can't be blank",
          source: { pointer: '/data/attributes/name' },
        },
      ],
    },
    code: 'blank',
    message: "Invalid: name can't be blank",
    fields: ['/data/attributes/name'],
  },
  {
    format: 'OAuth 2',
    answer: { error: 'invalid_grant', error_description: 'Code expired', error_uri: 'https://id.test/help' },
    code: 'invalid_grant',
    message: 'Code expired',
    rest: { docUrl: 'https://id.test/help' },
  },
  {
    format: 'Stripe and OpenAI style',
    answer: {
      error: {
        type: 'card_error',
        code: 'card_declined',
        decline_code: 'insufficient_funds',
        message: 'Your card was declined.',
        param: 'source',
        doc_url: 'https://docs.test/card',
      },
    },
    code: 'card_declined',
    message: 'Your card was declined.',
    fields: ['source'],
  },
  {
    format: 'Stripe and OpenAI style',
    answer: {
      error: {
        message: 'Incorrect API key provided',
        type: 'invalid_request_error',
        param: null,
        code: 'invalid_api_key',
      },
    },
    code: 'invalid_api_key',
    message: 'Incorrect API key provided',
  },
  {
    format: 'GitHub',
    answer: {
      message: 'Validation Failed',
      errors: [{ resource: 'Issue', field: 'title', code: 'missing_field' }],
      documentation_url: 'https://docs.test/issues',
    },
    message: 'Validation Failed',
    fields: ['title'],
    rest: { docUrl: 'https://docs.test/issues' },
  },
  {
    format: 'Slack',
    status: 200,
    answer: { ok: false, error: 'missing_scope', needed: 'chat:write', provided: 'users:read,team:read' },
    code: 'missing_scope',
    message: 'missing_scope',
    rest: { needed: ['chat:write'], provided: ['users:read', 'team:read'] },
  },
  {
    format: 'Twilio',
    answer: { code: 21211, message: 'The number is not valid', more_info: 'https://docs.test/21211', status: 400 },
    code: '21211',
    message: 'The number is not valid',
  },
  { format: 'messages by field', answer: { errors: 'Not Found' }, message: 'Not Found' },
  {
    format: 'messages by field',
    answer: { errors: { title: ["can't be blank"] } },
    message: "title: can't be blank",
    fields: ['title'],
  },
  {
    format: 'messages by field',
    answer: { message: 'The given data was invalid.', errors: { email: ['is taken'] } },
    message: 'The given data was invalid.',
    fields: ['email'],
  },
  {
    format: 'messages by field',
    answer: { name: ['This field is required.'] },
    message: 'name: This field is required.',
    fields: ['name'],
  },
  {
    format: 'messages by field',
    answer: { detail: [{ loc: ['body', 'age'], msg: 'value is not a valid integer', type: 'type_error.integer' }] },
    message: 'value is not a valid integer',
    fields: ['age'],
  },
  { format: 'messages by field', answer: { detail: 'Not found.' }, message: 'Not found.' },
  {
    format: 'Salesforce',
    answer: [{ errorCode: 'REQUIRED_FIELD_MISSING', message: 'Required fields are missing: [Name]', fields: ['Name'] }],
    code: 'REQUIRED_FIELD_MISSING',
    message: 'Required fields are missing: [Name]',
    fields: ['Name'],
  },
  {
    format: 'AWS JSON',
    answer: { __type: 'com.amazon.coral.service#ThrottlingException', Message: 'Rate exceeded' },
    code: 'ThrottlingException',
    message: 'Rate exceeded',
  },
  {
    format: 'AWS XML',
    answerHeaders: xml,
    answer:
      '<?xml version="1.0"?><Error><Code>NoSuchKey</Code><Message>The key does not exist.</Message><RequestId>ABC</RequestId></Error>',
    code: 'NoSuchKey',
    message: 'The key does not exist.',
    rest: { requestId: 'ABC' },
  },
  {
    format: 'AWS XML',
    answerHeaders: xml,
    answer:
      '<Response><Errors><Error><Code>InvalidAction</Code><Message>unknown</Message></Error></Errors><RequestID>r</RequestID></Response>',
    code: 'InvalidAction',
    message: 'unknown',
    rest: { requestId: 'r' },
  },
  {
    format: 'Microsoft and OData',
    answer: {
      error: {
        code: 'BadArgument',
        message: 'Multiple errors',
        details: [{ code: 'NullValue', target: 'PhoneNumber', message: 'must not be null' }],
      },
    },
    code: 'BadArgument',
    message: 'Multiple errors',
    fields: ['PhoneNumber'],
  },
  {
    format: 'Microsoft and OData',
    answer: { 'odata.error': { code: '-1', message: { lang: 'en', value: 'Item missing' } } },
    code: '-1',
    message: 'Item missing',
  },
  {
    format: 'Reddit',
    answer: { json: { errors: [['BAD_SR_NAME', "that name isn't going to work", 'name']] } },
    code: 'BAD_SR_NAME',
    message: "that name isn't going to work",
    fields: ['name'],
  },
  {
    format: 'Cloudflare',
    answer: {
      success: false,
      errors: [
        { code: 6003, message: 'Invalid request headers', error_chain: [{ code: 6111, message: 'Invalid format' }] },
      ],
    },
    code: '6003',
    message: 'Invalid request headers: Invalid format',
  },
  {
    format: 'GraphQL',
    answer: {
      data: null,
      errors: [{ message: 'Not allowed', path: ['user', 'email'], extensions: { code: 'FORBIDDEN' } }],
    },
    code: 'FORBIDDEN',
    message: 'Not allowed',
    fields: ['user.email'],
  },
  {
    format: 'JSON-RPC',
    answer: { jsonrpc: '2.0', id: 1, error: { code: -32601, message: 'Method not found' } },
    code: '-32601',
    message: 'Method not found',
  },
  {
    format: 'SOAP',
    answerHeaders: xml,
    answer:
      '<s:Envelope xmlns:s="x"><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>No id</faultstring></s:Fault></s:Body></s:Envelope>',
    code: 's:Client',
    message: 'No id',
  },
  {
    format: 'SOAP',
    answerHeaders: xml,
    answer:
      '<e:Envelope xmlns:e="y"><e:Body><e:Fault><e:Code><e:Value>e:Sender</e:Value></e:Code><e:Reason><e:Text xml:lang="en">Bad</e:Text></e:Reason></e:Fault></e:Body></e:Envelope>',
    code: 'e:Sender',
    message: 'Bad',
  },
  {
    format: 'XML-RPC',
    answerHeaders: xml,
    answer:
      '<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>4</int></value></member><member><name>faultString</name><value><string>Too many</string></value></member></struct></value></fault></methodResponse>',
    code: '4',
    message: 'Too many',
  },
  {
    format: 'XML error',
    answerHeaders: xml,
    answer: '<interface-response><errors><Err1>Domain not found</Err1></errors></interface-response>',
    message: 'Domain not found',
  },
  {
    format: 'gRPC',
    status: 200,
    answerHeaders: { 'Content-Type': 'application/grpc' },
    trailers: { 'grpc-status': '5', 'grpc-message': 'no%20such%20item' },
    code: '5',
    message: 'no such item',
  },
  {
    format: 'HTML',
    answerHeaders: { 'Content-Type': 'text/html' },
    answer:
      '<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>',
    message: '502 Bad Gateway',
  },
  {
    format: 'unnamed format',
    answer: { status: { code: '13', message: 'Domain is not exists' } },
    code: '13',
    message: 'Domain is not exists',
  },
  {
    format: 'unnamed format',
    answerHeaders: { 'Content-Type': 'text/plain' },
    answer: 'Account  suspended\n',
    message: 'Account suspended',
  },
]

const read = (sketch: Partial<ExchangeSketch>) => {
  const [observed] = exampleExchanges([{ request: 'GET https://api.test/things', status: 400, ...sketch }])
  if (!observed) throw new Error('a sketch makes one exchange')
  return subjectOf(observed)
}

t.test('each format is read, whoever comes before it in the list', (t) => {
  for (const { format, code, message, fields = [], rest, ...sketch } of samples) {
    const subject = read(sketch)
    const { error } = subject
    const name = `${format}: ${message}`
    t.equal(error?.format, format, name)
    t.equal(error?.code, code, `${name}: code`)
    t.equal(error?.message, message, `${name}: message`)
    t.strictSame(
      error?.fields.map(({ path }) => path),
      fields,
      `${name}: fields`,
    )
    if (rest) t.match(error, rest, `${name}: rest`)
    if (error?.pointer !== undefined)
      t.ok(valueAt(subject.response?.value, error.pointer) !== undefined, `${name}: the pointer leads to it`)
  }
  t.strictSame(
    errorFormats.map(({ name }) => name).filter((name) => !samples.some(({ format }) => format === name)),
    [],
    'every format has a sample',
  )
  t.end()
})

t.test('a request id is found in fields and in the body', (t) => {
  t.equal(read({ answerHeaders: { 'X-Request-Id': 'r-1' }, answer: { message: 'no' } }).error?.requestId, 'r-1')
  t.equal(read({ answer: { message: 'no', request_id: 'r-2' } }).error?.requestId, 'r-2')
  t.end()
})

t.test('what says nothing is not quoted', (t) => {
  for (const answer of [undefined, {}, [], { error: 403 }, 'x'.repeat(5000)])
    t.equal(
      read({ answerHeaders: { 'Content-Type': 'text/plain' }, answer }).error?.message,
      undefined,
      JSON.stringify(answer)?.slice(0, 40),
    )
  t.end()
})

t.test('pages made to be slow are read in time', (t) => {
  const pages = [
    '<!--a-->'.repeat(8000),
    '<title>'.repeat(9000),
    `<html>${'<script>'.repeat(8000)}`,
    '<'.repeat(65_000),
    `<html>${'<input '.repeat(9000)}`,
    `<a>${'<b>'.repeat(190)}`,
    `<x ${'a="" '.repeat(20_000)}`,
  ]
  for (const answer of pages) {
    const begun = performance.now()
    const subject = read({
      answerHeaders: { 'Content-Type': 'text/html', 'WWW-Authenticate': 'a '.repeat(30_000) },
      answer,
    })
    t.ok(subject.error === undefined || subject.error.message !== '')
    t.ok(performance.now() - begun < 500, `${answer.slice(0, 12)}… in ${Math.round(performance.now() - begun)} ms`)
  }
  t.end()
})

t.test('an answer that was cut off says what its whole members say', (t) => {
  const json = { 'Content-Type': 'application/json' }
  const whole =
    '{"error":{"code":"db_down","message":"The database is\\n down","n":[1,-2.5e3,true,null,{"a":"\\u00fc"}],"trace":"at f"}} '
  const cut = (to: number, more: Partial<ExchangeSketch> = {}) =>
    read({ status: 500, answerHeaders: json, answer: whole.slice(0, to), ...more }).error
  const after = whole.indexOf('"n"')
  for (let to = after; to < whole.length - 2; to++) {
    t.equal(cut(to)?.message, 'The database is\n down', whole.slice(after, to))
    t.equal(cut(to)?.code, 'db_down')
    t.equal(cut(to)?.pointer, undefined, 'no pointer leads into it')
  }
  t.equal(cut(whole.indexOf('\\n down'))?.message, 'The database is…', 'what was begun is shown as begun')
  t.equal(cut(whole.lastIndexOf('down"'), { truncated: true })?.code, 'db_down', 'kept in part only')
  t.equal(cut(20)?.message, whole.slice(0, 20), 'where nothing is whole, the text itself')
  t.strictSame(
    read({
      status: 422,
      answerHeaders: json,
      answer: '{"errors":[{"field":"a","message":"must be text"},{"field":"b","mess',
    }).error?.fields.map(({ path }) => path),
    ['a'],
  )
  t.equal(
    read({ status: 500, answerHeaders: json, answer: "{'message': 'no JSON'}" }).error?.message,
    "{'message': 'no JSON'}",
    'what is no JSON at all is not mended',
  )
  t.end()
})

t.test('members named in XML are told one by one', (t) => {
  const read500 = (detail: string) =>
    read({
      status: 500,
      answerHeaders: xml,
      answer: `<s:Envelope xmlns:s="u"><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>Invalid</faultstring><detail>${detail}</detail></s:Fault></s:Body></s:Envelope>`,
    }).error
  const listed = read500(
    '<v:Fault xmlns:v="x"><v:field><v:name>customer.email</v:name><v:message>must not be empty</v:message></v:field><v:field><v:name>qty</v:name><v:message>too small</v:message><v:code>MIN</v:code></v:field></v:Fault>',
  )
  t.strictSame(listed?.fields, [
    { path: 'customer.email', message: 'must not be empty' },
    { path: 'qty', message: 'too small', code: 'MIN' },
  ])
  t.equal(listed?.message, 'Invalid')
  const words = read500('<a:Info xmlns:a="x">Disk full\n on node 3</a:Info>')
  t.strictSame([words?.message, words?.fields], ['Invalid: Disk full on node 3', []])
  t.strictSame(
    read({
      status: 422,
      answerHeaders: xml,
      answer: '<errors><error field="age">must be a number</error></errors>',
    }).error?.fields,
    [{ path: 'age', message: 'must be a number' }],
  )
  t.strictSame(
    read({ status: 400, answerHeaders: xml, answer: '<Error><Code>X</Code><Message>No such thing</Message></Error>' })
      .error?.fields,
    [],
  )
  t.end()
})

t.test('what belongs to the whole, to the error or to a language is no member of the request', (t) => {
  const none: readonly (readonly [answer: unknown, message: string])[] = [
    [{ errors: { base: ['The order is closed'] } }, 'The order is closed'],
    [{ errors: { '': ['The order is closed'] } }, 'The order is closed'],
    [{ error_messages: ['No access', 'Ask an owner'] }, 'No access; Ask an owner'],
    [{ error: { text: 'The order is closed' } }, 'The order is closed'],
    [{ error: { en: 'The order is closed', de: 'Die Bestellung ist abgeschlossen' } }, 'The order is closed'],
    [{ error: { errors: [{ reason: 'closed', message: 'The order is closed' }] } }, 'The order is closed'],
  ]
  for (const [answer, message] of none) {
    const { error } = read({ status: 422, answer })
    t.strictSame([error?.message, error?.fields], [message, []], JSON.stringify(answer))
  }
  const fields = (answer: unknown) => read({ status: 422, answer }).error?.fields.map(({ path }) => path)
  t.strictSame(fields({ data: { title: { code: 'required', message: 'Missing' } } }), ['title'])
  t.strictSame(fields({ errors: { base: ['is closed'], to: ['is unknown'] } }), ['to'])
  t.strictSame(
    fields({ errors: [{ instancePath: '/a', params: { missingProperty: 'b/c' }, message: 'must have b/c' }] }),
    ['/a/b~1c'],
  )
  t.end()
})
