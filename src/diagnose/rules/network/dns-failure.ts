// The host name could not be turned into an address: a typing error, a missing network, or a resolver in trouble.

import { editDistance } from '../../edit-distance.ts'
import { failureCause, failureEvidence } from '../../failure-cause.ts'
import { brief, listed } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'

/** Names that exist inside some network only, or nowhere at all (RFC 6761, RFC 6762, RFC 8375). */
const privateName = /\.(?:local|internal|intranet|corp|lan|home|home\.arpa|svc|cluster\.local|private)$/i
const reservedName = /\.(?:invalid|example|test)$/i

export const dnsFailure: Rule = {
  id: 'network/dns-failure',
  rank: 1,
  level: 'error',
  title: 'The host name could not be resolved',
  summary:
    'Fires when no address was found for the host (ENOTFOUND, EAI_AGAIN and their like). Tells a name that does not exist from a resolver that did not answer, and names similar hosts that worked.',
  references: [rfc(1035, '4.1.1', 'Response code 3, Name Error')],
  on: 'failure',
  needs: ['network-failure'],
  scope: 'exchange',
  check(subject, context) {
    const { failure } = subject
    if (!failure || failureCause(subject) !== 'dns') return undefined
    const { host } = subject
    const temporary = /AGAIN|FAIL|EREFUSED|TIMEOUT/.test(failure.code)
    const hosts = new Set(
      context.earlier
        .filter((past) => past.outcome === 'success')
        .flatMap((past) => (URL.canParse(past.url) ? [new URL(past.url).hostname] : [])),
    )
    hosts.delete(host)
    const near = [...hosts].filter((other) => editDistance(other, host, 2) <= 2)
    const [only] = near
    const why = temporary
      ? 'The resolver itself did not give an answer, so the name may well exist: the network, the VPN or the DNS server is in trouble.'
      : reservedName.test(host)
        ? 'Names with this ending are reserved and never exist on the public network.'
        : privateName.test(host)
          ? 'Names like this exist inside one network only: a VPN may be off, or the name belongs to another cluster or container network.'
          : 'DNS says that there is no such name.'
    return {
      title: `No address was found for ${host}`,
      brief: temporary ? 'Resolver did not answer' : 'Host name not found',
      explanation: `Before anything was sent, the name ${host} had to be turned into an address, and that failed. ${why}${
        near.length > 0 ? ` ${listed(near)} worked in this session: is that what was meant?` : ''
      }`,
      evidence: failureEvidence(subject),
      fix:
        near.length === 1 && only
          ? {
              kind: 'complete',
              text: `Send it to ${only} instead.`,
              edits: [{ op: 'set-url', value: subject.exchange.request.url.replace(host, only) }],
            }
          : {
              kind: 'advice',
              text: temporary
                ? 'Check the network connection, the VPN and the DNS server, then repeat.'
                : `Check the spelling of ${brief(host)}, the environment it is configured for, and the hosts file or VPN it may need.`,
            },
    }
  },
  examples: [
    {
      name: 'a misspelt host beside the right one',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        { request: 'GET https://api.shop.test/items', status: 200, answer: {} },
        { request: 'GET https://api.shpo.test/items', failure: { phase: 'resolve', code: 'ENOTFOUND' } },
      ],
      brief: 'Host name not found',
    },
    {
      name: 'the resolver does not answer',
      fires: true,
      fix: 'advice',
      exchanges: [{ request: 'GET https://api.shop.test/items', failure: { phase: 'resolve', code: 'EAI_AGAIN' } }],
      brief: 'Resolver did not answer',
    },
    {
      name: 'the name was found but nothing listens',
      fires: false,
      exchanges: [{ request: 'GET https://api.shop.test/', failure: { phase: 'connect', code: 'ECONNREFUSED' } }],
    },
    {
      name: 'an API that speaks of DNS',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/zones',
          body: { name: 'x' },
          status: 400,
          answer: { error: 'ENOTFOUND: zone' },
        },
      ],
    },
  ],
}
