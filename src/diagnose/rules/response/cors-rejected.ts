// The server answered, and the browser hides the answer from the page.
import { requestHeader, responseHeader, status } from '../../evidence.ts'
import { listed } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

type Missing = { readonly field: string; readonly text: string; readonly brief: string }

const list = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter(Boolean)
/** Methods and fields a page may always use (Fetch §2.2). */
const safeMethods = ['get', 'head', 'post']

function missingFields(subject: Subject, preflight: boolean): Missing[] {
  const { request, response } = subject
  const answer = (name: string) => response?.header(name)
  const origin = request.header('origin') ?? ''
  const found: Missing[] = []
  const allowed = answer('access-control-allow-origin')
  const credentials = request.header('cookie') !== undefined || request.header('authorization') !== undefined
  const lines = response?.headerAll('access-control-allow-origin').length ?? 0
  if (allowed === undefined)
    found.push({
      field: 'Access-Control-Allow-Origin',
      text: `it is absent; it must be ${origin}`,
      brief: 'CORS: origin not allowed',
    })
  else if (lines > 1)
    found.push({
      field: 'Access-Control-Allow-Origin',
      text: 'it occurs several times',
      brief: 'CORS: origin sent twice',
    })
  else if (allowed !== '*' && allowed !== origin)
    found.push({
      field: 'Access-Control-Allow-Origin',
      text: `it names ${allowed}, the page is ${origin}`,
      brief: 'CORS: other origin named',
    })
  else if (allowed === '*' && credentials && !preflight)
    found.push({
      field: 'Access-Control-Allow-Origin',
      text: 'it is *, which browsers refuse for requests with credentials',
      brief: 'CORS: * with credentials',
    })
  if (!preflight) {
    if (
      credentials &&
      allowed !== undefined &&
      allowed !== '*' &&
      answer('access-control-allow-credentials') !== 'true' &&
      request.header('cookie') !== undefined
    )
      found.push({ field: 'Access-Control-Allow-Credentials', text: 'it must be true', brief: 'CORS: credentials' })
    return found
  }
  const method = request.header('access-control-request-method')?.toLowerCase() ?? ''
  const methods = list(answer('access-control-allow-methods'))
  if (!safeMethods.includes(method) && !methods.includes(method) && !methods.includes('*'))
    found.push({
      field: 'Access-Control-Allow-Methods',
      text: `it does not name ${method.toUpperCase()}`,
      brief: `CORS: ${method.toUpperCase()} not allowed`,
    })
  const fields = list(answer('access-control-allow-headers'))
  const wanted = list(request.header('access-control-request-headers')).filter(
    (name) => !fields.includes(name) && !(fields.includes('*') && name !== 'authorization'),
  )
  if (wanted.length > 0)
    found.push({
      field: 'Access-Control-Allow-Headers',
      text: `it does not name ${listed(wanted)}`,
      brief: 'CORS: field not allowed',
    })
  return found
}

export const corsRejected: Rule = {
  id: 'response/cors-rejected',
  rank: 1,
  level: 'error',
  title: 'The browser will block this answer (CORS)',
  summary:
    'Fires when a preflight is not answered with a 2xx and the fields the browser needs, or when the answer to a cross-origin request of a page lacks a fitting Access-Control-Allow-Origin. Origin from programs that are no browsers is harmless.',
  references: [{ title: 'Fetch §3.2: HTTP CORS protocol', url: 'https://fetch.spec.whatwg.org/#http-cors-protocol' }],
  needs: ['origin-sent'],
  scope: 'exchange',
  check(subject, context) {
    const { request, response } = subject
    if (!response || request.header('origin') === undefined) return undefined
    const preflight = subject.method === 'OPTIONS' && request.header('access-control-request-method') !== undefined
    if (!preflight && request.header('sec-fetch-mode') !== 'cors') return undefined
    if (!preflight && request.header('sec-fetch-site') === 'same-origin') return undefined
    if (!preflight && subject.url?.origin === request.header('origin')) return undefined
    const refused = preflight && (subject.status < 200 || subject.status > 299)
    const missing = missingFields(subject, preflight)
    if (!refused && missing.length === 0) return undefined
    // Redirects of plain requests are followed by the browser, which checks each answer.
    if (!preflight && subject.status >= 300 && subject.status < 400) return undefined
    const [first] = missing
    return {
      confidence: 0.96,
      title: preflight
        ? 'The browser will not send the request: its preflight was refused (CORS)'
        : 'The browser will hide this answer from the page (CORS)',
      brief: (refused && !first ? 'CORS preflight refused' : (first?.brief ?? 'CORS preflight refused')).slice(0, 26),
      explanation: `The server answered, yet the browser blocks it: ${[...(refused ? [`a preflight needs a 2xx and got ${subject.status}`] : []), ...missing.map(({ field, text }) => `${field} – ${text.replace(/^it is /, 'is ').replace(/^it /, '')}`)].join('; ')}. Programs other than browsers do not check this, so the same call works from a terminal.`,
      evidence: [
        status(subject),
        requestHeader(subject, 'Origin', context),
        ...missing.map(({ field }) => responseHeader(subject, field, context)),
      ],
      fix: {
        kind: 'advice',
        text: `On the server: answer ${preflight ? 'the OPTIONS request with 204 and ' : 'with '}${missing.length > 0 ? listed(missing.map(({ field }) => field)) : 'the Access-Control fields'}${refused ? ', before any check of credentials' : ''}.`,
      },
      // The failure of the call itself, where there is one, is what the server says.
      mayLead: preflight || subject.outcome.is !== 'failure',
    }
  },
  examples: [
    {
      name: 'a preflight whose answer does not allow the method',
      fires: true,
      level: 'error',
      brief: 'CORS: PUT not allowed',
      exchanges: [
        {
          request: 'OPTIONS https://api.test/a',
          headers: { Origin: 'https://app.test', 'Access-Control-Request-Method': 'PUT' },
          status: 204,
          answerHeaders: { 'Access-Control-Allow-Origin': 'https://app.test', 'Access-Control-Allow-Methods': 'GET' },
        },
      ],
    },
    {
      name: 'an answer without the field',
      fires: true,
      level: 'error',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Origin: 'https://app.test', 'Sec-Fetch-Mode': 'cors' },
          status: 200,
          answer: {},
        },
      ],
    },
    {
      name: 'Origin from a program',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/a', headers: { Origin: 'https://app.test' }, status: 200, answer: {} },
      ],
    },
    {
      name: 'a fitting answer',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Origin: 'https://app.test', 'Sec-Fetch-Mode': 'cors' },
          status: 200,
          answerHeaders: { 'Access-Control-Allow-Origin': '*' },
          answer: {},
        },
      ],
    },
    {
      name: 'a page that asks its own origin',
      fires: false,
      exchanges: [
        {
          request: 'GET https://app.test/api',
          headers: { Origin: 'https://app.test', 'Sec-Fetch-Mode': 'cors' },
          status: 200,
          answer: {},
        },
      ],
    },
    {
      name: 'an image of another origin',
      fires: false,
      exchanges: [
        {
          request: 'GET https://img.test/a.png',
          headers: { Origin: 'https://app.test', 'Sec-Fetch-Mode': 'no-cors' },
          status: 200,
          answerHeaders: { 'Content-Type': 'image/png' },
          answer: 'x',
        },
      ],
    },
  ],
}
