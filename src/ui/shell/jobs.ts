// Long work that the user may watch and end: files coming in and going out.
import { signal } from '@preact/signals'

/** `done` of `total`, in octets or exchanges; a total of 0 is not known yet. */
export type Job = {
  readonly key: number
  readonly name: string
  readonly done: number
  readonly total: number
  readonly unit: 'octets' | 'exchanges'
  readonly cancel: () => void
}

/** ms; what takes less is not worth a bar that flashes up. */
const patience = 300

export const jobs = signal<readonly Job[]>([])
let keys = 0

export type JobTools = { readonly signal: AbortSignal; readonly tell: (done: number, total: number) => void }

/** Does the work with a bar beside it; undefined when it was cancelled. */
export async function watched<T>(
  name: string,
  unit: Job['unit'],
  work: (tools: JobTools) => Promise<T>,
): Promise<T | undefined> {
  keys += 1
  const key = keys
  const stop = new AbortController()
  let job: Job = { key, name, unit, done: 0, total: 0, cancel: () => stop.abort() }
  let isShown = false
  const show = (): void => {
    isShown = true
    jobs.value = [...jobs.peek().filter((each) => each.key !== key), job].toSorted((a, b) => a.key - b.key)
  }
  const timer = setTimeout(show, patience)
  try {
    return await work({
      signal: stop.signal,
      tell(done, total) {
        job = { ...job, done, total }
        if (isShown) show()
      },
    })
  } catch (error) {
    if (stop.signal.aborted) return undefined
    throw error
  } finally {
    clearTimeout(timer)
    isShown = false
    jobs.value = jobs.peek().filter((each) => each.key !== key)
  }
}
