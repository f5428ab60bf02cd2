// The draft that is being edited, with every step kept: one undo for all fields together.
import { type Signal, signal } from '@preact/signals'
import type { Draft } from './draft.ts'

/** Typing in one field becomes one step unless it pauses this long, ms. */
const pause = 1200
const most = 200

export type DraftHistory = {
  readonly draft: Signal<Draft>
  readonly undone: Signal<number>
  /** `field` names what is typed into; steps in the same field that follow each other closely become one. */
  readonly change: (next: Draft, field?: string) => void
  readonly undo: () => void
  readonly redo: () => void
}

export function draftHistory(first: Draft): DraftHistory {
  const draft = signal(first)
  const undone = signal(0)
  const past: Draft[] = []
  let future: Draft[] = []
  let last = { field: '', at: 0 }
  return {
    draft,
    undone,
    change: (next, field = '') => {
      const now = performance.now()
      if (field === '' || field !== last.field || now - last.at > pause) {
        past.push(draft.peek())
        if (past.length > most) past.shift()
      }
      last = { field, at: now }
      future = []
      draft.value = next
      undone.value = past.length
    },
    undo: () => {
      const before = past.pop()
      if (!before) return
      future.push(draft.peek())
      draft.value = before
      last = { field: '', at: 0 }
      undone.value = past.length
    },
    redo: () => {
      const after = future.pop()
      if (!after) return
      past.push(draft.peek())
      draft.value = after
      last = { field: '', at: 0 }
      undone.value = past.length
    },
  }
}
