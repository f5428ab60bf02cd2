// The two legs of the connection: addresses, protocol, TLS as negotiated, and the certificates that were shown.
import type { Connection, Tls } from '../../exchange/exchange.ts'
import type { CertificateFacts, Failure } from '../../exchange/failure.ts'
import { formatSecond } from '../units.ts'
import { spanInWords } from '../viewers/jwt.ts'
import { type Detail, evidenceAt } from './detail-state.ts'
import { FactsTable } from './facts-table.tsx'

const ways: { readonly [W in Connection['way']]: string } = {
  proxy: 'plain HTTP through the proxy',
  connect: 'CONNECT tunnel, opened here',
  socks5: 'SOCKS5',
  reverse: 'reverse proxy',
  direct: 'without a proxy setting',
  replay: 'sent by Telltale',
  import: 'read from a file',
}

const phaseWords: { readonly [P in Failure['phase']]: string } = {
  resolve: 'looking the name up',
  connect: 'opening the connection',
  tls: 'agreeing on TLS',
  request: 'sending the request',
  response: 'reading the response',
  client: 'the client’s side',
}

function TlsFacts({ label, tls }: { label: string; tls: Tls | undefined }) {
  if (!tls) return <p class="prose q">Not encrypted.</p>
  return (
    <FactsTable
      label={label}
      facts={[
        ['version', tls.protocol],
        ['cipher', tls.cipher],
        ['ALPN', tls.alpn ?? 'none agreed'],
        ['server name', tls.servername],
        ['session', tls.resumed ? 'resumed' : 'new'],
      ]}
    />
  )
}

function validity({ validFrom, validTo }: CertificateFacts, at: number): string {
  const left = Date.parse(validTo) - at
  const standing =
    left < 0
      ? `expired ${spanInWords(left)} before this call`
      : Date.parse(validFrom) > at
        ? 'not valid yet'
        : `${spanInWords(left)} left`
  return `${formatSecond(Date.parse(validFrom))} to ${formatSecond(Date.parse(validTo))}, ${standing}`
}

function Chain({ certificates, at }: { certificates: readonly CertificateFacts[]; at: number }) {
  return (
    <ol class="chain">
      {certificates.map((certificate, i) => (
        <li key={certificate.fingerprint256 || i}>
          <details open={i === 0}>
            <summary>
              {i === 0 ? 'Server' : i === certificates.length - 1 ? 'Root or last sent' : 'Intermediate'}:{' '}
              {certificate.subject}
            </summary>
            <FactsTable
              label={`Certificate ${i + 1}`}
              facts={[
                ['issuer', certificate.issuer],
                ['names', certificate.altNames.join(', ')],
                ['valid', validity(certificate, at)],
                ['SHA-256', certificate.fingerprint256],
              ]}
            />
          </details>
        </li>
      ))}
    </ol>
  )
}

export function ConnectionTab({ exchange }: Detail) {
  const { client, server, connection, outcome, unread } = exchange
  const at = Date.parse(exchange.startedDateTime)
  const failure = outcome.state === 'failed' ? outcome.failure : undefined
  const certificates = connection.serverTls?.certificates ?? (failure?.certificate ? [failure.certificate] : [])
  return (
    <div class="facts">
      {evidenceAt(['connection'], exchange.id).map(({ evidence, finding }, i) => (
        <p key={i} class="marked-fact">
          <mark>{evidence.value}</mark> {finding.title}
        </p>
      ))}
      {failure ? (
        <>
          <h4 class="lab">Where it broke</h4>
          <FactsTable
            label="Failure"
            facts={[
              ['step', phaseWords[failure.phase]],
              ['code', failure.code],
              ['message', failure.message],
              ['received', failure.received],
              ['tried', failure.addresses?.map(({ address, code }) => `${address}: ${code}`).join(', ')],
            ]}
          />
        </>
      ) : null}
      <h4 class="lab">Client to Telltale</h4>
      <FactsTable
        label="Client side"
        facts={[
          ['client', `${client.address}:${client.port}`],
          ['way', ways[connection.way]],
          ['connection', `${connection.id}`],
          ['unread', unread],
        ]}
      />
      <TlsFacts label="Client TLS" tls={connection.clientTls} />
      <h4 class="lab">Telltale to server</h4>
      <FactsTable
        label="Server side"
        facts={[
          ['server', `${server.host}:${server.port}`],
          ['address', server.address],
          ['through', connection.via],
          [
            'connection',
            connection.upstreamId === undefined
              ? undefined
              : `${connection.upstreamId}, ${connection.reused ? 'reused' : 'new'}`,
          ],
        ]}
      />
      <TlsFacts label="Server TLS" tls={connection.serverTls} />
      {certificates.length > 0 ? (
        <>
          <h4 class="lab">Certificates the server sent</h4>
          <Chain certificates={certificates} at={at} />
        </>
      ) : null}
    </div>
  )
}
