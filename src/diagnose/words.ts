// Word lists (catalogue 1.11) that refine a failure already established; they never make one. Match against lower case.

export const words = {
  authentication:
    /unauthori[sz]ed|not[_ ]authori[sz]ed|not_authed|authenticat|invalid_auth|invalid[_ ](?:api[_ ]?)?(?:key|token|credential|session|signature)|bad credentials|missing (?:api[_ ]?)?(?:key|token)|api key required|application key|login required|not logged in|invalidclienttokenid|missingauthenticationtoken|invalidaccesskeyid|invalid_session_id|invalid_grant|invalid_client/i,
  expired: /expired|has been revoked|token_revoked|token_inactive|session (?:has )?timed out/i,
  authorization:
    /permission|forbidden|access denied|accessdenied|insufficient|scope|not allowed to|privilege|role|policy|missing_scope|not_allowed_token_type/i,
  rate: /rate.?limit|too many requests|throttl|slow.?down|quota|limit exceeded|requestlimitexceeded|provisionedthroughputexceeded|toomanyrequests|secondary rate|concurrent request/i,
  quota: /quota|billing|insufficient_quota|plan limit|monthly|daily limit|payment required|credit/i,
  version:
    /api version|unsupported version|version .*(?:not supported|unknown|invalid|required)|deprecated|sunset|no longer supported|retired|unsupportedapiversion|nosuchversion/i,
  skew: /requesttimetooskewed|requestexpired|requestinthefuture|signature not yet current|signature expired|clock|timestamp .*(?:window|range|expired|future|ahead)|used before issued|not yet valid|recvwindow/i,
  conflict: /already exists|duplicate|conflict|unique constraint|version mismatch|etag/i,
  notFound: /not found|no such|does not exist|unknown (?:resource|record|id)|resource_missing/i,
  maintenance: /maintenance|temporarily unavailable|scheduled downtime|be right back|undergoing/i,
  overload: /overload|at capacity|too busy|resource exhausted|circuit|worker|queue full/i,
  backend:
    /sqlstate|ora-\d{5}|deadlock|too many connections|connection pool|could not connect to server|econnrefused|redis|mongo|psycopg|jdbc|lock wait|database is locked|replica|upstream connect error|no healthy upstream/i,
  userAgent: /user[- ]agent/i,
  csrf: /csrf|xsrf|authenticity token/i,
} as const
