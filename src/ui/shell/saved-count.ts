// How many saved requests there are: the Saved view is offered only when it has something in it.
import { signal } from '@preact/signals'
import { call } from '../connection.ts'

export const savedCount = signal(0)

export async function countSaved(): Promise<void> {
  try {
    savedCount.value = (await call('GET /api/saved-requests')).requests.length
  } catch {
    // The status bar says when the desk is away; the view stays as it was.
  }
}
