// The server wants to know which client asks.
import { requestHeader, status } from '../../evidence.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import { words } from '../../word-lists.ts'

const library =
  /^(?:python-requests|curl|wget|go-http-client|java|okhttp|axios|node-fetch|undici|node|libwww-perl|ruby|apache-httpclient)\b/i

export const userAgentRequired: Rule = {
  id: 'header/user-agent-required',
  rank: 1,
  level: 'error',
  title: 'The server wants a User-Agent that names the client',
  summary:
    'Fires on 400, 403, 406 and 429 when User-Agent is absent or a library’s default and the server speaks of it, or when every success carried one and it is absent now.',
  references: [rfc9110('10.1.5', 'User-Agent')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (![400, 403, 406, 429].includes(subject.status)) return undefined
    const agent = subject.request.header('user-agent')
    const spoken =
      words.userAgent.test(subject.errorText) && (agent === undefined || agent === '' || library.test(agent))
    const usual = context.baseline?.requestHeaders.get('user-agent')
    const always =
      agent === undefined && usual !== undefined && usual.count >= 3 && usual.count === context.baseline?.samples
    if (!spoken && !(always && subject.live)) return undefined
    const value = always && usual ? usual.value : 'my-client/1.0 (+https://example.com/contact)'
    return {
      ...(spoken ? {} : { rank: 2 as const }),
      confidence: spoken ? 0.96 : 0.7,
      brief: agent ? 'User-Agent not accepted' : 'User-Agent is missing',
      explanation: `${agent ? `The request names itself ${agent}, a library’s default` : 'The request has no User-Agent'}${spoken ? ', and the server says that it wants one that tells who is calling' : '; every call that worked here had one'}.`,
      evidence: [status(subject), requestHeader(subject, 'User-Agent', context)],
      fix: {
        kind: 'complete',
        text: 'Send a User-Agent that names the program and a contact.',
        edits: [{ op: 'set-header', name: 'User-Agent', value }],
      },
    }
  },
  examples: [
    {
      name: 'a 403 about the User-Agent',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 403,
          answer: { message: 'Please make sure your request has a User-Agent header' },
        },
      ],
    },
    {
      name: 'another 403 without one',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/a', status: 403, answer: { message: 'no' } }],
    },
  ],
}
