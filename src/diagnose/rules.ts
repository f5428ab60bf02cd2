// Every diagnosis rule, listed by hand: one import and one entry a line, sorted by id.

import type { Rule } from './rule.ts'
import { expectationFailed } from './rules/header/expectation-failed.ts'
import { blocked } from './rules/network/blocked.ts'
import { captivePortal } from './rules/network/captive-portal.ts'
import { clientAborted } from './rules/network/client-aborted.ts'
import { clientRejectsProxyCa } from './rules/network/client-rejects-proxy-ca.ts'
import { connectTimeout } from './rules/network/connect-timeout.ts'
import { connectionRefused } from './rules/network/connection-refused.ts'
import { connectionReset } from './rules/network/connection-reset.ts'
import { dnsFailure } from './rules/network/dns-failure.ts'
import { intermediaryInterference } from './rules/network/intermediary-interference.ts'
import { protocolError } from './rules/network/protocol-error.ts'
import { proxyLoop } from './rules/network/proxy-loop.ts'
import { responseTimeout } from './rules/network/response-timeout.ts'
import { tlsCertificate } from './rules/network/tls-certificate.ts'
import { tlsHandshake } from './rules/network/tls-handshake.ts'
import { upstreamProxy } from './rules/network/upstream-proxy.ts'
import { rateLimitApproaching } from './rules/ratelimit/approaching.ts'
import { rateLimitExceeded } from './rules/ratelimit/exceeded.ts'
import { quotaExhausted } from './rules/ratelimit/quota-exhausted.ts'
import { retryAfterMissing } from './rules/ratelimit/retry-after-missing.ts'
import { badUrlEncoding } from './rules/request/bad-url-encoding.ts'
import { bodyOnGet } from './rules/request/body-on-get.ts'
import { clientError } from './rules/request/client-error.ts'
import { conflict } from './rules/request/conflict.ts'
import { doubleEncoded } from './rules/request/double-encoded.ts'
import { emptyBody } from './rules/request/empty-body.ts'
import { gone } from './rules/request/gone.ts'
import { malformedJson } from './rules/request/malformed-json.ts'
import { malformedMultipart } from './rules/request/malformed-multipart.ts'
import { malformedXml } from './rules/request/malformed-xml.ts'
import { methodNotAllowed } from './rules/request/method-not-allowed.ts'
import { notFound } from './rules/request/not-found.ts'
import { pathNearMiss } from './rules/request/path-near-miss.ts'
import { payloadTooLarge } from './rules/request/payload-too-large.ts'
import { queryMissingVersusBaseline } from './rules/request/query-missing-versus-baseline.ts'
import { redirectChangedMethod } from './rules/request/redirect-changed-method.ts'
import { redirectLoop } from './rules/request/redirect-loop.ts'
import { unresolvedPlaceholder } from './rules/request/unresolved-placeholder.ts'
import { uriTooLong } from './rules/request/uri-too-long.ts'
import { validationRejected } from './rules/request/validation-rejected.ts'
import { backendFailure } from './rules/server/backend-failure.ts'
import { badGateway } from './rules/server/bad-gateway.ts'
import { edgeError } from './rules/server/edge-error.ts'
import { errorBurst } from './rules/server/error-burst.ts'
import { gatewayTimeout } from './rules/server/gateway-timeout.ts'
import { internalError } from './rules/server/internal-error.ts'
import { notImplemented } from './rules/server/not-implemented.ts'
import { overload } from './rules/server/overload.ts'
import { requestTriggered } from './rules/server/request-triggered.ts'
import { unavailable } from './rules/server/unavailable.ts'

export const rules: readonly Rule[] = [
  expectationFailed,
  blocked,
  captivePortal,
  clientAborted,
  clientRejectsProxyCa,
  connectTimeout,
  connectionRefused,
  connectionReset,
  dnsFailure,
  intermediaryInterference,
  protocolError,
  proxyLoop,
  responseTimeout,
  tlsCertificate,
  tlsHandshake,
  upstreamProxy,
  rateLimitApproaching,
  rateLimitExceeded,
  quotaExhausted,
  retryAfterMissing,
  badUrlEncoding,
  bodyOnGet,
  clientError,
  conflict,
  doubleEncoded,
  emptyBody,
  gone,
  malformedJson,
  malformedMultipart,
  malformedXml,
  methodNotAllowed,
  notFound,
  pathNearMiss,
  payloadTooLarge,
  queryMissingVersusBaseline,
  redirectChangedMethod,
  redirectLoop,
  unresolvedPlaceholder,
  uriTooLong,
  validationRejected,
  backendFailure,
  badGateway,
  edgeError,
  errorBurst,
  gatewayTimeout,
  internalError,
  notImplemented,
  overload,
  requestTriggered,
  unavailable,
]
