// Finds the earlier success a failure is best compared with (catalogue 1.8).
import type { CredentialPrint, Past } from './past.ts'
import type { Subject } from './subject.ts'

/** Older successes are not comparable. */
const maxAge = 24 * 60 * 60 * 1000

/** The best first. Only the same endpoint key, or the same path template by another method, is comparable at all. */
export function nearestSuccess(
  subject: Subject,
  prints: readonly CredentialPrint[],
  candidates: readonly Past[],
): Past | undefined {
  const { key, template } = subject.endpoint
  const mine = new Set(prints.map((print) => print.fingerprint))
  const agent = subject.request.header('user-agent') ?? ''
  let best: Past | undefined
  let bestScore: readonly number[] = []
  for (const past of candidates) {
    if (past.outcome !== 'success' || past.id === subject.id || Math.abs(subject.time - past.time) > maxAge) continue
    if (past.endpoint !== key && (past.template !== template || past.origin !== subject.origin)) continue
    const score = [
      past.endpoint === key ? 1 : 0,
      past.path === subject.path ? 1 : 0,
      past.credentials.some((print) => mine.has(print.fingerprint)) ? 1 : 0,
      past.userAgent === agent ? 1 : 0,
      -Math.abs(subject.time - past.time),
    ]
    if (!best || isGreater(score, bestScore)) {
      best = past
      bestScore = score
    }
  }
  return best
}

function isGreater(a: readonly number[], b: readonly number[]): boolean {
  for (let index = 0; index < a.length; index++) {
    const left = a[index] ?? 0
    const right = b[index] ?? 0
    if (left !== right) return left > right
  }
  return false
}
