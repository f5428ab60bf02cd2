// The request contradicts what the server already has: it exists, or it was changed meanwhile.
import type { Context } from '../../context.ts'
import { requestLine, status } from '../../evidence.ts'
import { asObject } from '../../json-value.ts'
import type { Past } from '../../past.ts'
import { clock } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'
import { words } from '../../word-lists.ts'

export const conflict: Rule = {
  id: 'request/conflict',
  rank: 1,
  level: 'error',
  title: 'The request conflicts with what is already there',
  summary:
    'Fires on 409, and on 400, 417, 422, 500 or a hidden failure that speaks of a duplicate or a conflict. Names the earlier exchange of this session that created the same thing, where there was one.',
  references: [rfc9110('15.5.10', '409 Conflict')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const { status: code, errorText } = subject
    // Codes write it with an underscore.
    const speaks = words.conflict.test(errorText.replaceAll('_', ' '))
    if (code !== 409 && !(speaks && [400, 417, 422, 500].includes(code)) && !(speaks && code > 0 && code < 400))
      return undefined
    // A precondition or an idempotency key has a rule of its own.
    if (/idempoten/.test(errorText) || (code !== 409 && /if-match|etag/.test(errorText))) return undefined
    const version = /version|modified|stale|outdated|concurren|revision|lock/.test(errorText)
    const earlier = version ? undefined : creator(subject, context)
    const exists = !version && (/exist|duplicate|unique|taken|in use/.test(errorText) || earlier !== undefined)
    return {
      confidence: code === 409 || /already[ _]exist/.test(errorText) ? 0.9 : 0.8,
      title: exists
        ? 'What this request creates exists already'
        : version
          ? 'The resource was changed meanwhile'
          : 'The request conflicts with the present state',
      brief: exists ? 'Exists already' : version ? 'Changed meanwhile' : 'Conflict with the state',
      explanation: exists
        ? `The server refuses to create it a second time.${
            earlier
              ? ` A request of this session with the same content created it at ${clock(earlier.time)}${earlier.created ? ` (${earlier.created.slice(0, 80)})` : ''}.`
              : ''
          } Repeating cannot help; read or update what exists instead.`
        : version
          ? 'Somebody changed the resource between your reading and this writing, so the server keeps the newer state.'
          : 'The request is well formed, but does not fit the state the resource is in. Read it first to see that state.',
      evidence: [status(subject), requestLine(subject, context)],
      ...(earlier ? { related: [earlier.id] } : {}),
      fix: {
        kind: 'advice',
        text: exists
          ? 'Read the existing one (GET), update it (PUT or PATCH), or choose another identifier.'
          : 'Read the resource again, apply the change to what it holds now, then send it.',
      },
    }
  },
  examples: [
    {
      name: 'the same name a second time',
      fires: true,
      primary: true,
      exchanges: [
        { request: 'POST https://api.test/users', body: { email: 'a@b.test' }, status: 201, answer: { id: 7 } },
        {
          request: 'POST https://api.test/users',
          body: { email: 'a@b.test' },
          status: 409,
          answer: { error: 'already exists' },
        },
      ],
      brief: 'Exists already',
    },
    {
      name: 'a duplicate answered with 422',
      fires: true,
      exchanges: [
        {
          request: 'POST https://api.test/records',
          body: { name: 'www' },
          status: 422,
          answer: { message: 'Duplicate record' },
        },
      ],
    },
    {
      name: 'a field whose code says already_exists',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'POST https://api.test/labels',
          body: { name: 'bug' },
          status: 422,
          answer: {
            message: 'Validation Failed',
            errors: [{ resource: 'Label', code: 'already_exists', field: 'name' }],
            documentation_url: 'https://docs.test',
          },
        },
      ],
      brief: 'Exists already',
    },
    {
      name: 'changed by somebody else',
      fires: true,
      exchanges: [
        { request: 'PUT https://api.test/docs/1', body: { v: 1 }, status: 409, answer: { error: 'version mismatch' } },
      ],
      brief: 'Changed meanwhile',
    },
    {
      name: 'a 400 about a missing member',
      fires: false,
      exchanges: [
        { request: 'POST https://api.test/users', body: {}, status: 400, answer: { error: 'email is required' } },
      ],
    },
    {
      name: 'a success that mentions duplicates',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/import',
          body: {},
          status: 200,
          answer: { message: '3 duplicate rows skipped' },
        },
      ],
    },
    {
      name: 'parameters that contradict each other',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a?x=1&y=2',
          status: 400,
          answer: { error: 'Conflicting query parameters: x and y' },
        },
      ],
    },
  ],
}

const identifying =
  /^(?:id|uuid|key|code|name|slug|email|e_?mail|username|login|title|sku|reference|external_?id|phone)$/i
const utf8 = new TextDecoder()

/** The success that created the same thing: same endpoint, and the same identifying members or the very same content. */
function creator(subject: Subject, context: Context): Past | undefined {
  const mine = asObject(subject.request.value)
  return context.ofOrigin.findLast((past) => {
    if (past.outcome !== 'success' || past.endpoint !== subject.endpoint.key || past.method === 'GET') return false
    if (past.requestKey === context.sameRequest.at(-1)?.requestKey) return true
    const theirs = mine && past.requestBody ? parse(past.requestBody) : undefined
    if (!mine || !theirs) return false
    const names = Object.keys(mine).filter((name) => identifying.test(name))
    return names.length > 0 && names.every((name) => JSON.stringify(mine[name]) === JSON.stringify(theirs[name]))
  })
}

function parse(octets: Uint8Array) {
  try {
    return asObject(JSON.parse(utf8.decode(octets)))
  } catch {
    return undefined
  }
}
