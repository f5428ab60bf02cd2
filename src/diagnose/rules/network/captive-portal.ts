// A network that wants a login first (hotel, train, office guest) answers in place of every site.
import type { Context } from '../../context.ts'
import { responseHeader, status } from '../../evidence.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

/** Redirects of this many other origins to one host, in ms of each other, are the network's doing. */
const others = 1
const together = 120_000

export const captivePortal: Rule = {
  id: 'network/captive-portal',
  rank: 1,
  level: 'error',
  title: 'The network asks for a login first',
  summary:
    'Fires on 511, and when several plain HTTP origins suddenly redirect to one foreign host or all answer with the same HTML page: a captive portal stands between this machine and the internet.',
  references: [rfc(6585, '6', '511 Network Authentication Required')],
  scope: 'group',
  check(subject, context) {
    const { response } = subject
    if (!response) return undefined
    const words =
      'This answer does not come from the API. The network this machine is in (hotel, train, guest network) answers every request with its own login page until somebody has logged in.'
    const fix = {
      kind: 'advice' as const,
      text: 'Open any page in a browser, log in to the network, then repeat the request.',
    }
    if (subject.status === 511) {
      return { brief: 'Network wants a login', explanation: words, evidence: [status(subject)], fix }
    }
    // Only plain HTTP can be answered by a stranger without a certificate error.
    if (
      !subject.exchange.request.url.startsWith('http:') ||
      (subject.status !== 200 && (subject.status < 301 || subject.status > 307))
    ) {
      return undefined
    }
    const target = foreignTarget(subject)
    const alike = target === undefined ? samePages(subject, context) : sameRedirects(subject, context, target)
    if (alike.length < others + 1) return undefined
    return {
      level: subject.status === 200 ? 'warning' : 'error',
      confidence: 0.8,
      brief: 'Network wants a login',
      explanation: `${words} ${alike.length + 1} different hosts gave the same answer within two minutes.`,
      evidence: [status(subject), responseHeader(subject, target === undefined ? 'Content-Type' : 'Location', context)],
      related: alike,
      fix,
    }
  },
  examples: [
    {
      name: '511 says it outright',
      fires: true,
      primary: true,
      exchanges: [{ request: 'GET http://api.test/', status: 511, answer: '<html>Log in</html>' }],
      brief: 'Network wants a login',
    },
    {
      name: 'three hosts redirect to one foreign host',
      fires: true,
      exchanges: [
        { request: 'GET http://a.test/', status: 302, answerHeaders: { Location: 'http://portal.hotel.test/login' } },
        { request: 'GET http://b.test/', status: 302, answerHeaders: { Location: 'http://portal.hotel.test/login' } },
        { request: 'GET http://c.test/', status: 302, answerHeaders: { Location: 'http://portal.hotel.test/login' } },
      ],
    },
    {
      name: 'two services of one company share a login host over TLS',
      fires: false,
      exchanges: [
        { request: 'GET https://a.corp.test/', status: 302, answerHeaders: { Location: 'https://sso.corp.test/' } },
        { request: 'GET https://b.corp.test/', status: 302, answerHeaders: { Location: 'https://sso.corp.test/' } },
        { request: 'GET https://c.corp.test/', status: 302, answerHeaders: { Location: 'https://sso.corp.test/' } },
      ],
    },
    {
      name: 'a host that redirects to its TLS address',
      fires: false,
      exchanges: [
        { request: 'GET http://a.test/', times: 3, status: 301, answerHeaders: { Location: 'https://a.test/' } },
      ],
    },
    {
      name: 'one origin that answers a page',
      fires: false,
      exchanges: [
        {
          request: 'GET https://app.test/',
          status: 200,
          answerHeaders: { 'Content-Type': 'text/html' },
          answer: '<html><title>App</title></html>',
        },
      ],
    },
  ],
}

function foreignTarget(subject: Subject): string | undefined {
  const location = subject.response?.header('location')
  if (!location || !subject.url || !URL.canParse(location, subject.url)) return undefined
  const target = new URL(location, subject.url).hostname
  return target === subject.url.hostname ? undefined : target
}

/** One earlier exchange per other origin that redirected to the same host. */
function sameRedirects(subject: Subject, context: Context, target: string): string[] {
  const found = new Map<string, string>()
  for (const past of context.earlier) {
    if (subject.time - past.time > together || past.origin === subject.origin || past.status < 301 || past.status > 307)
      continue
    if (!past.origin.startsWith('http:') || past.exchange.outcome.state !== 'complete') continue
    const location = past.exchange.outcome.response.headers.find(
      (line) => line.name.toLowerCase() === 'location',
    )?.value
    if (location && URL.canParse(location, past.url) && new URL(location, past.url).hostname === target) {
      found.set(past.origin, past.id)
    }
  }
  return [...found.values()]
}

function samePages(subject: Subject, context: Context): string[] {
  const { response } = subject
  if (subject.status !== 200 || !response?.mediaType.includes('html') || response.octets.length === 0) return []
  const { content } = response
  const hash = content.kept === 'none' ? '' : content.digest
  const found = new Map<string, string>()
  for (const past of context.earlier) {
    if (subject.time - past.time > together || past.origin === subject.origin) continue
    if (past.origin.startsWith('http:') && past.responseHash === hash) found.set(past.origin, past.id)
  }
  return [...found.values()]
}
