// A redirect turned a POST, PUT, PATCH or DELETE into a GET on the way, and its content was lost.
import { fieldValue } from '../../../exchange/message.ts'
import type { Context } from '../../context.ts'
import { requestLine, responseHeader, status } from '../../evidence.ts'
import type { Past } from '../../past.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule, Verdict } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

/** A client follows a redirect at once; later, in ms, it is another call. */
const atOnce = 10_000

export const redirectChangedMethod: Rule = {
  id: 'request/redirect-changed-method',
  rank: 1,
  level: 'error',
  title: 'A redirect changed the method',
  summary:
    'Fires when a POST, PUT, PATCH or DELETE was answered with 301, 302 or 303 and the client followed with GET, so that the content was lost. Browsers’ POST, redirect, GET is left alone, and so is 303, unless the GET fails.',
  references: [rfc9110('15.4.2', '301 Moved Permanently'), rfc9110('15.4.9', '308 Permanent Redirect')],
  needs: ['earlier-redirect'],
  scope: 'group',
  check(subject, context) {
    if (subject.method !== 'GET' && subject.method !== 'HEAD') return undefined
    if (
      subject.request.header('sec-fetch-mode') === 'navigate' ||
      /^text\/html/.test(subject.request.header('accept') ?? '')
    ) {
      return undefined
    }
    const before = redirected(subject, context)
    if (!before) return undefined
    const failed = subject.outcome.is === 'failure'
    // RFC 9110 §15.4.4: after 303 the client is meant to use GET.
    if (before.status === 303 && !failed) return undefined
    const words = `${before.method} ${before.path} was answered with ${before.status}, which leads to ${subject.exchange.request.url.split('?')[0]}. Clients follow such a redirect with GET and drop the content, so the ${before.method} was never carried out there.`
    const first: Verdict = {
      level: 'warning',
      exchange: before.id,
      brief: `${before.method} became GET`,
      title: `The redirect turned this ${before.method} into a GET`,
      explanation: words,
      evidence: [{ location: { at: 'response.status' }, value: String(before.status), exchange: before.id }],
      related: [subject.id],
      fix: {
        kind: 'complete',
        text: `Send the ${before.method} to the final address directly.`,
        edits: [{ op: 'set-url', value: subject.exchange.request.url }],
      },
    }
    if (!failed) return first
    const second: Verdict = {
      // The status alone would blame the method, which the redirect chose.
      confidence: 0.95,
      brief: `${before.method} became GET`,
      title: `This GET was a ${before.method} before a redirect`,
      explanation: words,
      evidence: [
        requestLine(subject, context),
        { location: { at: 'response.status' }, value: String(before.status), exchange: before.id },
        ...(subject.status === 405 ? [responseHeader(subject, 'Allow', context)] : []),
        status(subject),
      ],
      related: [before.id],
      fix: {
        kind: 'advice',
        text: `Send the ${before.method} to this address directly; let the server answer 307 or 308 if it must redirect.`,
      },
    }
    return [second, first]
  },
  examples: [
    {
      name: 'http to https turned a POST into a GET, which was refused',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'POST http://api.test/items',
          body: { a: 1 },
          status: 301,
          answerHeaders: { Location: 'https://api.test/items' },
        },
        { request: 'GET https://api.test/items', status: 405, answerHeaders: { Allow: 'POST' } },
      ],
      level: 'error',
      brief: 'POST became GET',
    },
    {
      name: 'the GET worked, but the POST is lost all the same',
      fires: true,
      about: 0,
      level: 'warning',
      fix: 'complete',
      exchanges: [
        { request: 'POST https://api.test/items', body: { a: 1 }, status: 302, answerHeaders: { Location: '/items/' } },
        { request: 'GET https://api.test/items/', status: 200, answer: [] },
      ],
    },
    {
      name: '303 after a POST is meant that way',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/items',
          body: { a: 1 },
          status: 303,
          answerHeaders: { Location: '/items/7' },
        },
        { request: 'GET https://api.test/items/7', status: 200, answer: { id: 7 } },
      ],
    },
    {
      name: 'a form in a browser',
      fires: false,
      exchanges: [
        { request: 'POST https://shop.test/cart', body: 'a=1', status: 302, answerHeaders: { Location: '/cart' } },
        {
          request: 'GET https://shop.test/cart',
          headers: { Accept: 'text/html', 'Sec-Fetch-Mode': 'navigate' },
          status: 200,
          answer: '<html>',
        },
      ],
    },
    {
      name: '307 keeps the method',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/items',
          body: { a: 1 },
          status: 307,
          answerHeaders: { Location: '/v2/items' },
        },
        { request: 'POST https://api.test/v2/items', body: { a: 1 }, status: 201, answer: { id: 1 } },
      ],
    },
  ],
}

function redirected(subject: Subject, context: Context): Past | undefined {
  const { redirects } = context
  for (let at = redirects.length - 1; at >= 0; at--) {
    const past = redirects[at]
    if (!past || subject.time - past.time > atOnce) return undefined
    if (past.status < 301 || past.status > 303 || !leadsTo(past, subject.exchange.request.url)) continue
    return ['POST', 'PUT', 'PATCH', 'DELETE'].includes(past.method) ? past : undefined
  }
  return undefined
}

function leadsTo(past: Past, url: string): boolean {
  const { outcome } = past.exchange
  const headers = outcome.state === 'complete' ? outcome.response.headers : []
  const location = fieldValue(headers, 'location')
  return location !== undefined && URL.parse(location, past.url)?.href === url
}
