// What kind of value stands at a place of a JSON body: its type, and the notation of texts and numbers.
import { isObject } from './json-value.ts'
import type { JsonType, StringFormat } from './path-facts.ts'

export function jsonType(value: unknown): JsonType {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  const type = typeof value
  return type === 'object' || type === 'string' || type === 'number' || type === 'boolean' ? type : 'null'
}

export function stringFormat(text: string): StringFormat {
  if (text === '') return 'other'
  const first = text.charCodeAt(0)
  if ((first >= 48 && first <= 57) || first === 45) {
    if (/^1\d{9}$/.test(text)) return 'epoch-s'
    if (/^1\d{12}$/.test(text)) return 'epoch-ms'
    if (/^-?\d+$/.test(text)) return 'int'
    if (/^-?\d+[.,]\d+$/.test(text)) return 'decimal'
    if (/^\d{4}-\d{2}-\d{2}$/.test(text)) return 'iso-date'
    if (/^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}/.test(text)) return 'iso-datetime'
  }
  if (text === 'true' || text === 'false') return 'bool'
  if (first === 104 && /^https?:\/\//.test(text)) return 'url'
  if (text.length === 36 && /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text)) return 'uuid'
  return 'other'
}

export function numberFormat(value: number): StringFormat {
  if (!Number.isInteger(value)) return 'decimal'
  if (value >= 1e9 && value < 2e9) return 'epoch-s'
  return value >= 1e12 && value < 2e12 ? 'epoch-ms' : 'int'
}

export const isEmpty = (value: unknown): boolean => {
  if (typeof value === 'string') return value === ''
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0
}
