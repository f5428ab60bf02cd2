// Finds requests whose method the resource does not support, and names the one that it does.
import type { Context } from '../../context.ts'
import { requestLine, responseHeader, status } from '../../evidence.ts'
import { brief, listed } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

export const methodNotAllowed: Rule = {
  id: 'request/method-not-allowed',
  rank: 1,
  level: 'error',
  title: 'The method is not allowed on this resource',
  summary:
    'Fires on 405, on 501 that speaks of the method, and on 404 where the same address worked with another method. Many routers answer 404 for a wrong method.',
  references: [rfc9110('15.5.6', '405 Method Not Allowed'), rfc9110('10.2.1', 'Allow')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const worked = methodsThatWorked(subject, context)
    const about =
      subject.status === 405 ||
      (subject.status === 501 && /\bmethod\b/.test(subject.errorText)) ||
      (subject.status === 404 && worked.length > 0)
    if (!about) return undefined
    const { method } = subject
    const allowed = (subject.response?.header('allow') ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '' && name !== method)
    const better = suitable(subject, allowed.length > 0 ? allowed : worked)
    const said =
      allowed.length > 0
        ? `The server says it accepts ${listed(allowed, 8)}.`
        : worked.length > 0
          ? `Here ${listed(worked)} worked earlier.`
          : 'The server does not say which methods it accepts.'
    return {
      ...(subject.status === 405 ? {} : { confidence: 0.8 }),
      title: `${method} is not allowed on ${subject.path}`,
      brief: better ? brief(`Use ${better}, not ${method}`) : brief(`${method} not allowed here`),
      explanation: `There is something at this address, but it does not take ${method}${meaning(method)}. ${said}${
        better ? ` ${better}${meaning(better)} fits this request.` : ''
      }`,
      evidence: [
        requestLine(subject, context),
        status(subject),
        ...(allowed.length > 0 ? [responseHeader(subject, 'Allow', context)] : []),
      ],
      fix: better
        ? { kind: 'complete', text: `Send it with ${better}.`, edits: [{ op: 'set-method', value: better }] }
        : {
            kind: 'advice',
            text: 'Look up which method this resource takes; a trailing slash or the id may be missing.',
          },
    }
  },
  examples: [
    {
      name: 'POST where Allow names GET and PUT, with a body',
      fires: true,
      exchanges: [
        { request: 'POST https://api.test/items/7', body: { a: 1 }, status: 405, answerHeaders: { Allow: 'GET, PUT' } },
      ],
      brief: 'Use PUT, not POST',
      fix: 'complete',
      primary: true,
    },
    {
      name: 'a 405 without Allow still names the method',
      fires: true,
      exchanges: [
        { request: 'DELETE https://api.test/keys/1', status: 405, answer: { message: 'Delete is not possible' } },
      ],
      brief: 'DELETE not allowed here',
    },
    {
      name: 'a 404 where the same address answered GET before',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/report', status: 200, answer: { rows: 1 } },
        { request: 'POST https://api.test/report', status: 404, answer: 'Cannot POST /report' },
      ],
      fix: 'complete',
    },
    {
      name: 'a 404 after the resource was deleted',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items/7', status: 200, answer: { id: 7 } },
        { request: 'DELETE https://api.test/items/7', status: 204 },
        { request: 'PATCH https://api.test/items/7', body: { a: 1 }, status: 404, answer: { error: 'not found' } },
      ],
    },
    {
      name: 'a 404 for an id nobody asked for before',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/items/7', status: 200, answer: { id: 7 } },
        { request: 'DELETE https://api.test/items/9', status: 404, answer: { error: 'not found' } },
      ],
    },
    {
      name: 'a 501 about a feature, not about the method',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/export', status: 501, answer: { error: 'PDF export is not built yet' } },
      ],
    },
  ],
}

/** Methods with which this very address succeeded, unless it was deleted since or this method worked there itself. */
function methodsThatWorked(subject: Subject, context: Context): string[] {
  const here = context.ofOrigin.filter((past) => past.outcome === 'success' && past.path === subject.path)
  if (here.some((past) => past.method === subject.method || past.method === 'DELETE')) return []
  return [...new Set(here.map((past) => past.method))].filter((method) => method !== 'OPTIONS' && method !== 'HEAD')
}

/** The one method that suits a request with, or without, a body. DELETE is never proposed: it cannot be taken back. */
function suitable(subject: Subject, methods: readonly string[]): string | undefined {
  const fitting = subject.request.hasBody ? ['POST', 'PUT', 'PATCH'] : ['GET']
  const left = methods.filter((method) => fitting.includes(method) && method !== subject.method)
  return left.length === 1 ? left[0] : undefined
}

const meanings: Readonly<Record<string, string>> = {
  GET: 'read',
  HEAD: 'read the head only',
  POST: 'create or run something',
  PUT: 'replace it whole',
  PATCH: 'change a part of it',
  DELETE: 'delete it',
}

const meaning = (method: string): string => (meanings[method] ? ` (${meanings[method]})` : '')
