// Whatever words a server uses with whatever status, its refusal gets exactly one primary finding, quoted where it spoke.
import { createHash } from 'node:crypto'
import t from 'tap'
import { groupOf } from '../../src/diagnose/compose-findings.ts'
import { createDiagnosis } from '../../src/diagnose/diagnose.ts'
import { type ExchangeSketch, exampleExchanges } from '../../src/diagnose/example-exchange.ts'

const hash = (octets: Uint8Array | string) => createHash('sha256').update(octets).digest('hex')
/** One or two for each word list and each exception from it. */
const said = [
  ...['Unauthorized', 'Invalid API key', 'missing key: name', 'Password is required', 'Please log in first'],
  ...['The token has expired', 'Card expired', 'permission denied', 'missing scope read:users', 'role is invalid'],
  ...['Rate limit exceeded', 'File size limit exceeded', 'disk quota exceeded', 'Too many requests', 'throttled'],
  ...['monthly quota used up', 'Monthly report is for admins', 'payment required', 'API version not supported'],
  ...['timestamp is in the future', 'clock skew too large', 'Use a 24 hour clock', 'RequestTimeTooSkewed'],
  ...['already exists', 'conflicting parameters a and b', 'etag mismatch', 'version mismatch', 'does not exist'],
  ...[
    'maintenance',
    'overloaded',
    'SQLSTATE[23000]',
    'User-Agent header required',
    'csrf token missing',
    'otp required',
  ],
  ...['Idempotency key reused', 'content type not supported', 'payload too large', 'method not allowed', ''],
]
const statuses = [
  400, 401, 402, 403, 404, 405, 406, 408, 409, 410, 411, 412, 413, 414, 415, 416, 417, 418, 419, 421, 422,
]
const more = [
  423, 424, 425, 426, 428, 429, 431, 440, 444, 451, 494, 498, 499, 500, 501, 502, 503, 504, 505, 507, 508, 511,
]
const rest = [520, 522, 525, 529, 530, 598, 599, 600, 999]

/** Kinds of cause a status leaves room for: a client's mistake is no fault of the server, nor the reverse. */
const kinds: Readonly<Record<number, string>> = {
  400: 'request schema header auth ratelimit version',
  401: 'auth',
  402: 'ratelimit request',
  403: 'auth ratelimit request network header',
  404: 'request auth version',
  405: 'request',
  409: 'request header retry',
  410: 'request version',
  412: 'header request',
  413: 'request',
  415: 'header request',
  422: 'request schema header auth version',
  429: 'ratelimit',
}
const ofServer = 'server network ratelimit request'

const ways: readonly (readonly [name: string, make: (text: string) => Partial<ExchangeSketch>])[] = [
  ['JSON', (text) => ({ answer: { message: text, code: 17 } })],
  ['OAuth', (text) => ({ answer: { error: 'invalid_request', error_description: text } })],
  ['text', (text) => ({ answer: text, answerHeaders: { 'Content-Type': 'text/plain' } })],
  [
    'page',
    (text) => ({ answer: `<html><title>${text}</title></html>`, answerHeaders: { 'Content-Type': 'text/html' } }),
  ],
]
const calls: readonly (readonly [
  name: string,
  call: Pick<ExchangeSketch, 'request' | 'headers' | 'body' | 'imported'>,
])[] = [
  ['read', { request: 'GET https://api.test/items/7', headers: { Authorization: 'Bearer 0123456789abcdef' } }],
  ['anonymous', { request: 'GET https://api.test/items/7' }],
  [
    'write',
    { request: 'POST https://api.test/items', body: { name: 'a' }, headers: { 'X-Api-Key': '0123456789abcdef' } },
  ],
  [
    'token',
    {
      request: 'POST https://id.test/connect',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'grant_type=password&username=a',
    },
  ],
  ['sign-in', { request: 'POST https://api.test/login', body: { user: 'a', pass: 'b' } }],
  ['recorded', { request: 'GET https://api.test/items/7', imported: true }],
]

/** What a token endpoint refuses is always about credentials; unregistered statuses leave room for anything. */
const kindsOf = (status: number, call: string): string =>
  `${kinds[status] ?? (status >= 500 && status < 512 ? ofServer : anything)}${call === 'token' ? ' auth' : ''}`
const anything = 'request schema header auth ratelimit version server network retry response'

for (const [call, request] of calls)
  t.test(`${call}: every refusal is told once and quoted`, async (t) => {
    const untold: string[] = []
    const diagnosis = createDiagnosis({ hash, now: () => 0, onRuleFailure: (id) => untold.push(`${id} threw`) })
    let n = 0
    for (const status of [...statuses, ...more, ...rest])
      for (const text of said) {
        const [way, make] = ways[n++ % ways.length] ?? []
        // Each from a server of its own, so that none is judged by what the others said.
        const sketch = { ...request, request: request.request.replace('.test', `-${n}.test`), status, ...make?.(text) }
        const [one] = exampleExchanges([sketch])
        if (!one) continue
        const observed = { ...one, exchange: { ...one.exchange, id: `refusal${n}` } }
        const findings = diagnosis.observe(observed)[0]?.findings ?? []
        const leads = findings.filter(({ primary }) => primary)
        const where = `${status} ${way} "${text}"`
        if (leads.length !== 1 || leads[0]?.level !== 'error') untold.push(`${where}: ${leads.length} primary findings`)
        else if (!kindsOf(status, call).includes(groupOf(leads[0].ruleId)))
          untold.push(`${where}: ${leads[0].ruleId} cannot be its cause`)
        else if (text !== '' && !leads[0].quote) untold.push(`${where}: ${leads[0].ruleId} quotes nothing`)
      }
    t.ok(n > 2000, `${n} refusals`)
    t.strictSame(untold, [])
  })

t.test('words about a member are no secret, its value is one', async (t) => {
  const told = (answer: unknown, answerHeaders: Readonly<Record<string, string>> = {}) => {
    const [observed] = exampleExchanges([
      {
        request: 'POST https://api.test/users',
        body: { name: 'a' },
        status: 422,
        answerHeaders,
        answer,
      },
    ])
    if (!observed) throw new Error('no exchange')
    return JSON.stringify(createDiagnosis({ hash, now: () => 0 }).observe(observed))
  }
  t.match(
    told({ errors: { password: 'is too short', token: 'invalid' }, message: 'password is too short' }),
    'is too short',
  )
  t.match(told({ token: 'invalid', errors: ['the token of this application is invalid'] }), 'application is invalid')
  t.notMatch(told({ token: 'tok4f7a9b2c', message: 'tok4f7a9b2c was used before' }), 'tok4f7a9b2c')
  t.notMatch(
    told('{"message":"tok4f7a9b2c was used before","token":"tok4f7a9b2c","trace":"at f', {
      'Content-Type': 'application/json',
    }),
    'tok4f7a9b2c',
    'of an answer that was cut off, too',
  )
})
