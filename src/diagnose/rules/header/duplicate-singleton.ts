// A field that may occur once occurs several times.
import { mayBeContent } from '../../body-refused.ts'
import { clip } from '../../redact.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

const singletons = new Set([
  'content-type',
  'content-length',
  'host',
  'date',
  'etag',
  'location',
  'retry-after',
  'user-agent',
  'accept-version',
])

export const duplicateSingleton: Rule = {
  id: 'header/duplicate-singleton',
  rank: 1,
  level: 'error',
  title: 'A field that may occur once occurs several times',
  summary:
    'Fires when Content-Type, Content-Length, Host, Date, ETag, Location, Retry-After, User-Agent or Accept-Version stands in several field lines of a request. Equal lengths are tolerated; list fields never count.',
  references: [rfc9110('5.3', 'Field Order')],
  needs: ['request-fields-repeated'],
  scope: 'exchange',
  check(subject, context) {
    const { headers } = subject.request
    for (let index = 0; index < headers.length; index++) {
      const line = headers[index]
      const name = line?.name.toLowerCase() ?? ''
      // The first line of each name is where a second one is looked for.
      if (!line || !singletons.has(name) || subject.request.headerIndex(name) !== index) continue
      const again = headers.findIndex((other, at) => at > index && other.name.toLowerCase() === name)
      if (again < 0 || (name === 'content-length' && headers[again]?.value === line.value)) continue
      const isRefused = subject.status === 400 || (subject.live && mayBeContent(subject))
      if (!isRefused && subject.imported && !context.once(`duplicate-singleton ${subject.origin} ${name}`))
        return undefined
      return {
        level: isRefused ? 'error' : 'warning',
        confidence: 0.92,
        title: `${line.name} was sent ${headers.filter((other) => other.name.toLowerCase() === name).length} times`,
        brief: `${line.name} sent twice`.slice(0, 26),
        explanation: `${line.name} may occur once. With several lines, one server takes the first, another the last, a third refuses the request, and proxies may join them into one value that nobody meant.`,
        evidence: [index, again].map((at) => ({
          location: { at: 'request.header' as const, name: headers[at]?.name ?? '', index: at },
          value: clip(headers[at]?.value ?? '', 80),
        })),
        fix: {
          kind: 'complete',
          text: 'Send it once.',
          edits: [{ op: 'set-header', name: line.name, value: line.value }],
        },
      }
    }
    return undefined
  },
  examples: [
    {
      name: 'two Content-Type lines',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: [
            ['Content-Type', 'application/json'],
            ['Content-Type', 'text/plain'],
          ],
          body: '{"a":1}',
          status: 400,
        },
      ],
    },
    {
      name: 'two Accept lines',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: [
            ['Accept', 'application/json'],
            ['Accept', 'text/plain'],
          ],
          status: 400,
        },
      ],
    },
    {
      name: 'cookies are set one a line',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 200,
          answerHeaders: [
            ['Set-Cookie', 'a=1; Secure; HttpOnly'],
            ['Set-Cookie', 'b=2; Secure; HttpOnly'],
            ['Vary', 'A'],
            ['Vary', 'B'],
          ],
          answer: {},
        },
      ],
    },
    {
      name: 'the same length twice',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: [
            ['Content-Type', 'application/json'],
            ['Content-Length', '7'],
            ['Content-Length', '7'],
          ],
          body: { a: 1 },
          status: 200,
          answer: {},
        },
      ],
    },
  ],
}
