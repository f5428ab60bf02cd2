// The worker behind comparisons: content of any size is compared away from the thread that draws.
import { type ComparisonRequest, makeComparison } from './make-comparison.ts'

type Scope = {
  onmessage: ((event: MessageEvent<ComparisonRequest>) => void) | null
  postMessage(value: unknown): void
}
const scope = globalThis as unknown as Scope

scope.onmessage = ({ data }) => {
  try {
    scope.postMessage({ made: makeComparison(data) })
  } catch (error) {
    scope.postMessage({ problem: error instanceof Error ? error.message : String(error) })
  }
}
