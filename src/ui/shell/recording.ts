// Pausing and going on: traffic flows either way, only keeping it stops.
import { failed } from '../actions.ts'
import { call } from '../connection.ts'
import { say, status } from '../model.ts'

export async function toggleRecording(): Promise<void> {
  const now = status.value
  if (!now) return
  const on = now.recording !== 'on'
  try {
    const { recording } = await call('POST /api/recording', { body: { on } })
    if (status.value) status.value = { ...status.value, recording }
    say(on ? 'Recording again' : 'Recording paused. Traffic still flows; nothing is kept until you go on.')
  } catch (error) {
    failed('Could not change recording')(error)
  }
}
