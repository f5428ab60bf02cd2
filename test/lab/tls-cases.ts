// Real faults of TLS: certificates with each defect, old versions, plain HTTP where TLS should be, and the reverse.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TlsOptions } from 'node:tls'
import { has, run } from '../support/programs.ts'
import { temporaryFolder } from '../support/telltale.ts'
import type { Lab } from './lab.ts'
import type { LabCase } from './lab-case.ts'
import * as certificates from './lab-certificates.ts'
import { askFetch, askHttp, askHttps } from './lab-client.ts'
import { labToken } from './lab-token.ts'

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok'

/** A TLS server with these options, asked once through an opened tunnel. */
const asks = (options: TlsOptions) => async (lab: Lab) => {
  const port = await lab.tls(options, (socket) => void socket.once('data', () => socket.end(ok)))
  await askHttps(lab.proxy.port, `https://localhost:${port}`, lab.proxy.caPem)
  return { port }
}

const certificate = (name: string, options: TlsOptions): LabCase => ({
  name,
  drive: asks(options),
  rule: 'network/tls-certificate',
  at: { at: 'connection' },
})

const handshake = (name: string, drive: LabCase['drive']): LabCase => ({
  name,
  ...(drive ? { drive } : {}),
  rule: 'network/tls-handshake',
  at: { at: 'connection' },
})

export const tlsCases: readonly LabCase[] = [
  certificate('certificate-expired', certificates.expired),
  certificate('certificate-not-yet-valid', certificates.notYetValid),
  certificate('certificate-for-another-name', certificates.otherName),
  certificate('certificate-self-signed', certificates.selfSigned),
  certificate('certificate-of-unknown-authority', certificates.unknownAuthority),
  certificate('certificate-without-issuer', certificates.withoutIssuer),
  handshake(
    'tls-version-too-old',
    asks({ ...certificates.good, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
  ),
  handshake(
    'client-certificate-wanted',
    asks({ ...certificates.good, requestCert: true, rejectUnauthorized: true, ca: certificates.labCa }),
  ),
  handshake(
    'client-certificate-wanted-tls-1-2',
    asks({
      ...certificates.good,
      maxVersion: 'TLSv1.2',
      requestCert: true,
      rejectUnauthorized: true,
      ca: certificates.labCa,
    }),
  ),
  handshake('plain-http-on-tls-port', async (lab) => {
    const port = await lab.tcp(
      (socket) => void socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
    )
    await askHttps(lab.proxy.port, `https://localhost:${port}`, lab.proxy.caPem)
    return { port }
  }),
  handshake('handshake-without-an-answer', async (lab) => {
    const port = await lab.tcp((socket) => void socket.resume())
    await askHttps(lab.proxy.port, `https://localhost:${port}`, lab.proxy.caPem)
    return { port }
  }),
  handshake('handshake-cut-off', async (lab) => {
    const port = await lab.tcp((socket) => void socket.once('data', () => socket.destroy()))
    await askHttps(lab.proxy.port, `https://localhost:${port}`, lab.proxy.caPem)
    return { port }
  }),
  {
    name: 'expired-token-over-https-by-fetch',
    async drive(lab) {
      const refusal =
        'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Bearer\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'
      const port = await lab.tls(certificates.good, (socket) => void socket.once('data', () => socket.end(refusal)))
      const file = join(temporaryFolder('lab-fetch'), 'ca.pem')
      writeFileSync(file, lab.proxy.caPem)
      const headers = { Authorization: `Bearer ${labToken({ iat: -7200, exp: -720 })}` }
      await askFetch(lab.proxy.port, `https://localhost:${port}/me`, file, { headers })
      return { port }
    },
    rule: 'auth/token-expired',
    at: { at: 'request.header', name: 'Authorization' },
  },
  {
    name: 'tls-port-asked-in-plain-http',
    async drive(lab) {
      // What OpenSSL answers to something that is no TLS: an alert record (protocol_version).
      const port = await lab.tcp(
        (socket) => void socket.once('data', () => socket.end(Buffer.from('15030100020246', 'hex'))),
      )
      await askHttp(lab.proxy.port, `http://localhost:${port}/`)
      return { port }
    },
    rule: 'network/protocol-error',
    at: { at: 'connection' },
  },
  {
    name: 'client-distrusts-the-proxy',
    async drive(lab) {
      const port = await lab.tls(certificates.good)
      // A program of its own: one that has believed the proxy before only closes spare connections.
      await askHttps(lab.proxy.port, `https://localhost:${port}`, undefined, '/', 'pinned-app/1.0')
      return { port }
    },
    rule: 'network/client-rejects-proxy-ca',
    at: { at: 'connection' },
  },
  ...(has('curl')
    ? [
        {
          name: 'curl-distrusts-the-proxy',
          async drive(lab: Lab) {
            const port = await lab.tls(certificates.good)
            await run('curl', [
              '-s',
              '-x',
              `http://127.0.0.1:${lab.proxy.port}`,
              '--noproxy',
              '',
              `https://localhost:${port}/`,
            ])
            return { port }
          },
          rule: 'network/client-rejects-proxy-ca',
          at: { at: 'connection' },
        } as const,
      ]
    : []),
]
