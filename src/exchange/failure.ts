// Why an exchange has no (whole) response: a phase, a stable code and a plain sentence.

/** Where it broke: before the origin was reached (resolve, connect, tls), while sending, while answering, or by the client. */
export type FailurePhase = 'resolve' | 'connect' | 'tls' | 'request' | 'response' | 'client'

/**
 * `code` is stable and upper case: Node's or OpenSSL's own code where there is one (`ENOTFOUND`, `ECONNREFUSED`,
 * `CERT_HAS_EXPIRED`), else ours (`UPSTREAM_CONNECT_TIMEOUT`, `CLIENT_REJECTED_CERTIFICATE`, `LOOP`, …).
 * `message` is one sentence for a person; `received` holds the first octets of a reply that could not be read.
 * `addresses` lists every address that was tried with what it answered.
 */
export type Failure = {
  readonly phase: FailurePhase
  readonly code: string
  readonly message: string
  readonly received?: string
  readonly addresses?: readonly { readonly address: string; readonly code: string }[]
  readonly certificate?: CertificateFacts
}

/** The public facts of one certificate; dates are ISO 8601. */
export type CertificateFacts = {
  readonly subject: string
  readonly issuer: string
  readonly altNames: readonly string[]
  readonly validFrom: string
  readonly validTo: string
  readonly fingerprint256: string
}
