// The shape of JSON content: which places it has, of which types; and what differs between the shapes of two sessions.
import type { ShapeChange } from '../api/session-comparison.ts'
import { looksLikeId } from '../diagnose/endpoint-key.ts'
import { jsonType } from '../diagnose/json-kinds.ts'

/** By place: types, and how many of the values had it. The place of the whole is `''`. */
export type ContentShape = Map<string, { readonly types: Set<string>; values: number }>

const mostPlaces = 2000
const deepest = 16
const mostChanges = 20

const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')

/** Takes one more value into the shape. */
export function addToShape(shape: ContentShape, value: unknown): void {
  const seen = new Set<string>()
  const visit = (at: string, one: unknown, depth: number): void => {
    let place = shape.get(at)
    if (!place) {
      if (shape.size >= mostPlaces) return
      place = { types: new Set(), values: 0 }
      shape.set(at, place)
    }
    place.types.add(jsonType(one))
    if (!seen.has(at)) place.values += 1
    seen.add(at)
    if (typeof one !== 'object' || one === null || depth >= deepest) return
    if (Array.isArray(one)) for (const element of one) visit(`${at}/*`, element, depth + 1)
    else
      for (const [name, member] of Object.entries(one))
        visit(`${at}/${looksLikeId(name) ? '*' : escaped(name)}`, member, depth + 1)
  }
  visit('', value, 0)
}

const parentOf = (pointer: string) => pointer.slice(0, pointer.lastIndexOf('/'))
const named = (types: ReadonlySet<string>) => [...types].toSorted().join(' or ')

/** In every value that could have it: one that comes and goes is no difference. */
function isSteady(shape: ContentShape, pointer: string): boolean {
  return shape.get(pointer)?.values === shape.get(parentOf(pointer))?.values
}

/** An object stood there, so that a member could have. */
const hadRoom = (shape: ContentShape, pointer: string) =>
  shape.get(parentOf(pointer))?.types.has('object') === true && !pointer.endsWith('/*')

export function compareShapes(
  side: ShapeChange['side'],
  before: ContentShape,
  after: ContentShape,
): readonly ShapeChange[] {
  const changes: ShapeChange[] = []
  for (const [pointer, { types }] of before) {
    const now = after.get(pointer)?.types
    if (!now) {
      if (hadRoom(after, pointer) && isSteady(before, pointer)) changes.push({ side, pointer, before: named(types) })
    } else if (![...now].some((type) => types.has(type)))
      changes.push({ side, pointer, before: named(types), after: named(now) })
  }
  for (const [pointer, { types }] of after)
    if (!before.has(pointer) && hadRoom(before, pointer) && isSteady(after, pointer))
      changes.push({ side, pointer, after: named(types) })
  return changes.toSorted((a, b) => (a.pointer < b.pointer ? -1 : 1)).slice(0, mostChanges)
}
