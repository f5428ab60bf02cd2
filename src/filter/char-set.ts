// Sets of UTF-16 code units as sorted ranges, for regular expressions.

export type CharSet = readonly (readonly [from: number, to: number])[]

const last = 0xffff

export function setOf(from: number, to: number = from): CharSet {
  return [[from, to]]
}

export function union(...sets: readonly CharSet[]): CharSet {
  const merged: [number, number][] = []
  for (const [from, to] of sets.flat().toSorted((a, b) => a[0] - b[0])) {
    const before = merged.at(-1)
    if (before && from <= before[1] + 1) before[1] = Math.max(before[1], to)
    else merged.push([from, to])
  }
  return merged
}

export function complement(set: CharSet): CharSet {
  const rest: [number, number][] = []
  let next = 0
  for (const [from, to] of set) {
    if (from > next) rest.push([next, from - 1])
    next = to + 1
  }
  if (next <= last) rest.push([next, last])
  return rest
}

/** Ranges longer than this hold both cases of nearly every letter in them already. */
const longRange = 4096

function otherCases(code: number): number[] {
  const char = String.fromCharCode(code)
  return [char.toLowerCase(), char.toUpperCase()].filter((one) => one.length === 1).map((one) => one.charCodeAt(0))
}

/** With the other case of every letter. */
export function ignoringCase(set: CharSet): CharSet {
  const more: CharSet[] = []
  for (const [from, to] of set) {
    if (to - from > longRange) more.push(setOf(0x41, 0x5a), setOf(0x61, 0x7a))
    else for (let code = from; code <= to; code++) for (const other of otherCases(code)) more.push(setOf(other))
  }
  return union(set, ...more)
}

export const digits: CharSet = [[0x30, 0x39]]
export const words: CharSet = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
]
export const spaces: CharSet = [
  [9, 13],
  [32, 32],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
]
export const anyButLineEnd: CharSet = complement([
  [10, 10],
  [13, 13],
  [0x2028, 0x2029],
])
