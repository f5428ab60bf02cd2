// The client followed a redirect to another origin and, rightly, left its credential behind.
import { responseOf } from '../../../exchange/exchange.ts'
import { fieldValue } from '../../../exchange/message.ts'
import { authEvidence, reuseCredential, whereOf } from '../../auth-failure.ts'
import { redactUrl } from '../../redact.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

/** Time, in ms, in which a client follows. */
const following = 10_000

/** `a.b.example.com` and `c.example.com` share their last two labels. */
const site = (host: string): string => host.split('.').slice(-2).join('.')

export const credentialsLostOnRedirect: Rule = {
  id: 'auth/credentials-lost-on-redirect',
  rank: 1,
  level: 'error',
  title: 'The credential was dropped on a redirect to another origin',
  summary:
    'Fires when a request without a credential fails with 401, 403 or 404 within ten seconds of a redirect to it from another origin, and the redirected request did carry one.',
  references: [
    rfc9110('15.4', 'Redirection 3xx'),
    { title: 'Fetch: HTTP-redirect fetch', url: 'https://fetch.spec.whatwg.org/#http-redirect-fetch' },
  ],
  on: 'failure',
  scope: 'group',
  check(subject, context) {
    if (![401, 403, 404].includes(subject.status)) return undefined
    for (const past of context.redirects.toReversed()) {
      if (subject.time - past.time > following) break
      if (past.status < 300 || past.status >= 400 || past.origin === subject.origin) continue
      const response = responseOf(past.exchange)
      const location = response && fieldValue(response.headers, 'location')
      if (!location || !URL.canParse(location, past.url) || new URL(location, past.url).href !== subject.url?.href)
        continue
      const lost = past.credentials.find(
        (print) =>
          print.location === 'header' &&
          !context.prints.some((one) => one.name.toLowerCase() === print.name.toLowerCase()),
      )
      if (!lost) continue
      const edit = site(past.host) === site(subject.host) ? reuseCredential(lost) : undefined
      return {
        confidence: 0.97,
        brief: 'Credential lost: redirect',
        title: `The credential was dropped on the redirect to ${past.host === subject.host ? subject.origin : subject.host}`,
        explanation: `The first request carried ${whereOf(lost)}. It was redirected from ${past.origin} to ${subject.origin}, another origin, and HTTP clients do not take credentials along to other origins, so this request came without one.`,
        evidence: [
          {
            location: { at: 'response.header', name: 'Location' },
            value: redactUrl(location, context.fingerprint),
            exchange: past.id,
          },
          ...authEvidence(subject, context),
        ],
        related: [past.id],
        fix: edit
          ? { kind: 'complete', text: 'Call the final address directly, with the credential.', edits: [edit] }
          : { kind: 'template', text: 'Call the final address directly, with a credential meant for that host.' },
      }
    }
    return undefined
  },
  examples: [
    {
      name: 'from http to https',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET http://api.test/a',
          headers: { Authorization: 'Bearer abcdefghijklmnop' },
          status: 301,
          answerHeaders: { Location: 'https://api.test/a' },
        },
        { request: 'GET https://api.test/a', status: 401 },
      ],
    },
    {
      name: 'a presigned storage address answers without it',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/file',
          headers: { Authorization: 'Bearer abcdefghijklmnop' },
          status: 302,
          answerHeaders: { Location: 'https://storage.test/file?sig=abcdef' },
        },
        { request: 'GET https://storage.test/file?sig=abcdef', status: 200, answer: 'x' },
      ],
    },
  ],
}
