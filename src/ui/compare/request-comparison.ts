// Makes a comparison: in place where there is little to compare, in a worker where there is much.
import { type ComparisonRequest, type MadeComparison, makeComparison } from './make-comparison.ts'

/** Octets of all four contents together up to which comparing takes a few milliseconds. */
const inPlace = 64 * 1024

type Done = (made: MadeComparison | undefined, problem: string) => void

/** Calls `done` once; the function it returns ends the work. */
export function requestComparison(request: ComparisonRequest, done: Done): () => void {
  const { a, b } = request.bodies
  const size = [a.request, a.response, b.request, b.response].reduce((sum, octets) => sum + (octets?.length ?? 0), 0)
  if (size <= inPlace) {
    done(makeComparison(request), '')
    return () => {}
  }
  const worker = new Worker(new URL('./compare-worker.ts', import.meta.url), { type: 'module' })
  worker.onmessage = ({ data }: MessageEvent<{ made?: MadeComparison; problem?: string }>) => {
    worker.terminate()
    done(data.made, data.problem ?? '')
  }
  worker.onerror = () => {
    worker.terminate()
    done(undefined, 'the comparison ended without a result')
  }
  worker.postMessage(request)
  return () => worker.terminate()
}
