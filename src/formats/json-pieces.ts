// Writes JSON piece by piece where a member is too long to be made as a whole: a content of many MB, a million messages.

const long = Symbol('long')

/** A string that is made while it is written. */
export type LongText = { readonly [long]: () => Iterable<string> }

export const longText = (pieces: () => Iterable<string>): LongText => ({ [long]: pieces })

const isLong = (value: object): value is LongText => long in value

function holdsLong(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  return isLong(value) || Object.values(value).some(holdsLong)
}

/** No piece of a long text may end between the two halves of a surrogate pair. */
export function* jsonPieces(value: unknown): Generator<string> {
  if (typeof value !== 'object' || value === null || !holdsLong(value)) return yield JSON.stringify(value)
  if (isLong(value)) {
    yield '"'
    for (const piece of value[long]()) yield JSON.stringify(piece).slice(1, -1)
    return yield '"'
  }
  const isList = Array.isArray(value)
  let lead = isList ? '[' : '{'
  for (const [name, member] of Object.entries(value)) {
    if (member === undefined) continue
    yield isList ? lead : `${lead}${JSON.stringify(name)}:`
    yield* jsonPieces(member)
    lead = ','
  }
  yield isList ? ']' : '}'
}

/** An object and one more member: a list that is gone through once; left out where it is empty. */
export function* jsonWithList<One>(
  value: object,
  name: string,
  list: Iterable<One>,
  shown: (one: One) => unknown,
): Generator<string> {
  let held = ''
  for (const piece of jsonPieces(value)) {
    if (held !== '') yield held
    held = piece
  }
  let begun = false
  for (const one of list) {
    yield `${begun ? ',' : `${held.slice(0, -1)},${JSON.stringify(name)}:[`}${JSON.stringify(shown(one))}`
    begun = true
  }
  yield begun ? ']}' : held
}
