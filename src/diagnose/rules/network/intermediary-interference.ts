// Something between client and API answered itself or changed what passed through it.
import { answeredBy } from '../../answered-by.ts'
import type { Context } from '../../context.ts'
import { requestHeader, responseHeader, status } from '../../evidence.ts'
import { rfc } from '../../references.ts'
import type { Rule, Verdict } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

export const intermediaryInterference: Rule = {
  id: 'network/intermediary-interference',
  rank: 2,
  level: 'error',
  title: 'An intermediary answered or changed the message',
  summary:
    'Fires when a proxy, CDN or filter says in Proxy-Status that it made the error, when an HTML error comes from another server than the API’s usual one, or when Warning 214 reports a changed body.',
  references: [rfc(9209, '2', 'The Proxy-Status HTTP Field')],
  needs: ['failure-or-warning'],
  scope: 'exchange',
  check(subject, context) {
    const { response } = subject
    if (!response || subject.status === 0) return undefined
    return said(subject, context) ?? stranger(subject, context) ?? transformed(subject, context)
  },
  examples: [
    {
      name: 'Proxy-Status names the error',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/',
          status: 502,
          answerHeaders: { 'Proxy-Status': 'edge.cdn.test; error=connection_refused' },
        },
      ],
    },
    {
      name: 'an HTML error from another server than usual',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          times: 3,
          status: 200,
          answerHeaders: { Server: 'api/2' },
          answer: { a: 1 },
        },
        {
          request: 'GET https://api.test/a',
          status: 403,
          answerHeaders: { Server: 'squid/6.9', 'Content-Type': 'text/html' },
          answer: '<html><title>ERROR: The requested URL could not be retrieved</title></html>',
        },
      ],
    },
    {
      name: 'a body that was transformed on the way',
      fires: true,
      exchanges: [
        {
          request: 'GET http://api.test/',
          status: 200,
          answerHeaders: { Warning: '214 proxy "Transformation applied"' },
          answer: {},
        },
      ],
      level: 'warning',
    },
    {
      name: 'an API behind a CDN that answers itself',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 404,
          answerHeaders: { Via: '1.1 varnish', 'X-Cache': 'MISS' },
          answer: { error: 'no' },
        },
      ],
    },
    {
      name: 'Proxy-Status without an error',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 404,
          answerHeaders: { 'Proxy-Status': 'edge; received-status=404' },
        },
      ],
    },
  ],
}

/** RFC 9209 §2.3: the intermediary itself says why it made this response. */
function said(subject: Subject, context: Context): Verdict | undefined {
  const field = subject.response?.header('proxy-status')
  const error = field && /;\s*error\s*=\s*"?([a-z_]+)/i.exec(field)?.[1]
  if (!error || subject.outcome.is !== 'failure') return undefined
  const name = field.split(/[;,]/)[0]?.trim() ?? 'An intermediary'
  return {
    rank: 1,
    confidence: 0.85,
    title: `${name} made this error itself: ${error.replaceAll('_', ' ')}`,
    brief: 'Error made by a proxy',
    explanation: `Proxy-Status says that ${name}, which stands between the client and the API, answered by itself because of “${error.replaceAll('_', ' ')}”. The API did not write this response.`,
    evidence: [responseHeader(subject, 'Proxy-Status', context), status(subject)],
    fix: { kind: 'advice', text: 'Look for the cause at the intermediary it names, and between it and the API.' },
  }
}

function stranger(subject: Subject, context: Context): Verdict | undefined {
  const { response } = subject
  if (!response || subject.outcome.is !== 'failure' || response.truncated) return undefined
  if (!response.mediaType.includes('html') || !/^\s*<(?:!doctype html|html|head)/i.test(response.text)) return undefined
  const who = answeredBy(subject)
  if (who.kind !== 'intermediary') return undefined
  const usual = context.ofOrigin.filter((past) => past.outcome === 'success')
  const servers = new Set(
    usual.flatMap((past) =>
      past.exchange.outcome.state === 'complete'
        ? past.exchange.outcome.response.headers
            .filter((line) => line.name.toLowerCase() === 'server')
            .map((line) => line.value)
        : [],
    ),
  )
  const now = response.header('server')
  if (usual.length < 3 || now === undefined || servers.size === 0 || servers.has(now)) return undefined
  return {
    confidence: 0.75,
    // A gateway’s 5xx is a matter of the server behind it, which other rules explain.
    mayLead: subject.status < 500,
    title: `${who.product} answered in place of the API`,
    brief: 'Answered by a proxy',
    explanation: `This HTML error was written by ${now}. Successful answers of this origin come from ${[...servers].slice(0, 2).join(' or ')}, so something in between answered and the API may never have seen the request.`,
    evidence: [responseHeader(subject, 'Server', context), status(subject), requestHeader(subject, 'Via', context)],
    fix: { kind: 'advice', text: 'Find out which proxy, filter or CDN stands in between, and why it refused.' },
  }
}

/** RFC 7234 §5.5.6; obsolete, and still the only word some proxies leave. */
function transformed(subject: Subject, context: Context): Verdict | undefined {
  const warning = subject.response?.header('warning')
  if (!warning || !/^\s*214\b/.test(warning)) return undefined
  return {
    level: 'warning',
    mayLead: false,
    title: 'A proxy changed the content on its way',
    brief: 'Content was changed',
    explanation:
      'Warning 214 says that a proxy transformed this response (recompressed an image, rewrote a page). What arrived is not what the API sent.',
    evidence: [responseHeader(subject, 'Warning', context)],
    fix: {
      kind: 'advice',
      text: 'Use https, or send Cache-Control: no-transform, so that nothing on the way changes the content.',
    },
  }
}
