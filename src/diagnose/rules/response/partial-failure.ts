// A batch was accepted, and some of its items failed.
import { bodyMember } from '../../evidence.ts'
import { asList, asObject, asText, asWords, type JsonObject, pointerPart } from '../../json-value.ts'
import { count, quoted } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

type Failed = { readonly pointer: string; readonly item: unknown; readonly message: string | undefined }
/** `total` is undefined where only the failed ones are counted. */
type Parts = { readonly failed: readonly Failed[]; readonly count: number; readonly total: number | undefined }

/** Members under which batches answer item by item. */
const lists = [
  'messages',
  'results',
  'responses',
  'items',
  'compositeResponse',
  'operations',
  'entries',
  'Records',
  'records',
  'data',
]
const counters = [
  'FailedEntries',
  'FailedRecordCount',
  'FailedEntryCount',
  'UnprocessedItems',
  'failedCount',
  'failed_count',
  'failures',
]

function failure(item: JsonObject): string | undefined {
  const inner = asObject(Object.keys(item).length === 1 ? Object.values(item)[0] : undefined)
  const own = inner ?? item
  const status = [own.status, own.statusCode, own.httpStatusCode].map(Number).find((one) => one >= 400 && one < 600)
  const flagged = own.success === false || own.ok === false
  const coded = asText(own.ErrorCode) ?? asText(own.errorCode)
  const errors = asList(own.errors).length > 0
  // Asked only of writes: there, an item of this status that says why is no resource, but a verdict.
  const refused =
    /^(?:error|failed|failure)$/i.test(asWords(own.status) ?? '') &&
    (asWords(own.message) ?? asText(own.code)) !== undefined
  const spoken = asWords(own['error-text']) ?? asWords(own.error_text)
  if (
    status === undefined &&
    !flagged &&
    !refused &&
    spoken === undefined &&
    coded === undefined &&
    !(errors && ('status' in own || 'success' in own))
  )
    return undefined
  const error = asObject(own.error) ?? asObject(asList(own.errors)[0]) ?? asObject(own.body) ?? own
  return (
    asWords(error.message) ??
    asWords(error.reason) ??
    asWords(own.ErrorMessage) ??
    asWords(own.error) ??
    spoken ??
    coded ??
    (status === undefined ? 'failed' : String(status))
  )
}

function partsOf(subject: Subject): Parts | undefined {
  const value = subject.response?.value
  const body = asObject(value)
  const candidates: [string, readonly unknown[]][] = Array.isArray(value)
    ? [['', value]]
    : lists.flatMap((name) =>
        Array.isArray(body?.[name])
          ? [[`/${pointerPart(name)}`, asList(body?.[name])] as [string, readonly unknown[]]]
          : [],
      )
  for (const [pointer, items] of candidates) {
    // A list of resources that have a status of their own is not a batch: only verdicts on items count.
    const failed = items.slice(0, 1000).flatMap((one, index): Failed[] => {
      const item = asObject(one)
      const message = item && failure(item)
      return message === undefined ? [] : [{ pointer: `${pointer}/${index}`, item: one, message }]
    })
    if (failed.length > 0) return { failed, count: failed.length, total: items.length }
  }
  for (const name of counters) {
    const value = body?.[name]
    const number =
      typeof value === 'number'
        ? value
        : Array.isArray(value)
          ? value.length
          : Object.keys(asObject(value) ?? {}).length
    if (number > 0)
      return { failed: [{ pointer: `/${name}`, item: value, message: undefined }], count: number, total: undefined }
  }
  return undefined
}

export const partialFailure: Rule = {
  id: 'response/partial-failure',
  rank: 1,
  level: 'warning',
  title: 'Part of the batch failed',
  summary:
    'Fires on a 207 or other 2xx whose items carry verdicts of their own – a status of 400 or more, success: false, an error code – or whose count of failed entries is not zero.',
  references: [rfc(4918, '11.1', '207 Multi-Status')],
  needs: ['response-body'],
  scope: 'exchange',
  check(subject, context) {
    if (subject.status < 200 || subject.status >= 300 || !['POST', 'PUT', 'PATCH', 'DELETE'].includes(subject.method)) {
      if (subject.status !== 207) return undefined
    }
    const parts = partsOf(subject)
    const [first] = parts?.failed ?? []
    if (!parts || !first) return multiStatus(subject)
    const { count: bad, total } = parts
    const said = total === undefined ? count(bad, 'item') : `${bad} of ${count(total, 'item')}`
    return {
      confidence: 0.85,
      title: `${said} failed`,
      brief: `${total === undefined ? bad : `${bad} of ${total}`} items failed`.slice(0, 26),
      explanation: `The request as a whole was answered with ${subject.status}, ${
        bad === total
          ? `and ${total === 1 ? 'the one item in it' : `each of its ${total} items`} failed.`
          : `and ${said} in it failed.`
      }${first.message ? ` The first says ${quoted(first.message)}.` : ''}${
        bad === total ? '' : ' The others took effect: send only the failed ones again.'
      }`,
      evidence: parts.failed
        .slice(0, 3)
        .map(({ pointer, item }) => bodyMember('response.body', pointer, item, context)),
      fix: { kind: 'advice', text: 'Send the failed items again by themselves, once what they name is mended.' },
    }
  },
  examples: [
    {
      name: 'one of two failed',
      fires: true,
      level: 'warning',
      exchanges: [
        {
          request: 'POST https://api.test/batch',
          body: [1, 2],
          status: 200,
          answer: {
            results: [
              { id: 1, status: 201 },
              { id: 2, status: 409, error: { message: 'exists' } },
            ],
          },
        },
      ],
    },
    {
      name: 'all went well',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/batch',
          body: [1, 2],
          status: 200,
          answer: { results: [{ status: 201 }, { status: 201 }] },
        },
      ],
    },
    {
      name: 'a list of jobs, some of which failed',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/jobs', status: 200, answer: { items: [{ id: 1, status: 'failed' }] } },
      ],
    },
  ],
}

/** WebDAV and others answer 207 in XML, one status line an item. */
function multiStatus(subject: Subject) {
  if (subject.status !== 207) return undefined
  const statuses = [...(subject.response?.text ?? '').matchAll(/<(?:[\w-]+:)?status>\s*HTTP\/[\d.]+ (\d{3})/g)].map(
    (match) => Number(match[1]),
  )
  const failed = statuses.filter((status) => status >= 400)
  // A property that a resource does not have is answered 404 as a matter of course.
  if (failed.length === 0 || (subject.method === 'PROPFIND' && failed.every((status) => status === 404)))
    return undefined
  return {
    confidence: 0.85,
    title: `${failed.length} of ${statuses.length} parts failed`,
    brief: `${failed.length} of ${statuses.length} parts failed`.slice(0, 26),
    explanation: `The Multi-Status answer holds ${statuses.length} verdicts, ${failed.length} of them failures.`,
    evidence: [
      {
        location: { at: 'response.body' as const, line: 1, column: 1 },
        value: `statuses ${statuses.slice(0, 10).join(', ')}`,
      },
    ],
  }
}
