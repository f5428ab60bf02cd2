// Compares the members of a request body with those of earlier successes of its endpoint.
import type { Context } from './context.ts'
import { jsonType } from './json-kinds.ts'
import { isObject } from './json-value.ts'
import type { JsonType, ValueFacts } from './path-facts.ts'
import type { Subject } from './subject.ts'

/** Successes that must agree. */
const enough = 3

export type WrongType = {
  readonly pointer: string
  readonly value: unknown
  readonly was: JsonType
  readonly is: JsonType
  readonly facts: ValueFacts
}
export type Missing = { readonly pointer: string; readonly name: string; readonly facts: ValueFacts }

/** Only JSON bodies, and forms as objects of texts; nothing where too few successes had a body. */
function comparable(subject: Subject, context: Context): unknown {
  const { baseline } = context
  if (!baseline || baseline.withRequestBody < enough || subject.request.truncated) return undefined
  return (
    subject.request.value ?? (subject.form && Object.fromEntries(subject.form.map((pair) => [pair.name, pair.value])))
  )
}

/** Members whose type no success had. */
export function wrongTypes(subject: Subject, context: Context): WrongType[] {
  const body = comparable(subject, context)
  const { baseline } = context
  if (body === undefined || !baseline || subject.form) return []
  const found: WrongType[] = []
  baseline.request.walk(body, (value, node, place) => {
    if (found.length >= 10) return
    const facts = node?.facts
    const is = jsonType(value)
    if (!facts || facts.count < enough || facts.types.has(is)) return
    const known = [...facts.types.keys()].filter((one) => one !== 'null')
    const was = known.length === 1 ? known[0] : undefined
    if (was !== undefined) found.push({ pointer: place.pointer, value, was, is, facts })
  })
  return found
}

/** Members that every success had where their parent was there. */
export function missingMembers(subject: Subject, context: Context): Missing[] {
  const body = comparable(subject, context)
  const { baseline } = context
  if (body === undefined || !baseline) return []
  const found: Missing[] = []
  baseline.request.walk(body, (value, node, place) => {
    if (!node || !isObject(value) || node.isMap || found.length >= 10) return
    for (const [name, { facts, path }] of node.children) {
      const always = name !== '[]' && facts.count >= enough && facts.count >= node.objects
      if (!always || Object.hasOwn(value, name) || found.some(({ facts: told }) => told === facts)) continue
      found.push({ pointer: `${place.pointer}/${path.slice(path.lastIndexOf('/') + 1)}`, name, facts })
    }
  })
  return found
}
