// What a process has cost so far, read from /proc: CPU seconds of all its threads, and memory.
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

/** Linux counts CPU time for user space in hundredths of a second. */
const ticksPerSecond = 100
const MiB = 1024

export function cpuSeconds(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // The name, in brackets, may hold spaces: fields are counted behind it. utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
}

function status(pid: number, name: string): number {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? Number.NaN) / MiB
}

/** Resident memory, MiB. */
export const residentMiB = (pid: number): number => status(pid, 'VmRSS')

/** Most that was resident since the last reset, MiB. */
export const peakMiB = (pid: number): number => status(pid, 'VmHWM')

export function resetPeak(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

const quietMs = 150
const longestMs = 30_000

/** Work done after the last answer is a cost too: waits until the process rests. */
export async function settled(pid: number): Promise<void> {
  const until = performance.now() + longestMs
  let calm = 0
  for (let before = cpuSeconds(pid); calm < 3 && performance.now() < until; ) {
    await sleep(quietMs)
    const now = cpuSeconds(pid)
    calm = now - before <= 0.011 ? calm + 1 : 0
    before = now
  }
}
