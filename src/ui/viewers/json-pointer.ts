// Between the lines of a JSON listing and JSON Pointers (RFC 6901), names and values.
import { stringEnd } from './list-json.ts'
import { type Listing, lineText, NONE, opensFold } from './listing.ts'

/** The parts of a line: member name as written (with quotes), the value as written, without a trailing comma. */
function jsonParts(text: string): { readonly name?: string; readonly value: string; readonly comma: boolean } {
  const line = text.trimStart()
  const comma = line.endsWith(',')
  const body = comma ? line.slice(0, -1) : line
  if (body.startsWith('"')) {
    const end = stringEnd(body, 0)
    if (end > 0 && body.startsWith(': ', end)) return { name: body.slice(0, end), value: body.slice(end + 2), comma }
  }
  return { value: body, comma }
}

const unquote = (name: string): string => {
  try {
    return String(JSON.parse(name))
  } catch {
    return name.slice(1, -1)
  }
}

const escaped = (segment: string) => segment.replaceAll('~', '~0').replaceAll('/', '~1')
const unescaped = (segment: string) => segment.replaceAll('~1', '/').replaceAll('~0', '~')

const next = (listing: Listing, line: number) => (opensFold(listing, line) ? (listing.end[line] ?? line) : line) + 1

function segmentOf(listing: Listing, line: number, parent: number): string {
  const { name } = jsonParts(lineText(listing, line))
  if (name !== undefined && jsonParts(lineText(listing, parent)).value === '{') return unquote(name)
  let index = 0
  for (let at = parent + 1; at < line; at = next(listing, at)) index++
  return String(index)
}

/** The pointer of the value on a line; the closing line of a value has the pointer of its opening line. */
export function pointerAt(listing: Listing, line: number): string {
  const end = listing.end[line] ?? 0
  let at = end > 0 && end < line ? end : line
  const segments: string[] = []
  for (let parent = listing.parent[at] ?? NONE; parent !== NONE; parent = listing.parent[at] ?? NONE) {
    segments.unshift(escaped(segmentOf(listing, at, parent)))
    at = parent
  }
  return segments.map((segment) => `/${segment}`).join('')
}

/** The line a pointer leads to; where a part of it does not exist, the nearest line above. */
export function lineOfPointer(listing: Listing, pointer: string): number {
  let line = 0
  for (const segment of pointer.split('/').slice(1).map(unescaped)) {
    if (!opensFold(listing, line)) return line
    const last = listing.end[line] ?? 0
    let found = -1
    for (let at = line + 1, index = 0; at < last; at = next(listing, at), index++) {
      const { name } = jsonParts(lineText(listing, at))
      if (name === undefined ? String(index) === segment : unquote(name) === segment) {
        found = at
        break
      }
    }
    if (found === -1) return line
    line = found
  }
  return line
}

/** The value that begins on a line, as text without its name, its comma and its indentation. */
export function valueAt(listing: Listing, line: number): string {
  const first = jsonParts(lineText(listing, line)).value
  if (!opensFold(listing, line)) {
    const end = listing.end[line] ?? 0
    return end > 0 ? valueAt(listing, end) : first
  }
  const indent = (listing.depth[line] ?? 0) * 2
  const lines = [first]
  for (let at = line + 1; at <= (listing.end[line] ?? line) && at < listing.count; at++)
    lines.push(lineText(listing, at).slice(indent))
  return lines.join('\n').replace(/,$/, '')
}
