// The request asks one host for the site of another.
import { requestHeader, requestLine } from '../../evidence.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

const defaults: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }

function authority(host: string, protocol: string): string {
  const [, name = host, port] = /^(.*?)(?::(\d+))?$/.exec(host.trim().toLowerCase()) ?? []
  return `${name.replace(/\.$/, '')}:${port ?? defaults[protocol] ?? ''}`
}

export const hostMismatch: Rule = {
  id: 'header/host-mismatch',
  rank: 1,
  level: 'error',
  title: 'Host names another site than the URL',
  summary:
    'Fires when Host or the TLS server name differs from the URL’s authority, and on 421. An error where the answer was 400, 404 or 421.',
  references: [rfc9110('7.2', 'Host and :authority'), rfc9110('15.5.20', '421 Misdirected Request')],
  needs: ['captured', 'other-host'],
  scope: 'exchange',
  check(subject, context) {
    const { url } = subject
    if (!url || subject.imported) return undefined
    const host = subject.request.header('host')
    const sni = subject.exchange.connection.serverTls?.servername
    const differs =
      host !== undefined && host !== '' && authority(host, url.protocol) !== authority(url.host, url.protocol)
    const sniDiffers =
      sni !== undefined &&
      sni !== '' &&
      host !== undefined &&
      sni.toLowerCase() !== authority(host, url.protocol).replace(/:\d*$/, '')
    if (!differs && !sniDiffers && subject.status !== 421) return undefined
    const isRefused = subject.outcome.is === 'failure' && [400, 404, 421].includes(subject.status)
    return {
      level: isRefused ? 'error' : 'warning',
      confidence: subject.status === 421 ? 0.96 : 0.92,
      brief: subject.status === 421 ? 'Sent to the wrong server' : 'Host differs from the URL',
      explanation:
        subject.status === 421
          ? 'The server says that it does not serve this site on this connection (421). A connection was used for a host it was not made for, or the name leads to the wrong machine.'
          : `The URL goes to ${url.host}${differs ? `, Host says ${host}` : ''}${sniDiffers ? `, the TLS server name is ${sni}` : ''}. The server answers for the site Host names.`,
      evidence: [requestLine(subject, context), requestHeader(subject, 'Host', context)],
      fix: differs
        ? {
            kind: 'complete',
            text: `Send Host: ${url.host}.`,
            edits: [{ op: 'set-header', name: 'Host', value: url.host }],
          }
        : { kind: 'advice', text: 'Send the request over a new connection to that host.' },
    }
  },
  examples: [
    {
      name: 'another Host',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [{ request: 'GET https://api.test/a', headers: { Host: 'other.test' }, status: 404 }],
    },
    { name: '421', fires: true, primary: true, exchanges: [{ request: 'GET https://api.test/a', status: 421 }] },
    {
      name: 'the default port written out',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/a', headers: { Host: 'api.test:443' }, status: 404 }],
    },
  ],
}
