// Turns a value into another JSON type where nothing is lost by it.
import { jsonType } from './json-kinds.ts'
import type { JsonType } from './path-facts.ts'

const numeral = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/

/** `"42"` → 42, `"True"` → true, 42 → `"42"`, x → [x], [x] → x, `"{…}"` → {…}; undefined where it cannot be done. */
export function losslessCast(value: unknown, to: JsonType): { readonly value: unknown } | undefined {
  const from = jsonType(value)
  if (to === 'array') return from === 'null' ? undefined : (parsed(value, 'array') ?? { value: [value] })
  if (Array.isArray(value)) return value.length === 1 && jsonType(value[0]) === to ? { value: value[0] } : undefined
  if (to === 'number' && typeof value === 'string' && numeral.test(value.trim())) return { value: Number(value) }
  if (to === 'boolean') {
    if (typeof value === 'string' && /^(?:true|false)$/i.test(value.trim()))
      return { value: /^true$/i.test(value.trim()) }
    return value === 1 || value === 0 ? { value: value === 1 } : undefined
  }
  if (to === 'string' && (typeof value === 'number' || typeof value === 'boolean')) return { value: String(value) }
  return to === 'object' ? parsed(value, 'object') : undefined
}

function parsed(value: unknown, to: JsonType): { readonly value: unknown } | undefined {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return undefined
  try {
    const inner: unknown = JSON.parse(value)
    return jsonType(inner) === to ? { value: inner } : undefined
  } catch {
    return undefined
  }
}
