// Says at the start when this process may have so few files open that connections will have to wait.
import { existsSync, readFileSync } from 'node:fs'

/** A connection of a program takes two, and the house itself some forty. */
const enough = 1024

/** Node has raised the limit to the highest it may have when it started. Elsewhere than on Linux nothing is known. */
export function openFilesNotice(limitsFile = '/proc/self/limits'): string | undefined {
  if (!existsSync(limitsFile)) return undefined
  const most = Number(/^Max open files\s+(\d+)/m.exec(readFileSync(limitsFile, 'utf8'))?.[1] ?? enough)
  if (most >= enough) return undefined
  return `Only ${most} files may be open here (ulimit -n): more than ${Math.max(1, Math.floor((most - 40) / 2))} connections at a time will wait.`
}
