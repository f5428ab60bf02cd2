// What was sent from this page, and which of it the filter leaves out: a replay is never gone without a word.
import { computed, type ReadonlySignal, signal } from '@preact/signals'
import { isRefusal } from '../connection.ts'

/** Changed exchanges that do not match are remembered so long, in case one turns out to be a replay of this page. */
const mostRemembered = 1000

const sent = signal<ReadonlySet<string>>(new Set())
/** Ids of what was sent from this page under the present filter. */
export const sentHere: ReadonlySignal<ReadonlySet<string>> = sent
const leftOut = signal<ReadonlySet<string>>(new Set())

/** Ids of what was sent from this page under the present filter and is not in the list, oldest first. */
export const hiddenReplays = computed<readonly string[]>(() =>
  [...sent.value].filter((id) => leftOut.value.has(id)).sort(),
)

export function noteSent(id: string): void {
  sent.value = new Set(sent.peek()).add(id)
}

export function wasSentHere(id: string): boolean {
  return sent.peek().has(id)
}

/** How often what was sent a moment ago is asked for until it is written, and ms in between. */
const looks = 30
const betweenLooks = 100

/** Asks something about an exchange; one that was sent from here a moment ago may not be in the store yet. */
export async function onceWritten<Answer>(id: string, ask: () => Promise<Answer>): Promise<Answer> {
  for (let look = 1; ; look++)
    try {
      return await ask()
    } catch (error) {
      const unwritten = isRefusal(error) && error.problem.status === 404 && wasSentHere(id)
      if (!unwritten || look === looks) throw error
      await new Promise((done) => setTimeout(done, betweenLooks))
    }
}

/** The live connection says which changed exchanges are in the list and which are not (any more). */
export function noteChanged(listed: readonly { readonly id: string }[], left: readonly string[]): void {
  const before = leftOut.peek()
  if (left.length === 0 && (before.size === 0 || !listed.some(({ id }) => before.has(id)))) return
  const next = new Set(before)
  for (const { id } of listed) next.delete(id)
  for (const id of left) {
    // The newest last, so that the oldest are forgotten first.
    next.delete(id)
    next.add(id)
  }
  for (const id of next) {
    if (next.size <= mostRemembered) break
    if (!sent.peek().has(id)) next.delete(id)
  }
  leftOut.value = next
}

/** Under another filter other things are left out: what was sent before is no news then. */
export function forgetSent(): void {
  sent.value = new Set()
  leftOut.value = new Set()
}
