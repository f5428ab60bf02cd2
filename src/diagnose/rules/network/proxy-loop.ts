// The request came back to where it had been: a proxy that leads to itself.

import { requestHeader, status } from '../../evidence.ts'
import { failureCause, failureEvidence } from '../../failure-cause.ts'
import { outOfResources } from '../../out-of-resources.ts'
import { rfc, rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const proxyLoop: Rule = {
  id: 'network/proxy-loop',
  rank: 1,
  level: 'error',
  title: 'The request runs in a circle',
  summary:
    'Fires when a request leads back to Telltale itself, or when a server answers 508 Loop Detected. Usually a proxy variable or a reverse address points at Telltale’s own port.',
  references: [rfc9110('7.6.3', 'Via'), rfc(5842, '7.2', '508 Loop Detected')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const own = failureCause(subject) === 'loop'
    // Hosting companies use the same code for "Resource Limit Is Reached".
    if (!own && (subject.status !== 508 || outOfResources(subject.errorText))) return undefined
    const { host, port } = subject.exchange.server
    return {
      title: own ? `${host}:${port} leads back to Telltale itself` : 'The server found the request running in a circle',
      brief: 'Request runs in a circle',
      explanation: own
        ? `The target ${host}:${port} is Telltale’s own port, or the request had passed Telltale before. Sending it on would repeat for ever, so it was stopped here.`
        : 'The server answered 508: following its own links or rewrites it came back to where it began.',
      evidence: own ? [...failureEvidence(subject), requestHeader(subject, 'Via', context)] : [status(subject)],
      fix: {
        kind: 'advice',
        text: own
          ? 'Ask the API’s own address, not the proxy’s; for a reverse proxy, point its target at the real server, and unset HTTP_PROXY for the server behind it.'
          : 'Tell whoever runs the server; the request cannot avoid it.',
      },
    }
  },
  examples: [
    {
      name: 'the target is the proxy’s own port',
      fires: true,
      primary: true,
      exchanges: [{ request: 'GET http://localhost:8080/', failure: { phase: 'connect', code: 'LOOP' } }],
      brief: 'Request runs in a circle',
    },
    {
      name: 'a 508 of a host whose resources are used up',
      fires: false,
      exchanges: [
        {
          request: 'GET http://site.test/',
          status: 508,
          answer: '<html><title>508 Resource Limit Is Reached</title></html>',
        },
      ],
    },
    {
      name: 'a server that answers 508',
      fires: true,
      exchanges: [{ request: 'PROPFIND http://dav.test/', status: 508 }],
    },
    {
      name: 'a 500 that says loop',
      fires: false,
      exchanges: [{ request: 'GET http://api.test/', status: 500, answer: { error: 'loop in graph' } }],
    },
    {
      name: 'refused on the proxy’s neighbour port',
      fires: false,
      exchanges: [{ request: 'GET http://localhost:8082/', failure: { phase: 'connect', code: 'ECONNREFUSED' } }],
    },
  ],
}
