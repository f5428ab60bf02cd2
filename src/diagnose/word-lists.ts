// Words by which a server's own account of a failure is sorted; they refine a failure, they never make one.

/** Matched against error code and message together (catalogue 1.11). */
export const words = {
  authn:
    /unauthori[sz]ed|not[_ ]authori[sz]ed|not_authed|authenticat|invalid_auth|invalid[_ ](?:api[_ ]?)?(?:key|token|credential|session|signature)|bad credentials|missing (?:api[_ ]?)?(?:key|token)|api[_ ]?key (?:could not be|was not|is not) (?:found|recogni[sz]ed|known|active|enabled)|api key required|application key|login required|not logged in|please (?:log|sign)[ -]?in|(?:log|sign)[ -]?in first|must be (?:logged|signed) in|invalid (?:user(?:[ _]?name)?|e-?mail|login)(?: address)?(?: or |\/| and )password|InvalidClientTokenId|MissingAuthenticationToken|InvalidAccessKeyId|INVALID_SESSION_ID|invalid_grant|invalid_client|(?:incorrect|wrong|bad|unknown|no) (?:api[_ -]?key|token|credentials?|password|username)|(?:api[_ -]?key|token|credentials?|password)(?: id| included in the request)? (?:is |was |are )?(?:invalid|incorrect|wrong|missing|required|not valid)|unrecognizedclient|api[_ ]?keys?[_ ](?:is[_ ])?invalid|invalid[_ ]api[_ ]keys?|invalid client_?(?:id|secret)/i,
  expired: /expired|has been revoked|token_revoked|token_inactive|session (?:has )?timed out/i,
  authz:
    /permission|forbidden|access denied|AccessDenied|insufficient|scope|not allowed to|privilege|\brole\b|policy|missing_scope|not_allowed_token_type/i,
  rate: /rate.?limit|too many requests|throttl|slow.?down|quota|limit exceeded|RequestLimitExceeded|ProvisionedThroughputExceeded|TooManyRequests|secondary rate|concurrent request|request limit|\bRATELIMIT\b|over_query_limit/i,
  quota: /quota|billing|insufficient_quota|plan limit|monthly|daily limit|payment required|credit/i,
  version:
    /api version|unsupported version|version .*(?:not supported|unknown|invalid|required)|deprecated|sunset|no longer supported|retired|UnsupportedApiVersion|NoSuchVersion/i,
  skew: /RequestTimeTooSkewed|RequestExpired|RequestInTheFuture|signature not yet current|signature expired|clock (?:skew|drift|is|was|differ)|(?:system|server|local|device|client|your|'s) clock|timestamp .*(?:window|range|expired|future|ahead)|used before issued|not yet valid|recvWindow/i,
  conflict:
    /already exists|duplicate|conflict(?!ing (?:query |request )?(?:parameter|option|argument|field|header|flag))|unique constraint|version mismatch|\betag\b/i,
  notFound: /not found|no such|does not exist|unknown (?:resource|record|id)|resource_missing/i,
  maintenance: /maintenance|temporarily unavailable|scheduled downtime|be right back|undergoing/i,
  overload: /overload|at capacity|too busy|resource exhausted|circuit|worker|queue full/i,
  backend:
    /SQLSTATE|ORA-\d{5}|deadlock|too many connections|connection pool|could not connect to server|ECONNREFUSED|redis|mongo|psycopg|jdbc|lock wait|database is locked|replica|upstream connect error|no healthy upstream/i,
  userAgent: /user[- ]agent/i,
  csrf: /csrf|xsrf|anti-?forgery|authenticity token/i,
} as const
