// The browser session is over, or the anti-forgery token of the form is missing or old.
import type { Edit } from '../../../exchange/edit.ts'
import { responseOf } from '../../../exchange/exchange.ts'
import { sessionCookie } from '../../../http/secret-names.ts'
import { holeFor } from '../../auth-failure.ts'
import type { Context } from '../../context.ts'
import { requestHeader, responseHeader, status } from '../../evidence.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'
import { words } from '../../word-lists.ts'

export const sessionExpiredOrCsrf: Rule = {
  id: 'auth/session-expired-or-csrf',
  rank: 1,
  level: 'error',
  title: 'The session or its anti-forgery token is no longer valid',
  summary:
    'Fires on 419 and 440, on refusals that speak of CSRF, and on 401 or 403 that delete the session cookie that was sent. Offers the token that an earlier answer supplied.',
  references: [rfc(6265, '4.1.2', 'Semantics of Set-Cookie')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const csrf =
      ([400, 403, 419, 422].includes(subject.status) && words.csrf.test(subject.errorText)) ||
      /required/i.test(subject.response?.header('x-csrf-token') ?? '')
    const deleted =
      [401, 403].includes(subject.status) && !/log-?out|sign-?out/i.test(subject.path)
        ? deletedSession(subject)
        : undefined
    if (!csrf && deleted === undefined && subject.status !== 419 && subject.status !== 440) return undefined
    const supplied = suppliedToken(context)
    const edit: Edit | undefined =
      csrf && supplied ? { op: 'set-header', name: supplied.name, value: supplied.value } : undefined
    return {
      confidence: 0.95,
      title: csrf ? 'The anti-forgery token is missing or no longer valid' : 'The session has ended',
      brief: csrf ? 'CSRF token missing or old' : 'Session has ended',
      explanation: csrf
        ? 'The server protects this call against forgery: it wants a token that it handed out before, in a field or in the form. The token was not sent, or it belongs to another session.'
        : 'The server no longer knows the session of the cookie that was sent, and takes the cookie back. Sign in again.',
      evidence: [
        status(subject),
        requestHeader(subject, 'Cookie', context),
        ...(deleted === undefined
          ? []
          : [
              {
                location: { at: 'response.header' as const, name: 'Set-Cookie', index: deleted },
                value: 'takes the session cookie back',
              },
            ]),
        ...(csrf && subject.response?.header('x-csrf-token') ? [responseHeader(subject, 'X-CSRF-Token', context)] : []),
      ],
      fix: edit
        ? {
            kind: 'complete',
            text: `Send the token that an earlier answer supplied, in ${supplied?.name}.`,
            edits: [edit],
          }
        : csrf
          ? {
              kind: 'template',
              text: 'Fetch the page or the token endpoint first and send the token it supplies.',
              edits: [{ op: 'set-header', name: 'X-CSRF-Token', value: '{{token from an earlier answer}}' }],
            }
          : {
              kind: 'template',
              text: 'Sign in again and use the new cookie.',
              ...holeFor(
                subject,
                subject.credentials.find(({ location }) => location === 'cookie'),
                'cookie of the new session',
              ),
            },
    }
  },
  examples: [
    {
      name: 'a CSRF refusal after an answer that supplied a token',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://app.test/session',
          status: 200,
          answerHeaders: { 'X-CSRF-Token': 'abcdef0123456789' },
          answer: {},
        },
        {
          request: 'POST https://app.test/orders',
          headers: { Cookie: 'sessionid=abcdef012345' },
          body: { a: 1 },
          status: 403,
          answer: { detail: 'CSRF Failed: CSRF token missing.' },
        },
      ],
    },
    {
      name: '419',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'POST https://app.test/orders',
          headers: { Cookie: 'laravel_session=abcdef012345' },
          body: { a: 1 },
          status: 419,
          answer: { message: 'Page expired' },
        },
      ],
    },
    {
      name: 'a logout that deletes its cookie',
      fires: false,
      exchanges: [
        {
          request: 'POST https://app.test/logout',
          headers: { Cookie: 'sessionid=abcdef012345' },
          status: 401,
          answerHeaders: { 'Set-Cookie': 'sessionid=; Max-Age=0' },
        },
      ],
    },
    {
      name: 'a 401 that leaves the cookie alone',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/me',
          headers: { Cookie: 'sid=abcdefghijklmnop' },
          status: 401,
          answer: { message: 'Sign in' },
        },
      ],
    },
  ],
}

/** Index of a Set-Cookie line that deletes a session cookie this request sent. */
function deletedSession(subject: Subject): number | undefined {
  const sent = new Set(subject.credentials.filter(({ location }) => location === 'cookie').map(({ name }) => name))
  const index = (subject.response?.headers ?? []).findIndex((line) => {
    if (line.name.toLowerCase() !== 'set-cookie') return false
    const name = line.value.split('=')[0]?.trim() ?? ''
    return (
      sent.has(name) &&
      sessionCookie.test(name) &&
      /max-age=(?:0|-\d+)\b|expires=[^;]*(?:19\d\d|200\d)/i.test(line.value)
    )
  })
  return index < 0 ? undefined : index
}

/** The newest anti-forgery token an answer of this origin handed out: in a field, or as a cookie to be echoed. */
function suppliedToken(context: Context): { readonly name: string; readonly value: string } | undefined {
  for (const past of context.ofOrigin.toReversed())
    for (const line of responseOf(past.exchange)?.headers ?? []) {
      if (/^x-(?:csrf|xsrf)-?token$/i.test(line.name) && !/required|fetch/i.test(line.value))
        return { name: line.name, value: line.value }
      if (line.name.toLowerCase() !== 'set-cookie') continue
      const cookie = /^(XSRF-TOKEN|csrftoken|_csrf)=([^;]+)/i.exec(line.value)
      if (cookie)
        return { name: cookie[1] === 'XSRF-TOKEN' ? 'X-XSRF-TOKEN' : 'X-CSRFToken', value: decode(cookie[2] ?? '') }
    }
  return undefined
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
