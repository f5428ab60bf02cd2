// A GraphQL answer with errors: whole failure, or data with holes.

import { bodyMember } from '../../evidence.ts'
import { graphqlErrors } from '../../hidden-error.ts'
import { asList, asObject, asWords } from '../../json-value.ts'
import { brief, count, quoted } from '../../phrases.ts'
import type { Rule } from '../../rule.ts'

const meanings: Readonly<Record<string, readonly [brief: string, text: string]>> = {
  UNAUTHENTICATED: ['GraphQL: not signed in', 'The operation needs a credential, and none was accepted.'],
  FORBIDDEN: ['GraphQL: not allowed', 'This identity may not run the operation.'],
  BAD_USER_INPUT: ['GraphQL: bad argument', 'An argument or variable has a value the server does not take.'],
  GRAPHQL_VALIDATION_FAILED: [
    'Query does not fit schema',
    'The query does not fit the schema: a field, argument or type does not exist.',
  ],
  GRAPHQL_PARSE_FAILED: ['Query cannot be parsed', 'The query is not well-formed GraphQL.'],
  PERSISTED_QUERY_NOT_FOUND: [
    'Persisted query unknown',
    'The server does not know the hash; send the whole query once.',
  ],
  INTERNAL_SERVER_ERROR: ['GraphQL resolver failed', 'A resolver on the server failed.'],
}

export const graphqlErrorsRule: Rule = {
  id: 'response/graphql-errors',
  rank: 1,
  level: 'error',
  title: 'The GraphQL answer reports errors',
  summary:
    'Fires on the answer to a GraphQL request with a non-empty list of errors: an error without usable data, a warning where data came with them.',
  references: [
    { title: 'GraphQL §7.1.2: Errors', url: 'https://spec.graphql.org/October2021/#sec-Errors' },
    { title: 'GraphQL over HTTP', url: 'https://graphql.github.io/graphql-over-http/draft/' },
  ],
  needs: ['response-json'],
  scope: 'exchange',
  check(subject, context) {
    const found = graphqlErrors(subject)
    const first = found?.errors[0]
    if (!found || !first) return undefined
    const code = asWords(asObject(first.extensions)?.code) ?? asWords(first.type)
    const path = asList(first.path).join('.')
    const place = asObject(asList(first.locations)[0])
    const [short, text] = meanings[code ?? ''] ?? ['GraphQL error', '']
    const partial = found.partial && subject.outcome.is !== 'failure'
    return {
      level: partial ? 'warning' : 'error',
      confidence: 0.92,
      title: partial
        ? `${found.errors.length} field${found.errors.length === 1 ? '' : 's'} of the GraphQL answer failed`
        : 'The GraphQL operation failed',
      brief: brief(partial ? `GraphQL: ${count(found.errors.length, 'field')} failed` : short),
      explanation: `The server says ${quoted(asWords(first.message) ?? '')}${path === '' ? '' : ` at ${path}`}${place ? ` (line ${place.line}, column ${place.column} of the query)` : ''}.${text === '' ? '' : ` ${text}`}${
        found.errors.length > 1
          ? ` ${found.errors.length - 1} more error${found.errors.length === 2 ? '' : 's'} followed.`
          : ''
      }${partial ? ' The rest of the data is usable.' : ''}`,
      evidence: [
        bodyMember('response.body', '/errors/0/message', first.message, context),
        ...(code === undefined
          ? []
          : [{ location: { at: 'response.body' as const, pointer: '/errors/0' }, value: code }]),
      ],
      fix: { kind: 'template', text: 'Mend the query or its variables at the place the error names.' },
    }
  },
  examples: [
    {
      name: 'no data at all',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'POST https://api.test/graphql',
          body: { query: '{ user(id: 1) { nam } }' },
          status: 200,
          answer: {
            errors: [
              {
                message: 'Cannot query field "nam"',
                locations: [{ line: 1, column: 17 }],
                extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
              },
            ],
          },
        },
      ],
    },
    {
      name: 'data with a hole',
      fires: true,
      level: 'warning',
      exchanges: [
        {
          request: 'POST https://api.test/graphql',
          body: { query: '{ a b }' },
          status: 200,
          answer: { data: { a: 1, b: null }, errors: [{ message: 'b failed', path: ['b'] }] },
        },
      ],
    },
    {
      name: 'an empty list',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/graphql',
          body: { query: '{ a }' },
          status: 200,
          answer: { data: { a: 1 }, errors: [] },
        },
      ],
    },
    {
      name: 'a REST answer with a list of errors beside data',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/imports/7',
          status: 200,
          answer: { data: { rows: 3 }, errors: [{ message: 'row 2 skipped' }] },
        },
      ],
    },
  ],
}
