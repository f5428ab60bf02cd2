// Where a path without room gives way: in its middle, so that its last segment stays; pure.

/** `at`: where the middle ends, in characters; `width`: what of it is drawn before the dots, px. At the end: cut like any text. */
export type PathFit = { readonly at: number; readonly width: number }

/** The longest beginning of a text that has room: its length in characters and its width. */
function fitting(text: string, room: number, widthOf: (char: string) => number): { length: number; width: number } {
  let width = 0
  let length = 0
  for (const char of text) {
    const next = width + widthOf(char)
    if (next > room) break
    width = next
    length += char.length
  }
  return { length, width }
}

/** Before the dots stand at least this many characters, or the path is cut at its end. */
const fewest = 2

const ascii = /^[\x20-\x7e]*$/

/** Most paths have room: told without measuring each of their characters. */
const hasRoom = (path: string, room: number, widthOf: (char: string) => number): boolean =>
  path.length * Math.max(widthOf('W'), widthOf('@')) <= room && ascii.test(path)

/** `room` and what `widthOf` answers for one character are px; no room known (0) leaves the path whole. */
export function fitPath(path: string, room: number, widthOf: (char: string) => number): PathFit {
  const atEnd = { at: path.length, width: 0 }
  if (room <= 0 || hasRoom(path, room, widthOf) || fitting(path, room, widthOf).length === path.length) return atEnd
  const end = path.search(/[?#]/)
  const body = end < 0 ? path : path.slice(0, end)
  const dots = widthOf('…')
  // A query gives way from its end, as any text does.
  if (end >= 0 && fitting(path, room - dots, widthOf).length >= end) return atEnd
  const slash = body.replace(/\/+$/, '').lastIndexOf('/')
  if (slash <= 0) return atEnd
  let left = room - dots - (end < 0 ? 0 : dots)
  for (const char of body.slice(slash)) left -= widthOf(char)
  const { length, width } = fitting(body.slice(0, slash), left, widthOf)
  return length < fewest ? atEnd : { at: slash, width }
}
