// What the verdict on the shown exchange rests on, read from the desk when a tab asks for it, and again when the verdict changes.
import { useLayoutEffect, useState } from 'preact/hooks'
import type { Checked } from '../../diagnose/checked.ts'
import { call } from '../connection.ts'
import type { Detail } from './detail-state.ts'

export function useChecked(shown: Pick<Detail, 'exchange' | 'findings'>): Checked | undefined {
  const { id } = shown.exchange
  const [read, setRead] = useState<{ readonly id: string; readonly checked: Checked } | undefined>(undefined)
  useLayoutEffect(() => {
    const leaving = new AbortController()
    call('GET /api/exchanges/:id/checked', { params: { id }, signal: leaving.signal }).then(
      (checked) => setRead({ id, checked }),
      // It is said beside the verdict; without it the verdict stands for itself.
      () => {},
    )
    return () => leaving.abort()
  }, [id, shown.findings])
  return read?.id === id ? read.checked : undefined
}
