// Every diagnosis rule, listed by hand: one import and one entry a line, sorted by id.
import type { Rule } from './rule.ts'
import { challengeMissing } from './rules/auth/challenge-missing.ts'
import { clockSkew } from './rules/auth/clock-skew.ts'
import { credentialChanged } from './rules/auth/credential-changed.ts'
import { credentialLocationMismatch } from './rules/auth/credential-location-mismatch.ts'
import { credentialPlaceholder } from './rules/auth/credential-placeholder.ts'
import { credentialWhitespace } from './rules/auth/credential-whitespace.ts'
import { credentialsLostOnRedirect } from './rules/auth/credentials-lost-on-redirect.ts'
import { duplicateCredentials } from './rules/auth/duplicate-credentials.ts'
import { environmentMismatch } from './rules/auth/environment-mismatch.ts'
import { forbidden } from './rules/auth/forbidden.ts'
import { insufficientScope } from './rules/auth/insufficient-scope.ts'
import { invalidCredentials } from './rules/auth/invalid-credentials.ts'
import { malformedBasic } from './rules/auth/malformed-basic.ts'
import { malformedJwt } from './rules/auth/malformed-jwt.ts'
import { maskedAsNotFound } from './rules/auth/masked-as-not-found.ts'
import { missingCredentials } from './rules/auth/missing-credentials.ts'
import { oauthTokenRequestFailed } from './rules/auth/oauth-token-request-failed.ts'
import { redirectedToLogin } from './rules/auth/redirected-to-login.ts'
import { schemeMismatch } from './rules/auth/scheme-mismatch.ts'
import { secondFactorOrSso } from './rules/auth/second-factor-or-sso.ts'
import { sessionExpiredOrCsrf } from './rules/auth/session-expired-or-csrf.ts'
import { signatureMismatch } from './rules/auth/signature-mismatch.ts'
import { tokenAudienceMismatch } from './rules/auth/token-audience-mismatch.ts'
import { tokenExpired } from './rules/auth/token-expired.ts'
import { tokenExpiringSoon } from './rules/auth/token-expiring-soon.ts'
import { tokenNotYetValid } from './rules/auth/token-not-yet-valid.ts'
import { differsFromSuccess } from './rules/diagnosis/differs-from-success.ts'
import { isolatedTo } from './rules/diagnosis/isolated-to.ts'
import { multipleCauses } from './rules/diagnosis/multiple-causes.ts'
import { acceptMismatch } from './rules/header/accept-mismatch.ts'
import { charsetMismatch } from './rules/header/charset-mismatch.ts'
import { contentLengthMismatch } from './rules/header/content-length-mismatch.ts'
import { contentTypeBodyMismatch } from './rules/header/content-type-body-mismatch.ts'
import { duplicateSingleton } from './rules/header/duplicate-singleton.ts'
import { encodingMismatch } from './rules/header/encoding-mismatch.ts'
import { expectationFailed } from './rules/header/expectation-failed.ts'
import { framingConflict } from './rules/header/framing-conflict.ts'
import { hostMismatch } from './rules/header/host-mismatch.ts'
import { idempotencyKeyProblem } from './rules/header/idempotency-key-problem.ts'
import { illegalCharacters } from './rules/header/illegal-characters.ts'
import { invalidSyntax } from './rules/header/invalid-syntax.ts'
import { missingContentType } from './rules/header/missing-content-type.ts'
import { missingVersusBaseline } from './rules/header/missing-versus-baseline.ts'
import { notAcceptable } from './rules/header/not-acceptable.ts'
import { preconditionFailed } from './rules/header/precondition-failed.ts'
import { headerTooLarge } from './rules/header/too-large.ts'
import { unsupportedMediaType } from './rules/header/unsupported-media-type.ts'
import { userAgentRequired } from './rules/header/user-agent-required.ts'
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
import { websocketClosed } from './rules/network/websocket-closed.ts'
import { conditionalNotUsed } from './rules/perf/conditional-not-used.ts'
import { duplicateRequests } from './rules/perf/duplicate-requests.ts'
import { kpiBreach } from './rules/perf/kpi-breach.ts'
import { largePayload } from './rules/perf/large-payload.ts'
import { latencyRegression } from './rules/perf/latency-regression.ts'
import { nPlusOne } from './rules/perf/n-plus-one.ts'
import { noConnectionReuse } from './rules/perf/no-connection-reuse.ts'
import { slow } from './rules/perf/slow.ts'
import { uncompressed } from './rules/perf/uncompressed.ts'
import { rateLimitApproaching } from './rules/ratelimit/approaching.ts'
import { rateLimitExceeded } from './rules/ratelimit/exceeded.ts'
import { quotaExhausted } from './rules/ratelimit/quota-exhausted.ts'
import { retryAfterMissing } from './rules/ratelimit/retry-after-missing.ts'
import { badUrlEncoding } from './rules/request/bad-url-encoding.ts'
import { bodyOnGet } from './rules/request/body-on-get.ts'
import { businessRefusalRule } from './rules/request/business-refusal.ts'
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
import { contentEncodingInvalid } from './rules/response/content-encoding-invalid.ts'
import { responseContentTypeMismatch } from './rules/response/content-type-mismatch.ts'
import { corsRejected } from './rules/response/cors-rejected.ts'
import { createdWithoutLocation } from './rules/response/created-without-location.ts'
import { emptyAnswer } from './rules/response/empty-body.ts'
import { errorInSuccess } from './rules/response/error-in-success.ts'
import { graphqlErrorsRule } from './rules/response/graphql-errors.ts'
import { grpcStatusRule } from './rules/response/grpc-status.ts'
import { htmlInsteadOfApi } from './rules/response/html-instead-of-api.ts'
import { responseMalformedJson } from './rules/response/malformed-json.ts'
import { nextPageRepeats } from './rules/response/next-page-repeats.ts'
import { noContentWithBody } from './rules/response/no-content-with-body.ts'
import { partialFailure } from './rules/response/partial-failure.ts'
import { redirectWithoutLocation } from './rules/response/redirect-without-location.ts'
import { rpcFaultRule } from './rules/response/rpc-fault.ts'
import { truncatedBody } from './rules/response/truncated-body.ts'
import { retryAfterIgnored } from './rules/retry/after-ignored.ts'
import { invalidRetryAfter } from './rules/retry/invalid-retry-after.ts'
import { nonIdempotent } from './rules/retry/non-idempotent.ts'
import { nonRetryable } from './rules/retry/non-retryable.ts'
import { retryNotAttempted } from './rules/retry/not-attempted.ts'
import { retryRecovered } from './rules/retry/recovered.ts'
import { retryStorm } from './rules/retry/storm.ts'
import { duplicateMembers } from './rules/schema/duplicate-members.ts'
import { numberPrecision } from './rules/schema/number-precision.ts'
import { requestDateFormat } from './rules/schema/request-date-format.ts'
import { requestMemberMissingVersusBaseline } from './rules/schema/request-member-missing-versus-baseline.ts'
import { requestTypeDiffersFromBaseline } from './rules/schema/request-type-differs-from-baseline.ts'
import { responseFormatChanged } from './rules/schema/response-format-changed.ts'
import { responseMemberVanished } from './rules/schema/response-member-vanished.ts'
import { responseNewEnumValue } from './rules/schema/response-new-enum-value.ts'
import { responseNewMember } from './rules/schema/response-new-member.ts'
import { responseTypeChanged } from './rules/schema/response-type-changed.ts'
import { responseUnexpectedEmpty } from './rules/schema/response-unexpected-empty.ts'
import { responseUnexpectedNull } from './rules/schema/response-unexpected-null.ts'
import { credentialsInUrl } from './rules/security/credentials-in-url.ts'
import { credentialsOverHttp } from './rules/security/credentials-over-http.ts'
import { insecureCookie } from './rules/security/insecure-cookie.ts'
import { secretInResponse } from './rules/security/secret-in-response.ts'
import { stackTraceExposed } from './rules/security/stack-trace-exposed.ts'
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
import { versionDeprecated } from './rules/version/deprecated.ts'
import { versionMismatch } from './rules/version/mismatch-versus-baseline.ts'
import { versionMissing } from './rules/version/missing.ts'
import { versionSunset } from './rules/version/sunset.ts'
import { versionUnsupported } from './rules/version/unsupported.ts'

export const rules: readonly Rule[] = [
  challengeMissing,
  clockSkew,
  credentialChanged,
  credentialLocationMismatch,
  credentialPlaceholder,
  credentialWhitespace,
  credentialsLostOnRedirect,
  duplicateCredentials,
  environmentMismatch,
  forbidden,
  insufficientScope,
  invalidCredentials,
  malformedBasic,
  malformedJwt,
  maskedAsNotFound,
  missingCredentials,
  oauthTokenRequestFailed,
  redirectedToLogin,
  schemeMismatch,
  secondFactorOrSso,
  sessionExpiredOrCsrf,
  signatureMismatch,
  tokenAudienceMismatch,
  tokenExpired,
  tokenExpiringSoon,
  tokenNotYetValid,
  differsFromSuccess,
  isolatedTo,
  multipleCauses,
  acceptMismatch,
  charsetMismatch,
  contentLengthMismatch,
  contentTypeBodyMismatch,
  duplicateSingleton,
  encodingMismatch,
  expectationFailed,
  framingConflict,
  hostMismatch,
  idempotencyKeyProblem,
  illegalCharacters,
  invalidSyntax,
  missingContentType,
  missingVersusBaseline,
  notAcceptable,
  preconditionFailed,
  headerTooLarge,
  unsupportedMediaType,
  userAgentRequired,
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
  websocketClosed,
  conditionalNotUsed,
  duplicateRequests,
  kpiBreach,
  largePayload,
  latencyRegression,
  nPlusOne,
  noConnectionReuse,
  slow,
  uncompressed,
  rateLimitApproaching,
  rateLimitExceeded,
  quotaExhausted,
  retryAfterMissing,
  badUrlEncoding,
  bodyOnGet,
  businessRefusalRule,
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
  contentEncodingInvalid,
  responseContentTypeMismatch,
  corsRejected,
  createdWithoutLocation,
  emptyAnswer,
  errorInSuccess,
  graphqlErrorsRule,
  grpcStatusRule,
  htmlInsteadOfApi,
  responseMalformedJson,
  nextPageRepeats,
  noContentWithBody,
  partialFailure,
  redirectWithoutLocation,
  rpcFaultRule,
  truncatedBody,
  retryAfterIgnored,
  invalidRetryAfter,
  nonIdempotent,
  nonRetryable,
  retryNotAttempted,
  retryRecovered,
  retryStorm,
  duplicateMembers,
  numberPrecision,
  requestDateFormat,
  requestMemberMissingVersusBaseline,
  requestTypeDiffersFromBaseline,
  responseFormatChanged,
  responseMemberVanished,
  responseNewEnumValue,
  responseNewMember,
  responseTypeChanged,
  responseUnexpectedEmpty,
  responseUnexpectedNull,
  credentialsInUrl,
  credentialsOverHttp,
  insecureCookie,
  secretInResponse,
  stackTraceExposed,
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
  versionDeprecated,
  versionMismatch,
  versionMissing,
  versionSunset,
  versionUnsupported,
]
