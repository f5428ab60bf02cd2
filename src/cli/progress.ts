// A line of progress on standard error while long work runs; only where a person watches.

export type Progress = {
  /** `done` of `whole`; a count without a whole is shown by itself. `also` is said behind it. */
  show(done: number, whole?: number, also?: string): void
  clear(): void
}

const width = 30
/** ms between two drawings. */
const interval = 100

export function createProgress(stream: NodeJS.WriteStream, label: string, unit: (value: number) => string): Progress {
  let drawn = false
  let last = 0
  return {
    show(done, whole, also) {
      const now = Date.now()
      if (!stream.isTTY || now - last < interval) return
      last = now
      drawn = true
      const share = whole === undefined || whole === 0 ? undefined : Math.min(1, done / whole)
      const bar =
        share === undefined
          ? ''
          : ` ${'█'.repeat(Math.round(share * width)).padEnd(width, '░')} ${Math.floor(share * 100)} %`
      stream.write(`\r\u001b[2K${label}${bar} ${unit(done)}${also === undefined ? '' : `, ${also}`}`)
    },
    clear() {
      if (drawn) stream.write('\r\u001b[2K')
      drawn = false
    },
  }
}
