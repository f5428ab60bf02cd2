// Every diagnosis rule, listed by hand: one import and one entry a line, sorted by id.

import type { Rule } from './rule.ts'
import { expectationFailed } from './rules/header/expectation-failed.ts'

export const rules: readonly Rule[] = [expectationFailed]
