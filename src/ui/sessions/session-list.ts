// The capture sessions as the desk last told them, newest first, each with how many exchanges it holds.
import { signal } from '@preact/signals'
import type { Session } from '../../exchange/session.ts'
import { failed } from '../actions.ts'
import { call } from '../connection.ts'
import { sessionNames } from '../list/columns.ts'

export type CountedSession = Session & { readonly exchanges: number }
export const sessions = signal<readonly CountedSession[]>([])

export async function readSessions(): Promise<void> {
  try {
    sessions.value = (await call('GET /api/sessions')).sessions
    for (const session of sessions.value) sessionNames.set(session.id, session.name)
  } catch (error) {
    failed('Could not read the sessions')(error)
  }
}
