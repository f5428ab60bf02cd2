// No failure without a cause: every code the wire has, and every one of Node and OpenSSL it may pass on, gets its finding.
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { createDiagnosis } from '../../src/diagnose/diagnose.ts'
import { type ExchangeSketch, exampleExchanges } from '../../src/diagnose/example-exchange.ts'
import type { FailurePhase } from '../../src/exchange/failure.ts'

const hash = (octets: Uint8Array | string) => createHash('sha256').update(octets).digest('hex')
const proxy = join(dirname(fileURLToPath(import.meta.url)), '../../src/proxy')

function findings(sketch: ExchangeSketch) {
  const failures: unknown[] = []
  const diagnosis = createDiagnosis({ hash, now: () => 0, onRuleFailure: (_rule, _id, error) => failures.push(error) })
  const found = exampleExchanges([sketch]).flatMap((one) => diagnosis.observe(one))[0]?.findings ?? []
  return { found, failures }
}

/** Codes by the phase in which they come. */
const known: Readonly<Record<FailurePhase, readonly string[]>> = {
  resolve: ['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_FAIL', 'ESERVFAIL', 'ETIMEOUT', 'UNKNOWN'],
  connect: [
    ...['ECONNREFUSED', 'ETIMEDOUT', 'UPSTREAM_CONNECT_TIMEOUT', 'EHOSTUNREACH', 'ENETUNREACH', 'EACCES', 'EPERM'],
    ...[
      'EADDRNOTAVAIL',
      'ECONNRESET',
      'EMFILE',
      'LOOP',
      'UPSTREAM_PROXY_REFUSED',
      'UPSTREAM_PROXY_UNREACHABLE',
      'UPSTREAM_PROXY_TIMEOUT',
      'UNKNOWN',
    ],
  ],
  tls: [
    ...['CERT_HAS_EXPIRED', 'CERT_NOT_YET_VALID', 'CERT_REVOKED', 'CERT_UNTRUSTED', 'CERT_REJECTED', 'INVALID_PURPOSE'],
    ...['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'INVALID_CA'],
    ...['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'UNABLE_TO_GET_ISSUER_CERT', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    ...[
      'HOSTNAME_MISMATCH',
      'CERT_SIGNATURE_FAILURE',
      'EE_KEY_TOO_SMALL',
      'CA_MD_TOO_WEAK',
      'ERR_SSL_WRONG_VERSION_NUMBER',
    ],
    ...[
      'ERR_SSL_UNSUPPORTED_PROTOCOL',
      'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
      'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
    ],
    ...['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_SSL_TLSV1_UNRECOGNIZED_NAME', 'EPROTO', 'ECONNRESET'],
    ...['ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL', 'UPSTREAM_TLS_TIMEOUT', 'UPSTREAM_TLS_CLOSED', 'UNKNOWN'],
  ],
  request: ['ECONNRESET', 'EPIPE', 'UNKNOWN'],
  response: [
    ...[
      'ECONNRESET',
      'UPSTREAM_CLOSED',
      'UPSTREAM_RESPONSE_TIMEOUT',
      'RESPONSE_MALFORMED',
      'RESPONSE_FRAMING',
      'UNKNOWN',
    ],
    ...['HTTP2_PROTOCOL_ERROR', 'HTTP2_REFUSED_STREAM', 'HTTP2_ENHANCE_YOUR_CALM', 'HPE_INVALID_CONSTANT'],
    ...['ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED', 'ERR_HTTP2_STREAM_ERROR'],
  ],
  client: [
    ...[
      'CLIENT_REJECTED_CERTIFICATE',
      'CLIENT_TLS_FAILED',
      'REQUEST_MALFORMED',
      'REQUEST_FRAMING',
      'REQUEST_NOT_PROXY',
    ],
    ...['CONNECT_REFUSED', 'PROXY_AUTHENTICATION', 'UNKNOWN'],
  ],
}

t.test('every known code has one primary finding of the network group', async (t) => {
  for (const [phase, codes] of Object.entries(known) as [FailurePhase, readonly string[]][])
    for (const code of codes) {
      const { found, failures } = findings({
        request: 'GET https://api.test/items',
        failure: { phase, code },
        took: 6000,
      })
      const lead = found.find(({ primary }) => primary)
      t.match(lead?.ruleId, /^network\//, `${phase} ${code}: ${lead?.brief}`)
      t.ok(lead && lead.evidence.length > 0 && lead.fix, `${phase} ${code} has evidence and a remedy`)
      t.equal(failures.length, 0, `${phase} ${code}: no rule throws`)
    }
})

t.test('what broke off after the head is a cut answer', async (t) => {
  for (const code of ['RESPONSE_CUT', 'ECONNRESET', 'UPSTREAM_CLOSED', 'HTTP2_INTERNAL_ERROR', 'UNKNOWN']) {
    const { found } = findings({
      request: 'GET https://api.test/items',
      status: 200,
      answerHeaders: { 'Content-Length': '500' },
      answer: '{"a":',
      failure: { phase: 'response', code },
    })
    t.equal(found.find(({ primary }) => primary)?.ruleId, 'response/truncated-body', code)
  }
})

t.test('a cancelled call, and one that Telltale’s own end cut, is told without blame', async (t) => {
  for (const [phase, code] of [
    ['client', 'CLIENT_CLOSED'],
    ['response', 'INTERRUPTED'],
  ] as const) {
    const { found } = findings({ request: 'GET https://api.test/items', failure: { phase, code }, took: 300 })
    t.strictSame(
      found.map(({ ruleId, level }) => [ruleId, level]),
      [['network/client-aborted', 'note']],
      code,
    )
  }
})

t.test('the wire has no code this test does not know', async (t) => {
  const mine = new Set([...Object.values(known).flat(), 'RESPONSE_CUT', 'CLIENT_CLOSED', 'INTERRUPTED'])
  const used = readdirSync(proxy).flatMap((file) => {
    const text = readFileSync(join(proxy, file), 'utf8')
    return [...text.matchAll(/'((?:UPSTREAM|CLIENT|REQUEST|RESPONSE|CONNECT|PROXY)_[A-Z_]*[A-Z])'/g)].map(
      ([, code]) => code ?? '',
    )
  })
  t.ok(used.length > 10, 'codes were found')
  t.strictSame(
    [...new Set(used)].filter((code) => !mine.has(code)),
    [],
  )
})
