// A condition in SQL with its bound values.
import type { Value } from './database.ts'

/**
 * `sql` is true for every exchange that matches; where it is `exact`, for no other. It never is NULL, so that NOT is safe.
 */
export type Condition = {
  readonly sql: string
  readonly values: readonly Value[]
  readonly exact: boolean
  /** The same without an index, for use beside other conditions: a range of half of all rows is dear to look up. */
  readonly loose?: string
}
