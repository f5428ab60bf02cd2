// A line of progress on standard error while long work runs; only where a person watches.
import type { CommandEnvironment } from './command.ts'
import { cutTo, safeLine, widthOf } from './terminal-text.ts'

export type Progress = {
  /** `done` of `whole`; a count without a whole is shown by itself. `also` is said behind it. */
  show(done: number, whole?: number, also?: string): void
  clear(): void
}

const width = 30
/** ms between two drawings. */
const interval = 100

export function createProgress(
  { stderr: stream, env }: Pick<CommandEnvironment, 'stderr' | 'env'>,
  label: string,
  unit: (value: number) => string,
): Progress {
  let drawn = false
  let last = 0
  // A dumb terminal cannot draw the same line again.
  const isWatched = stream.isTTY && env.TERM !== 'dumb'
  return {
    show(done, whole, also) {
      const now = Date.now()
      if (!isWatched || now - last < interval) return
      last = now
      drawn = true
      const share = whole === undefined || whole === 0 ? undefined : Math.min(1, done / whole)
      const bar =
        share === undefined
          ? ''
          : ` ${'█'.repeat(Math.round(share * width)).padEnd(width, '░')} ${Math.floor(share * 100)} %`
      const line = `${safeLine(label)}${bar} ${unit(done)}${also === undefined ? '' : `, ${also}`}`
      // A line that wraps would not be drawn over.
      stream.write(`\r\u001b[2K${cutTo(line, (widthOf(stream) ?? Number.POSITIVE_INFINITY) - 1)}`)
    },
    clear() {
      if (drawn) stream.write('\r\u001b[2K')
      drawn = false
    },
  }
}
