// Compares two texts line by line: the shortest edit script (Myers), bounded in lines and in effort.

/** A run of lines; `a` and `b` are the line numbers (from 1) at which it begins on each side. */
export type TextRun = {
  readonly op: 'same' | 'removed' | 'added'
  readonly a: number
  readonly b: number
  readonly lines: readonly string[]
}

/** Differing lines on each side beyond which the middle is shown as replaced as a whole. */
const maxLines = 20_000
/** Edits looked for before giving up; the effort grows with its square. */
const maxEdits = 1_000

type Op = TextRun['op']

/** One operation a line, from the end of `trace` back to its beginning. */
function walkBack(trace: readonly Int32Array[], offset: number, x: number, y: number): Op[] {
  const ops: Op[] = []
  for (let d = trace.length - 1; d >= 0; d--) {
    const v = trace[d]
    const k = x - y
    const at = (diagonal: number): number => v?.[offset + diagonal] ?? -1
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1))
    const fromX = d === 0 ? 0 : at(down ? k + 1 : k - 1)
    const fromY = d === 0 ? 0 : fromX - (down ? k + 1 : k - 1)
    while (x > fromX && y > fromY && (d === 0 || x > (down ? fromX : fromX + 1) || y > (down ? fromY + 1 : fromY))) {
      ops.push('same')
      x--
      y--
    }
    if (d > 0) ops.push(down ? 'added' : 'removed')
    x = fromX
    y = fromY
  }
  return ops.reverse()
}

/** Myers, "An O(ND) Difference Algorithm" (1986), greedy; undefined when it would take more than `maxEdits`. */
function shortestScript(a: readonly string[], b: readonly string[]): Op[] | undefined {
  const limit = Math.min(a.length + b.length, maxEdits)
  const offset = limit + 1
  const v = new Int32Array(2 * limit + 3)
  const trace: Int32Array[] = []
  for (let d = 0; d <= limit; d++) {
    trace.push(v.slice())
    for (let k = -d; k <= d; k += 2) {
      const left = v[offset + k - 1] ?? 0
      const right = v[offset + k + 1] ?? 0
      let x = k === -d || (k !== d && left < right) ? right : left + 1
      if (d === 0) x = 0
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++
      v[offset + k] = x
      if (x >= a.length && x - k >= b.length) return walkBack(trace, offset, a.length, b.length)
    }
  }
  return undefined
}

export function compareText(before: string, after: string): TextRun[] {
  const a = before.split(/\r\n|\n|\r/)
  const b = after.split(/\r\n|\n|\r/)
  let head = 0
  while (head < a.length && head < b.length && a[head] === b[head]) head++
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const left = a.slice(head, a.length - tail)
  const right = b.slice(head, b.length - tail)
  const small = left.length <= maxLines && right.length <= maxLines
  const middle: readonly Op[] = (small ? shortestScript(left, right) : undefined) ?? [
    ...left.map(() => 'removed' as const),
    ...right.map(() => 'added' as const),
  ]
  const ops: Op[] = [...Array<Op>(head).fill('same'), ...middle, ...Array<Op>(tail).fill('same')]
  const runs: { op: Op; a: number; b: number; lines: string[] }[] = []
  let x = 0
  let y = 0
  for (const op of ops) {
    const line = (op === 'added' ? b[y] : a[x]) ?? ''
    const run = runs.at(-1)
    if (run?.op === op) run.lines.push(line)
    else runs.push({ op, a: x + 1, b: y + 1, lines: [line] })
    if (op !== 'added') x++
    if (op !== 'removed') y++
  }
  return runs
}
