// The proxy behind Telltale (a company proxy, for instance) refused or could not be reached.

import { requestHeader, responseHeader, status } from '../../evidence.ts'
import { failureCause, failureEvidence } from '../../failure-cause.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const upstreamProxy: Rule = {
  id: 'network/upstream-proxy',
  rank: 1,
  level: 'error',
  title: 'The upstream proxy refused or was not reached',
  summary:
    'Fires on 407, and when the proxy through which Telltale sends cannot be reached or answers CONNECT with a refusal. The API itself was never asked.',
  references: [rfc9110('15.5.8', '407 Proxy Authentication Required'), rfc9110('9.3.6', 'CONNECT')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (subject.failure?.code === 'PROXY_AUTHENTICATION') {
      return {
        title: 'Telltale itself asks for the proxy’s user and password',
        brief: 'Proxy wants a login',
        explanation:
          'Telltale listens beyond this machine and therefore asks each client for credentials (Proxy-Authorization). The client sent none, or wrong ones, so nothing was sent on.',
        evidence: [requestHeader(subject, 'Proxy-Authorization', context), ...failureEvidence(subject)],
        fix: {
          kind: 'template',
          text: 'Put them into the client’s proxy address: http://{{user}}:{{password}}@{{host}}:{{port}}.',
        },
      }
    }
    const via = subject.exchange.connection.via
    const where = via === undefined ? 'A proxy between here and the API' : `The upstream proxy ${withoutSecrets(via)}`
    const wantsLogin = subject.status === 407 || /AUTH|407/.test(subject.failure?.code ?? '')
    if (subject.status === 407 || (failureCause(subject) === 'upstream-proxy' && wantsLogin)) {
      const schemes = subject.response?.header('proxy-authenticate')
      return {
        title: 'The upstream proxy asks for credentials',
        brief: 'Proxy wants a login',
        explanation: `${where} answered 407: it lets nothing through without credentials of its own${
          schemes
            ? `, and accepts ${schemes
                .split(',')
                .map((one) => one.trim().split(' ')[0])
                .join(', ')}`
            : ''
        }. These are not the API’s credentials.`,
        evidence: [
          ...(subject.response ? [status(subject), responseHeader(subject, 'Proxy-Authenticate', context)] : []),
          ...failureEvidence(subject),
        ],
        fix: {
          kind: 'template',
          text: 'Give the proxy’s user and password in its address: --mode upstream:http://{{user}}:{{password}}@{{proxy host}}:{{port}}. For hosts inside the network, name them in NO_PROXY.',
        },
      }
    }
    if (failureCause(subject) !== 'upstream-proxy') return undefined
    return {
      title: 'The upstream proxy did not open the way to the API',
      brief: 'Upstream proxy failed',
      explanation: `${where} could not be reached or refused to connect to ${subject.host}: ${subject.failure?.message ?? ''} The API itself was never asked.`,
      evidence: failureEvidence(subject),
      fix: {
        kind: 'advice',
        text: 'Check the address of the upstream proxy and what it allows; hosts it must not be used for belong in NO_PROXY.',
      },
    }
  },
  examples: [
    {
      name: '407 from a company proxy',
      fires: true,
      primary: true,
      fix: 'template',
      exchanges: [
        {
          request: 'GET http://api.test/',
          status: 407,
          answerHeaders: { 'Proxy-Authenticate': 'Basic realm="proxy", Negotiate' },
        },
      ],
      brief: 'Proxy wants a login',
    },
    {
      name: 'the proxy answered CONNECT with 403',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/',
          connection: { via: 'http://proxy.corp:3128' },
          failure: { phase: 'connect', code: 'UPSTREAM_PROXY_REFUSED' },
        },
      ],
      brief: 'Upstream proxy failed',
    },
    {
      name: '401 is the API’s own',
      fires: false,
      exchanges: [
        { request: 'GET http://api.test/', status: 401, answerHeaders: { 'WWW-Authenticate': 'Basic realm="x"' } },
      ],
    },
    {
      name: 'refused without a proxy',
      fires: false,
      exchanges: [{ request: 'GET http://api.test/', failure: { phase: 'connect', code: 'ECONNREFUSED' } }],
    },
  ],
}

const withoutSecrets = (url: string): string => url.replace(/\/\/[^@/]*@/, '//…@')
