// Rate limits in every dialect, retries, versions and deprecation.
import type { LabCase } from './lab-case.ts'

const epoch = (seconds: number): string => String(Math.floor(Date.now() / 1000) + seconds)
const limited = { status: 429, body: { error: 'Too many requests' } }

/** One 429 (or other refusal) with fields of one dialect, and the field that must be evidence. */
const dialect = (name: string, headers: Readonly<Record<string, string>>, field: string, status = 429): LabCase => ({
  name,
  answers: [{ status, headers, body: { message: 'API rate limit exceeded' } }],
  rule: 'ratelimit/exceeded',
  at: { at: 'response.header', name: field },
})

export const limitCases: readonly LabCase[] = [
  dialect('limit-retry-after', { 'Retry-After': '30' }, 'Retry-After'),
  dialect('limit-retry-after-ms', { 'retry-after-ms': '1500' }, 'retry-after-ms'),
  dialect('limit-structured', { RateLimit: '"burst";r=0;t=20', 'RateLimit-Policy': '"burst";q=100;w=60' }, 'RateLimit'),
  dialect(
    'limit-draft-fields',
    { 'RateLimit-Limit': '100', 'RateLimit-Remaining': '0', 'RateLimit-Reset': '20' },
    'RateLimit-Reset',
  ),
  dialect(
    'limit-github-403',
    {
      'X-RateLimit-Limit': '60',
      'X-RateLimit-Remaining': '0',
      'X-RateLimit-Reset': epoch(600),
      'X-RateLimit-Resource': 'core',
    },
    'X-RateLimit-Reset',
    403,
  ),
  dialect(
    'limit-twitter',
    { 'x-rate-limit-limit': '15', 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': epoch(300) },
    'x-rate-limit-reset',
  ),
  dialect(
    'limit-openai',
    { 'x-ratelimit-limit-tokens': '150000', 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '6m0s' },
    'x-ratelimit-reset-tokens',
  ),
  dialect(
    'limit-decimals',
    { 'X-Ratelimit-Used': '600', 'X-Ratelimit-Remaining': '0.0', 'X-Ratelimit-Reset': '177' },
    'X-Ratelimit-Reset',
  ),
  dialect('limit-shopify', { 'X-Shopify-Shop-Api-Call-Limit': '40/40', 'Retry-After': '2.0' }, 'Retry-After'),
  dialect(
    'limit-kong',
    { 'X-RateLimit-Limit-Minute': '20', 'X-RateLimit-Remaining-Minute': '0' },
    'X-RateLimit-Remaining-Minute',
  ),
  {
    name: 'limit-without-a-word',
    answers: [{ status: 429 }],
    rule: 'ratelimit/exceeded',
    at: { at: 'response.status' },
  },
  {
    name: 'limit-as-503',
    answers: [{ status: 503, body: { error: 'SlowDown: please reduce your request rate' } }],
    rule: 'ratelimit/exceeded',
    at: { at: 'response.status' },
  },
  {
    name: 'quota-used-up',
    answers: [
      {
        status: 429,
        body: {
          error: { code: 'insufficient_quota', message: 'You exceeded your current quota, please check your plan' },
        },
      },
    ],
    rule: 'ratelimit/quota-exhausted',
    at: { at: 'response.status' },
  },
  {
    name: 'payment-required',
    answers: [{ status: 402, body: { message: 'Account has no credit' } }],
    rule: 'ratelimit/quota-exhausted',
    at: { at: 'response.status' },
  },
  {
    name: 'last-request-allowed',
    answers: [{ status: 200, headers: { 'X-RateLimit-Limit': '60', 'X-RateLimit-Remaining': '0' }, body: [] }],
    rule: 'ratelimit/approaching',
    at: { at: 'response.header', name: 'X-RateLimit-Remaining' },
    beside: true,
  },
  {
    name: 'retry-after-ignored',
    asks: [{}, { after: 50 }],
    answers: [{ ...limited, headers: { 'Retry-After': '30' } }],
    rule: 'retry/after-ignored',
    at: { at: 'response.header', name: 'Retry-After' },
    beside: true,
  },
  {
    name: 'retry-storm',
    // So many that some of the pauses may grow by chance, on a machine that is busy.
    asks: Array.from({ length: 15 }, () => ({ after: 100 })),
    answers: [{ status: 503 }],
    rule: 'retry/storm',
    at: { at: 'session' },
    beside: true,
  },
  {
    name: 'payment-sent-twice',
    asks: [{ body: { amount: 5 } }, { body: { amount: 5 } }],
    answers: [{ status: 504 }, { status: 201, body: { id: 9 } }],
    rule: 'retry/non-idempotent',
    at: { at: 'session' },
    beside: true,
  },
  {
    name: 'refusal-repeated',
    asks: [{ body: { a: 1 } }, { body: { a: 1 } }, { body: { a: 1 } }],
    answers: [{ status: 422, body: { error: 'a is too small' } }],
    rule: 'retry/non-retryable',
    at: { at: 'response.status' },
    beside: true,
  },
  {
    name: 'worked-at-second-attempt',
    asks: [{}, {}],
    answers: [{ status: 503 }, { status: 200, body: {} }],
    rule: 'retry/recovered',
    at: { at: 'session' },
    beside: true,
  },
  {
    name: 'deprecated-endpoint',
    answers: [
      { status: 200, headers: { Deprecation: '@1767225600', Link: '</v2/items>; rel="successor-version"' }, body: [] },
    ],
    rule: 'version/deprecated',
    at: { at: 'response.header', name: 'Deprecation' },
    beside: true,
  },
  {
    name: 'sunset-announced',
    answers: () => ({
      status: 200,
      headers: { Sunset: new Date(Date.now() + 30 * 86_400_000).toUTCString() },
      body: [],
    }),
    rule: 'version/sunset',
    at: { at: 'response.header', name: 'Sunset' },
    beside: true,
  },
  {
    name: 'version-refused',
    asks: [{ path: '?api-version=2019-01-01' }],
    answers: [
      {
        status: 400,
        body: {
          error: { code: 'UnsupportedApiVersion', message: 'The api version is not supported. Supported: 2024-05-01' },
        },
      },
    ],
    rule: 'version/unsupported',
    at: { at: 'request.query', name: 'api-version' },
  },
  {
    name: 'other-version-worked',
    asks: [{ headers: { 'Api-Version': '2024-01' } }, { headers: { 'Api-Version': '2025-07' } }],
    answers: [
      { status: 200, body: [] },
      { status: 400, body: { error: 'no' } },
    ],
    rule: 'version/mismatch-versus-baseline',
    at: { at: 'request.header', name: 'Api-Version' },
  },
]
