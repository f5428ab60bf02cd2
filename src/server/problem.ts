// A refusal of an API call, thrown by handlers and answered as application/problem+json (RFC 9457).
import type { Problem } from '../api/contract.ts'

export type ProblemError = Error & { readonly problem: Problem }

/** `detail` is one sentence for a person; `position` points into the text that was wrong, from 0. */
export function problem(status: number, title: string, detail: string, position?: number): ProblemError {
  return Object.assign(new Error(detail), {
    problem: { title, status, detail, ...(position === undefined ? {} : { position }) },
  })
}

export function isProblem(error: unknown): error is ProblemError {
  return error instanceof Error && 'problem' in error
}
