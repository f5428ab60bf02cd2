// The server understood the format and refused the values; it may name the fields.
import type { Edit } from '../../../exchange/edit.ts'
import { isAuthFailure } from '../../auth-failure.ts'
import { businessRefusal } from '../../business-refusal.ts'
import type { Context } from '../../context.ts'
import { bodyMember, queryMember, requestLine, status } from '../../evidence.ts'
import type { ErrorField } from '../../extracted-error.ts'
import type { Evidence } from '../../finding.ts'
import { jsonType } from '../../json-kinds.ts'
import { valueAt } from '../../json-value.ts'
import { losslessCast } from '../../lossless-cast.ts'
import type { JsonType } from '../../path-facts.ts'
import { brief, count, listed } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

export const validationRejected: Rule = {
  id: 'request/validation-rejected',
  rank: 3,
  level: 'error',
  title: 'The server refused the values of the request',
  summary:
    'Fires on 400 and 422, and on hidden failures that name fields. For each field the server names, it shows what was sent, and which types worked before.',
  references: [rfc9110('15.5.1', '400 Bad Request'), rfc9110('15.5.21', '422 Unprocessable Content')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const code = subject.status
    const fields = (subject.error?.fields ?? []).filter((field) => field.path !== '').slice(0, 10)
    const business = code === 417 && subject.request.header('expect') === undefined
    if (code !== 400 && code !== 422 && !business && !(code > 0 && code < 400 && fields.length > 0)) return undefined
    const located = fields.map((field) => locate(subject, field))
    const [first] = located
    if (!first) {
      // Refused for who asks: auth/* says so.
      if (isAuthFailure(subject) || businessRefusal(subject.errorText)) return undefined
      return {
        confidence: 0.6,
        title: `The server refused the request as invalid (${code})`,
        brief: 'Request refused as invalid',
        explanation: subject.error?.message
          ? 'The request arrived and its format was readable, but the server does not accept what it says. Its own words tell what it wants.'
          : 'The request arrived, but the server does not accept what it says, and gives no reason.',
        evidence: [status(subject), requestLine(subject, context)],
        fix: {
          kind: 'advice',
          text: 'Compare the members and parameters with the API’s description, beginning with required ones and types.',
        },
      }
    }
    const [only] = located.length === 1 ? located : []
    const cast = only && castOf(only, context)
    if (only?.pointer !== undefined && cast)
      return {
        rank: 1,
        confidence: 0.95,
        title: `The server wants ${only.field.path} as ${article(cast.to)}`,
        brief: brief(`${shortName(only.field.path)}: not ${article(cast.to)}`),
        explanation: sentence(only, context),
        evidence: [only.evidence(context), status(subject)],
        fix: {
          kind: 'complete',
          text: `Send ${only.pointer} as ${article(cast.to)}.`,
          edits: [{ op: 'set-json', pointer: only.pointer, value: cast.value }],
        },
      }
    const names = [...new Set(located.map((one) => one.field.path))]
    const edits = located.flatMap((one) => (one.edit ? [one.edit] : []))
    return {
      rank: 1,
      confidence: 0.85,
      title: `The server refused ${listed(names, 4)}`,
      brief: brief(
        located.length === 1
          ? `${shortName(names[0] ?? '')}: ${first.missing ? 'missing' : 'refused'}`
          : `${count(names.length, 'field')} refused`,
      ),
      explanation: `${located
        .slice(0, 4)
        .map((one) => sentence(one, context))
        .join(' ')}${located.length > 4 ? ` ${located.length - 4} more follow.` : ''}`,
      evidence: [...located.map((one) => one.evidence(context)), status(subject)],
      fix:
        edits.length > 0
          ? { kind: 'template', text: `Correct ${listed(names, 4)} and send it again.`, edits }
          : { kind: 'advice', text: `Correct ${listed(names, 4)} and send it again.` },
    }
  },
  examples: [
    {
      name: 'the server names a member and why',
      fires: true,
      primary: true,
      fix: 'template',
      exchanges: [
        {
          request: 'POST https://api.test/users',
          body: { name: 'Ada', age: 'abc' },
          status: 422,
          answer: { message: 'Validation failed', errors: { age: ['must be a number'] } },
        },
      ],
      brief: 'age: refused',
    },
    {
      name: 'a number in quotes, where the server asks for an integer',
      fires: true,
      primary: true,
      fix: 'complete',
      brief: 'quantity: not a number',
      exchanges: [
        {
          request: 'POST https://api.test/orders',
          body: { items: [{ quantity: '2' }] },
          status: 422,
          answer: { detail: [{ loc: ['body', 'items', 0, 'quantity'], msg: 'value is not a valid integer' }] },
        },
      ],
    },
    {
      name: 'a 400 without any field',
      fires: true,
      fix: 'advice',
      exchanges: [
        { request: 'POST https://api.test/users', body: { a: 1 }, status: 400, answer: { error: 'Bad input' } },
      ],
      brief: 'Request refused as invalid',
    },
    {
      name: 'a required member that was not sent',
      fires: true,
      exchanges: [
        {
          request: 'POST https://api.test/users',
          body: { name: 'Ada' },
          status: 400,
          answer: { errors: [{ title: 'required', source: { pointer: '/email' }, detail: 'is required' }] },
        },
      ],
    },
    {
      name: 'a 404',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/users/9', status: 404, answer: { error: 'not found' } }],
    },
    {
      name: 'a success with warnings about fields',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/users',
          body: { a: 1 },
          status: 200,
          answer: { id: 1, warnings: { a: ['unusual'] } },
        },
      ],
    },
    {
      name: 'a 400 about the credential',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a?key=abcdefghijklmnopqrstuvwx',
          status: 400,
          answer: {
            error: {
              code: 400,
              message: 'API key not valid. Please pass a valid API key.',
              status: 'INVALID_ARGUMENT',
            },
          },
        },
      ],
    },
  ],
}

type Located = {
  readonly field: ErrorField
  readonly missing: boolean
  readonly sent?: string
  readonly value?: unknown
  readonly pointer?: string
  readonly edit?: Edit
  readonly evidence: (context: Context) => Evidence
}

/** Finds the member the server means, by whatever notation it uses: `/a/0/b`, `a[0].b`, `a.0.b`, `body.a.b`. */
function locate(subject: Subject, field: ErrorField): Located {
  const { request } = subject
  const path = field.path.replace(/^\$\.?/, '')
  const parts = (path.startsWith('/') ? path.slice(1).split('/') : path.replace(/\[(\w+)\]/g, '.$1').split('.')).filter(
    Boolean,
  )
  const tail = ['body', 'query', 'data', 'attributes', 'json', 'form'].includes(parts[0] ?? '') ? parts.slice(1) : parts
  const name = parts.at(-1) ?? path
  const { value } = request
  if (value !== undefined) {
    for (const way of [parts, tail]) {
      const pointer = `/${way.join('/')}`
      const sent = valueAt(value, pointer)
      if (sent === undefined) continue
      return {
        field,
        missing: false,
        sent: jsonType(sent),
        value: sent,
        pointer,
        edit: { op: 'set-json', pointer, value: `{{${name}}}` },
        evidence: (context) => bodyMember('request.body', pointer, sent, context),
      }
    }
  }
  const inQuery = subject.query.some((pair) => pair.name === name)
  if (inQuery || (value === undefined && !request.hasBody)) {
    return {
      field,
      missing: !inQuery,
      edit: { op: 'set-query', name, value: `{{${name}}}` },
      evidence: (context) => queryMember(subject, name, context),
    }
  }
  const pointer = `/${tail.join('/')}`
  const member = subject.form?.find((pair) => pair.name === name)
  return {
    field,
    missing: member === undefined,
    ...(member || value === undefined
      ? {}
      : { pointer, edit: { op: 'set-json' as const, pointer, value: `{{${name}}}` } }),
    ...(member ? { sent: 'text' } : {}),
    evidence: (context) => bodyMember('request.body', pointer, member?.value, context),
  }
}

/** What the server says it wants, beside what was sent. */
const wanted: readonly (readonly [RegExp, JsonType])[] = [
  [/\b(?:integer|int|number|numeric|float|decimal)\b/i, 'number'],
  [/\bbool(?:ean)?\b/i, 'boolean'],
  [/\b(?:must be|should be|not|valid|expected|expects) (?:an? |of type )?(?:valid )?(?:array|list)\b/i, 'array'],
  [/\b(?:must be|should be|not|valid|expected|expects) (?:an? |of type )?(?:valid )?(?:string|str)\b/i, 'string'],
]

/** The value in the one type that calls that worked sent, or that the server names; undefined where it was sent so, or nothing fits. */
function castOf(
  { field, sent, value, pointer }: Located,
  context: Context,
): { readonly value: unknown; readonly to: JsonType } | undefined {
  if (value === undefined || pointer === undefined) return undefined
  const worked = [...(factsAt(pointer, context)?.types.keys() ?? [])].filter((type) => type !== 'null')
  const said = field.message ?? field.code ?? ''
  const [only] = worked
  const to = worked.length === 1 ? only : wanted.find(([look]) => look.test(said))?.[1]
  const cast = to === undefined || to === sent || worked.includes(sent as never) ? undefined : losslessCast(value, to)
  return cast && to !== undefined ? { value: cast.value, to } : undefined
}

const article = (type: JsonType): string => `${/^[aeiou]/.test(type) ? 'an' : 'a'} ${type}`

const factsAt = (pointer: string, context: Context) =>
  context.baseline?.request.at(pointer.replace(/\/\d+(?=\/|$)/g, '/[]'))

function sentence({ field, missing, sent, pointer }: Located, context: Context): string {
  const says = field.message ?? field.code
  const facts = pointer === undefined ? undefined : factsAt(pointer, context)
  const types = facts ? [...facts.types.keys()].filter((type) => type !== sent) : []
  const worked =
    sent !== undefined && types.length > 0 && !facts?.types.has(sent as never)
      ? `; calls that worked sent ${listed(types)}`
      : ''
  return `${field.path} ${missing ? 'was not sent' : `was sent${sent ? ` as ${sent}` : ''}`}${worked}${says ? `; the server says “${says.slice(0, 160)}”` : ''}.`
}

const shortName = (path: string): string =>
  path
    .split(/[./]/)
    .filter((part) => part !== '' && !/^\d+$/.test(part))
    .at(-1)
    ?.slice(0, 16) ?? path
