// A credential or session crosses the network in the clear.

import { sessionCookie } from '../../../http/secret-names.ts'
import { requestHeader, requestLine, responseHeader } from '../../evidence.ts'
import { isLoopbackHost, isPrivateHost } from '../../host-reach.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

export const credentialsOverHttp: Rule = {
  id: 'security/credentials-over-http',
  rank: 1,
  level: 'error',
  title: 'Credentials cross the network unencrypted',
  summary:
    'Fires when credentials, or a session cookie that is being set, go over plain http to a host outside this machine. A warning for private networks, silent for loopback.',
  references: [
    rfc9110('17.1', 'Establishing Authority'),
    { title: 'RFC 6750 §5.3: Use TLS', url: 'https://www.rfc-editor.org/rfc/rfc6750#section-5.3' },
  ],
  scope: 'exchange',
  check(subject, context) {
    if (
      !subject.exchange.request.url.startsWith('http:') ||
      subject.exchange.kind === 'tunnel' ||
      subject.failure?.phase === 'resolve'
    )
      return undefined
    const { address } = subject.exchange.server
    if (isLoopbackHost(subject.host) || (address !== undefined && isLoopbackHost(address))) return undefined
    const found = subject.scrubbed
      ? undefined
      : subject.credentials.find((one) => one.location !== 'body' && one.value !== '')
    const set = setsSession(subject)
    if (!found && set === undefined) return undefined
    const near = isPrivateHost(subject.host) || (address !== undefined && isPrivateHost(address))
    if (
      !context.once(`security/credentials-over-http ${subject.origin} ${near}`, subject.imported ? undefined : 600_000)
    )
      return undefined
    return {
      level: near ? 'warning' : 'error',
      mayLead: false,
      brief: 'Credential sent over http',
      explanation: `This exchange with ${subject.host} is not encrypted, and ${
        found
          ? `it carries a credential (${found.location === 'header' ? found.name : `in the ${found.location}`})`
          : 'it sets a session cookie'
      }. Everybody on the way can read and reuse it.${near ? ' The host is in a private network, which limits who that is.' : ' Treat the credential as known to others, and replace it.'}`,
      evidence: [
        requestLine(subject, context),
        ...(found?.location === 'header' ? [requestHeader(subject, found.name, context)] : []),
        ...(found?.location === 'cookie' ? [requestHeader(subject, 'Cookie', context)] : []),
        ...(!found ? [responseHeader(subject, 'Set-Cookie', context)] : []),
      ],
      fix: {
        kind: 'complete',
        text: 'Send it to the https address.',
        edits: [{ op: 'set-url', value: subject.exchange.request.url.replace(/^http:/, 'https:') }],
      },
    }
  },
  examples: [
    {
      name: 'a token to a public host',
      fires: true,
      exchanges: [
        {
          request: 'GET http://api.shop.com/me',
          headers: { Authorization: 'Bearer f3Gh7Kp2Qx9Rt4Wz' },
          status: 200,
          answer: {},
        },
      ],
      level: 'error',
      fix: 'complete',
    },
    {
      name: 'a session cookie that is set in a private network',
      fires: true,
      exchanges: [
        {
          request: 'POST http://192.168.1.9/login',
          body: 'a=b',
          status: 200,
          answerHeaders: { 'Set-Cookie': 'sessionid=f3Gh7Kp2Qx9; Path=/' },
        },
      ],
      level: 'warning',
    },
    {
      name: 'a development server on this machine',
      fires: false,
      exchanges: [
        {
          request: 'GET http://localhost:3000/me',
          headers: { Authorization: 'Bearer f3Gh7Kp2Qx9Rt4Wz' },
          status: 200,
          answer: {},
        },
      ],
    },
    {
      name: 'no credential at all',
      fires: false,
      exchanges: [{ request: 'GET http://api.shop.com/public', status: 200, answer: {} }],
    },
    {
      name: 'the same over https',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.shop.com/me',
          headers: { Authorization: 'Bearer f3Gh7Kp2Qx9Rt4Wz' },
          status: 200,
          answer: {},
        },
      ],
    },
  ],
}

function setsSession(subject: Subject): string | undefined {
  return subject.response?.headerAll('set-cookie').find((value) => {
    const [pair = ''] = value.split(';')
    const [name = '', content = ''] = pair.split('=')
    return content !== '' && sessionCookie.test(name)
  })
}
