// The origin's certificate was not accepted: out of date, for another name, or signed by nobody known here.
import type { CertificateFacts } from '../../../exchange/failure.ts'
import { onConnection } from '../../evidence.ts'
import { failureCause, failureEvidence } from '../../failure-cause.ts'
import type { Fix } from '../../finding.ts'
import { listed, moment, span } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

export const tlsCertificate: Rule = {
  id: 'network/tls-certificate',
  rank: 1,
  level: 'error',
  title: 'The origin’s certificate was not accepted',
  summary:
    'Fires when the certificate is expired, not yet valid, for another name, self-signed, revoked or signed by an authority unknown here. Shows subject, names, issuer and dates.',
  references: [rfc(5280, '6', 'Certification Path Validation'), rfc(9525, '6', 'Verifying Service Identity')],
  on: 'failure',
  needs: ['network-failure'],
  scope: 'exchange',
  check(subject, context) {
    if (failureCause(subject) !== 'certificate' || !subject.failure) return undefined
    const { code, certificate } = subject.failure
    const sameTrouble = new Set(
      context.earlier
        .filter(
          (past) =>
            past.failureCode !== undefined && unknownIssuer.test(past.failureCode) && past.origin !== subject.origin,
        )
        .map((past) => past.origin),
    )
    const { title, brief, words, fix } = describe(subject, code, certificate, sameTrouble.size)
    return {
      title,
      brief,
      explanation: `${words} The request was not sent.`,
      evidence: [...failureEvidence(subject), ...certificateEvidence(certificate)],
      fix,
    }
  },
  examples: [
    {
      name: 'expired five days ago',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET https://api.test/',
          failure: {
            phase: 'tls',
            code: 'CERT_HAS_EXPIRED',
            certificate: {
              subject: 'CN=api.test',
              issuer: 'CN=R11',
              altNames: ['api.test'],
              validFrom: '2026-02-26T12:00:00Z',
              validTo: '2026-05-27T12:00:00Z',
              fingerprint256: 'AA:BB',
            },
          },
        },
      ],
      brief: 'Certificate expired',
      fix: 'advice',
    },
    {
      name: 'a certificate for another name',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/',
          failure: {
            phase: 'tls',
            code: 'ERR_TLS_CERT_ALTNAME_INVALID',
            certificate: {
              subject: 'CN=www.test',
              issuer: 'CN=R11',
              altNames: ['www.test'],
              validFrom: '2026-02-26T12:00:00Z',
              validTo: '2026-08-27T12:00:00Z',
              fingerprint256: 'AA:BB',
            },
          },
        },
      ],
      brief: 'Certificate: wrong name',
    },
    {
      name: 'self-signed',
      fires: true,
      exchanges: [{ request: 'GET https://dev.test/', failure: { phase: 'tls', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' } }],
      brief: 'Self-signed certificate',
      fix: 'template',
    },
    {
      name: 'the client rejected the proxy’s certificate, not the origin’s',
      fires: false,
      exchanges: [
        { request: 'CONNECT api.test:443', failure: { phase: 'client', code: 'CLIENT_REJECTED_CERTIFICATE' } },
      ],
    },
    {
      name: 'the origin asks for a client certificate',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/',
          failure: { phase: 'tls', code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' },
        },
      ],
    },
  ],
}

const unknownIssuer = /^(?:SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w+|CERT_UNTRUSTED)$/

type Description = { readonly title: string; readonly brief: string; readonly words: string; readonly fix: Fix }

const advice = (text: string): Fix => ({ kind: 'advice', text })
const trust = (host: string): Fix => ({
  kind: 'template',
  text: `If you know this authority, start Telltale with --upstream-ca {{its certificate as a PEM file}}. To skip the check for this host only: --insecure ${host}.`,
})

function describe(
  subject: Subject,
  code: string,
  certificate: CertificateFacts | undefined,
  alsoRejected: number,
): Description {
  const { host } = subject
  const names = certificate && certificate.altNames.length > 0 ? listed(namesOf(certificate)) : 'other names'
  if (code === 'CERT_HAS_EXPIRED') {
    const ended = certificate && Date.parse(certificate.validTo)
    return {
      title: `The certificate of ${host} has expired`,
      brief: 'Certificate expired',
      words: ended
        ? `Its certificate was valid until ${moment(ended)}, ${span(subject.time - ended)} before this request. If that is in the future by any other clock, this machine’s clock is wrong.`
        : 'A certificate in its chain is past its end date.',
      fix: advice(`Renew the certificate of ${host}. To go on meanwhile, for this host only: --insecure ${host}.`),
    }
  }
  if (code === 'CERT_NOT_YET_VALID') {
    const begins = certificate && Date.parse(certificate.validFrom)
    return {
      title: `The certificate of ${host} is not valid yet`,
      brief: 'Certificate not yet valid',
      words: `Its certificate begins ${begins ? `at ${moment(begins)}` : 'in the future'}. Most often the clock of this machine is slow.`,
      fix: advice('Set the clock of this machine (NTP) and repeat.'),
    }
  }
  if (/ALTNAME|HOSTNAME_MISMATCH/.test(code)) {
    return {
      title: `The certificate that ${host} shows is for another name`,
      brief: 'Certificate: wrong name',
      words: `The certificate names ${names}, not ${host}. The address leads to another server than meant, or the server is not set up for this name.`,
      fix: advice(`Use one of the names the certificate has, or add ${host} to the certificate.`),
    }
  }
  if (code === 'CERT_REVOKED') {
    return {
      title: `The certificate of ${host} was revoked`,
      brief: 'Certificate revoked',
      words: 'Its authority has withdrawn the certificate before its end.',
      fix: advice('The server needs a new certificate; do not skip this check.'),
    }
  }
  if (code === 'DEPTH_ZERO_SELF_SIGNED_CERT') {
    return {
      title: `${host} shows a certificate it signed itself`,
      brief: 'Self-signed certificate',
      words:
        'The certificate is its own authority, as is usual for development servers, and nothing here vouches for it.',
      fix: trust(host),
    }
  }
  if (/^UNABLE_TO_VERIFY_LEAF|^UNABLE_TO_GET_ISSUER/.test(code)) {
    return {
      title: `The certificate chain of ${host} does not lead to a known authority`,
      brief: 'Certificate chain broken',
      words: `The issuer${certificate ? ` (${certificate.issuer})` : ''} is not known here. Either the server does not send its intermediate certificate (browsers often hide that), or the authority is private.${interception(alsoRejected)}`,
      fix: trust(host),
    }
  }
  if (code === 'SELF_SIGNED_CERT_IN_CHAIN' || code === 'CERT_UNTRUSTED') {
    return {
      title: `The certificate of ${host} comes from an authority unknown here`,
      brief: 'Unknown authority (CA)',
      words: `Its chain ends in an authority${certificate ? ` (${certificate.issuer})` : ''} that is not among the trusted ones: a private authority, or a company proxy that opens TLS.${interception(alsoRejected)}`,
      fix: trust(host),
    }
  }
  return {
    title: `The certificate of ${host} was not accepted`,
    brief: 'Certificate not accepted',
    words: `Checking the certificate ended with ${code}.`,
    fix: trust(host),
  }
}

const interception = (others: number): string =>
  others > 0 ? ' Other hosts failed the same way, so something in this network most likely opens TLS itself.' : ''

function certificateEvidence(certificate: CertificateFacts | undefined) {
  if (!certificate) return []
  const { subject, issuer, validFrom, validTo } = certificate
  return [
    onConnection(`subject ${subject}; names ${listed(namesOf(certificate), 8) || 'none'}`),
    onConnection(`issuer ${issuer}; valid ${validFrom.slice(0, 10)} to ${validTo.slice(0, 10)}`),
  ]
}

/** Without the `DNS:` and `IP Address:` that OpenSSL writes in front. */
const namesOf = ({ altNames }: CertificateFacts): readonly string[] =>
  altNames.map((name) => name.replace(/^[A-Z][\w ]*:/, ''))
