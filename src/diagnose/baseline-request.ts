// Compares the members of a request body with those of earlier successes of its endpoint.
import type { Context } from './context.ts'
import { jsonType, walkJson } from './json-paths.ts'
import { isObject, pointerPart } from './json-value.ts'
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
  walkJson(body, baseline.isRequestMap, (path, value, pointer) => {
    if (found.length >= 10 || path.includes('/*')) return
    const facts = baseline.request.get(path)
    const is = jsonType(value)
    if (!facts || facts.count < enough || facts.types.has(is)) return
    const known = [...facts.types.keys()].filter((one) => one !== 'null')
    const was = known.length === 1 ? known[0] : undefined
    if (was !== undefined) found.push({ pointer, value, was, is, facts })
  })
  return found
}

/** Members that every success had where their parent was there. */
export function missingMembers(subject: Subject, context: Context): Missing[] {
  const body = comparable(subject, context)
  const { baseline } = context
  if (body === undefined || !baseline) return []
  const found: Missing[] = []
  const told = new Set<string>()
  const walk = (value: unknown, path: string, pointer: string, depth: number): void => {
    if (depth > 6 || found.length >= 10) return
    if (Array.isArray(value)) {
      for (const [index, one] of value.slice(0, 5).entries()) walk(one, `${path}/[]`, `${pointer}/${index}`, depth + 1)
      return
    }
    if (!isObject(value) || baseline.isRequestMap(path, value)) return
    const names = new Set(Object.keys(value).map(pointerPart))
    for (const [known, facts] of baseline.request) {
      const slash = known.lastIndexOf('/')
      if (slash < 0 || known.slice(0, slash) !== path || facts.count < enough || facts.count < facts.parentCount)
        continue
      const name = known.slice(slash + 1)
      if (name === '[]' || name === '*' || names.has(name) || told.has(known)) continue
      told.add(known)
      found.push({ pointer: `${pointer}/${name}`, name, facts })
    }
    for (const [key, member] of Object.entries(value))
      walk(member, `${path}/${pointerPart(key)}`, `${pointer}/${pointerPart(key)}`, depth + 1)
  }
  walk(body, '', '', 0)
  return found
}
