// Faults of method, path, query, body and fields.
import type { LabCase } from './lab-case.ts'

const bad = { status: 400, body: { error: 'bad request' } }

export const requestCases: readonly LabCase[] = [
  {
    name: 'wrong-method',
    asks: [{ method: 'POST', body: { a: 1 } }],
    answers: [{ status: 405, headers: { Allow: 'GET, PUT' } }],
    rule: 'request/method-not-allowed',
    at: { at: 'response.header', name: 'Allow' },
  },
  {
    name: 'json-trailing-comma',
    asks: [{ headers: { 'Content-Type': 'application/json' }, body: '{\n  "name": "a",\n}' }],
    answers: [bad],
    rule: 'request/malformed-json',
    at: { at: 'request.body', line: 2, column: 14 },
  },
  {
    name: 'json-trailing-comma-by-curl',
    asks: [{ method: 'POST', by: 'curl', headers: { 'Content-Type': 'application/json' }, body: '{"name": "a",}' }],
    answers: [bad],
    rule: 'request/malformed-json',
    at: { at: 'request.body', line: 1, column: 13 },
  },
  {
    name: 'json-cut-off',
    asks: [{ headers: { 'Content-Type': 'application/json' }, body: '{"name": "Ada Lovel' }],
    answers: [bad],
    rule: 'request/malformed-json',
    at: { at: 'request.body', line: 1, column: 20 },
  },
  {
    name: 'xml-not-well-formed',
    asks: [
      { headers: { 'Content-Type': 'application/xml' }, body: '<order>\n  <name>Bed & Breakfast</name>\n</order>' },
    ],
    answers: [bad],
    rule: 'request/malformed-xml',
    at: { at: 'request.body', line: 2, column: 13 },
  },
  {
    name: 'multipart-without-boundary',
    asks: [
      {
        headers: { 'Content-Type': 'multipart/form-data' },
        body: '--x1\r\nContent-Disposition: form-data; name="f"\r\n\r\nhello\r\n--x1--\r\n',
      },
    ],
    answers: [bad],
    rule: 'request/malformed-multipart',
    at: { at: 'request.header', name: 'Content-Type' },
  },
  {
    name: 'json-twice',
    asks: [{ headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(JSON.stringify({ name: 'a' })) }],
    answers: [bad],
    rule: 'request/double-encoded',
    at: { at: 'request.body' },
  },
  {
    name: 'percent-sign-alone',
    asks: [{ path: '?q=100%&page=1' }],
    answers: [bad],
    rule: 'request/bad-url-encoding',
    at: { at: 'request.line' },
  },
  {
    name: 'undefined-in-path',
    asks: [{ path: '/users/undefined/orders' }],
    answers: [{ status: 404, body: { error: 'not found' } }],
    rule: 'request/unresolved-placeholder',
    at: { at: 'request.line' },
  },
  {
    name: 'template-in-query',
    asks: [{ path: '?user=%7B%7BuserId%7D%7D' }],
    answers: [bad],
    rule: 'request/unresolved-placeholder',
    at: { at: 'request.query', name: 'user' },
  },
  {
    name: 'slash-too-many',
    asks: [{ path: '/items' }, { path: '/items/' }],
    answers: [{ status: 200, body: [] }, { status: 404 }],
    rule: 'request/path-near-miss',
    at: { at: 'request.line' },
  },
  {
    name: 'no-such-id',
    asks: [{ path: '/items/1' }, { path: '/items/999' }],
    answers: [
      { status: 200, body: { id: 1 } },
      { status: 404, body: { error: 'no such item' } },
    ],
    rule: 'request/not-found',
    at: { at: 'request.line' },
  },
  {
    name: 'gone-with-successor',
    answers: [{ status: 410, headers: { Link: '</v2/items>; rel="successor-version"' } }],
    rule: 'request/gone',
    at: { at: 'response.header', name: 'Link' },
  },
  {
    name: 'body-missing',
    asks: [{ method: 'POST', body: { a: 1 } }, { method: 'POST' }],
    answers: [{ status: 201, body: { id: 1 } }, bad],
    rule: 'request/empty-body',
    at: { at: 'request.line' },
  },
  {
    name: 'body-too-large',
    asks: [{ body: { data: 'x'.repeat(20_000) } }],
    answers: [{ status: 413 }],
    rule: 'request/payload-too-large',
    at: { at: 'request.header', name: 'Content-Length' },
  },
  {
    name: 'address-too-long',
    asks: [{ path: `?ids=${'1234567,'.repeat(200)}` }],
    answers: [{ status: 414 }],
    rule: 'request/uri-too-long',
    at: { at: 'response.status' },
  },
  {
    name: 'created-twice',
    asks: [{ body: { email: 'a@b.test' } }, { body: { email: 'a@b.test' } }],
    answers: [
      { status: 201, body: { id: 7 } },
      { status: 409, body: { error: 'already exists' } },
    ],
    rule: 'request/conflict',
    at: { at: 'response.status' },
  },
  {
    name: 'field-refused',
    asks: [{ body: { name: 'Ada', age: 'abc' } }],
    answers: [{ status: 422, body: { message: 'Validation failed', errors: { age: ['must be a number'] } } }],
    rule: 'request/validation-rejected',
    at: { at: 'request.body', pointer: '/age' },
  },
  {
    name: 'parameter-missing',
    asks: [...[1, 2, 3].map((page) => ({ path: `/list?account=main&page=${page}` })), { path: '/list?page=4' }],
    answers: [{ status: 200, body: [] }, { status: 200, body: [] }, { status: 200, body: [] }, bad],
    rule: 'request/query-missing-versus-baseline',
    at: { at: 'request.query', name: 'account' },
  },
  {
    name: 'redirect-makes-get',
    asks: [{ method: 'POST', path: '/a', body: { a: 1 } }, { path: '/b' }],
    answers: (seen) =>
      seen.method === 'POST'
        ? { status: 302, headers: { Location: '/redirect-makes-get/b' } }
        : { status: 405, headers: { Allow: 'POST' } },
    rule: 'request/redirect-changed-method',
    at: { at: 'request.line' },
  },
  {
    name: 'redirect-circle',
    asks: [{ path: '/a' }, { path: '/b' }],
    answers: (seen) => ({
      status: 302,
      headers: { Location: `/redirect-circle/${seen.path.endsWith('a') ? 'b' : 'a'}` },
    }),
    rule: 'request/redirect-loop',
    at: { at: 'response.header', name: 'Location' },
  },
  {
    name: 'legal-reasons',
    answers: [{ status: 451 }],
    rule: 'request/client-error',
    at: { at: 'response.status' },
  },
  {
    name: 'json-labelled-as-form',
    asks: [{ headers: { 'Content-Type': 'application/x-www-form-urlencoded' }, body: '{"name":"a"}' }],
    answers: [bad],
    rule: 'header/content-type-body-mismatch',
    at: { at: 'request.header', name: 'Content-Type' },
  },
  {
    name: 'content-type-missing',
    asks: [{ body: '{"name":"a"}' }],
    answers: [{ status: 415, body: { error: 'no content type' } }],
    rule: 'header/missing-content-type',
    at: { at: 'request.header', name: 'Content-Type' },
  },
  {
    name: 'patch-type-not-accepted',
    asks: [{ method: 'PATCH', body: { a: 1 } }],
    answers: [{ status: 415, headers: { 'Accept-Patch': 'application/merge-patch+json' } }],
    rule: 'header/unsupported-media-type',
    at: { at: 'response.header', name: 'Accept-Patch' },
  },
  {
    name: 'not-acceptable',
    asks: [{ headers: { Accept: 'application/yaml' } }],
    answers: [{ status: 406 }],
    rule: 'header/not-acceptable',
    at: { at: 'request.header', name: 'Accept' },
  },
  {
    name: 'expectation-failed',
    asks: [{ method: 'PUT', headers: { Expect: 'miracle' }, body: { a: 1 }, by: 'curl' }],
    answers: [{ status: 417 }],
    rule: 'header/expectation-failed',
    at: { at: 'request.header', name: 'Expect' },
  },
  {
    name: 'headers-too-large',
    asks: [{ headers: { Cookie: `big=${'x'.repeat(9000)}` } }],
    answers: [{ status: 431 }],
    rule: 'header/too-large',
    at: { at: 'request.header', name: 'Cookie' },
  },
  {
    name: 'changed-meanwhile',
    asks: [{ method: 'PUT', headers: { 'If-Match': '"v1"' }, body: { a: 1 } }],
    answers: [{ status: 412 }],
    rule: 'header/precondition-failed',
    at: { at: 'request.header', name: 'If-Match' },
  },
  {
    name: 'precondition-wanted',
    asks: [{ method: 'PUT', body: { a: 1 } }],
    answers: [{ status: 428 }],
    rule: 'header/precondition-failed',
    at: { at: 'response.status' },
  },
  {
    name: 'user-agent-wanted',
    asks: [{ headers: { 'User-Agent': '' } }],
    answers: [{ status: 403, body: { message: 'Request forbidden: please set a User-Agent header' } }],
    rule: 'header/user-agent-required',
    at: { at: 'request.header', name: 'User-Agent' },
  },
  {
    name: 'get-with-body',
    // Without a length Node sends the body of a GET unframed.
    asks: [{ method: 'GET', headers: { 'Content-Length': '10' }, body: { size: 2 } }],
    answers: [{ status: 400, body: { error: 'GET must not have a body' } }],
    rule: 'request/body-on-get',
    at: { at: 'request.line' },
  },
]
