// Asks the desk what differs between two sessions; the newest question is the one that is answered.
import { useEffect, useState } from 'preact/hooks'
import type { SessionComparison } from '../../api/session-comparison.ts'
import { call } from '../connection.ts'
import { readSessions } from './session-list.ts'

export type Differences = {
  /** Of these two, not of those that were chosen before. */
  readonly comparison: SessionComparison | undefined
  /** It takes long enough to say so. */
  readonly slow: boolean
  readonly problem: string
  readonly again: () => void
}

const nothing: Omit<Differences, 'again'> = { comparison: undefined, slow: false, problem: '' }

/** Under that many ms nothing is said: words that flash up only disturb. */
const patience = 150

export function useDifferences(before: string, after: string): Differences {
  const pair = `${before} ${after}`
  const [state, setState] = useState({ ...nothing, pair })
  const [round, setRound] = useState(0)
  useEffect(() => {
    const stop = new AbortController()
    const timer = setTimeout(
      () => setState((now) => (now.pair === pair ? { ...now, slow: true } : { ...nothing, pair, slow: true })),
      patience,
    )
    const settle = (comparison: SessionComparison | undefined, problem: string) => {
      clearTimeout(timer)
      if (!stop.signal.aborted) setState({ pair, comparison, slow: false, problem })
    }
    void readSessions()
    call('GET /api/sessions/:id/differences', {
      params: { id: after },
      query: { from: before },
      signal: stop.signal,
    }).then(
      (comparison) => settle(comparison, ''),
      (error) => settle(undefined, error instanceof Error ? error.message : String(error)),
    )
    return () => {
      clearTimeout(timer)
      stop.abort()
    }
  }, [before, after, round])
  return { ...(state.pair === pair ? state : nothing), again: () => setRound((last) => last + 1) }
}
