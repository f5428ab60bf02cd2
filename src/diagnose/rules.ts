// Every diagnosis rule, listed by hand: one import and one entry a line, sorted by id.

import type { Rule } from './rule.ts'
import { expectationFailed } from './rules/header/expectation-failed.ts'
import { rateLimitExceeded } from './rules/ratelimit/exceeded.ts'
import { malformedJson } from './rules/request/malformed-json.ts'
import { methodNotAllowed } from './rules/request/method-not-allowed.ts'
import { badGateway } from './rules/server/bad-gateway.ts'
import { internalError } from './rules/server/internal-error.ts'
import { unavailable } from './rules/server/unavailable.ts'

export const rules: readonly Rule[] = [
  expectationFailed,
  rateLimitExceeded,
  malformedJson,
  methodNotAllowed,
  badGateway,
  internalError,
  unavailable,
]
