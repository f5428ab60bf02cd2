// A time limit that a process which was stopped for a while does not trip over.

/** A limit found later than this was not waited for: the process slept. */
const lateMs = 500
/** What came meanwhile is read within this time. */
const graceMs = 500

export type Limit = { clear(): void }

/** Octets that wait to be read when a stopped process goes on are read after its timers: a late limit waits once more. */
export function startLimit(ms: number, over: () => void): Limit {
  const due = performance.now() + ms
  let timer = setTimeout(() => {
    if (performance.now() - due < lateMs) over()
    else timer = setTimeout(over, Math.min(ms, graceMs))
  }, ms)
  return { clear: () => clearTimeout(timer) }
}
