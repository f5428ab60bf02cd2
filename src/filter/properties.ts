// Properties by name, alias and type, from the table.
import { type PropertyDescription, type PropertyType, propertyTable } from './property-table.ts'
export type PropertyName = keyof typeof propertyTable
export type Property = PropertyDescription & { readonly name: PropertyName }

function isPropertyName(name: string): name is PropertyName {
  return Object.hasOwn(propertyTable, name)
}

export const properties: readonly Property[] = Object.keys(propertyTable)
  .filter(isPropertyName)
  .map((name) => ({ name, ...propertyTable[name] }))

/** Names that carry their own comparison, as browsers' developer tools have them. */
export const comparingNames: Readonly<Record<string, { readonly property: PropertyName; readonly sign: '<' | '>' }>> = {
  'larger-than': { property: 'size', sign: '>' },
  'smaller-than': { property: 'size', sign: '<' },
  'slower-than': { property: 'duration', sign: '>' },
  'faster-than': { property: 'duration', sign: '<' },
}

const byName = new Map<string, Property>()
for (const property of properties) for (const name of [property.name, ...property.aliases]) byName.set(name, property)

/** By name or alias, whatever its case. */
export function findProperty(name: string): Property | undefined {
  return byName.get(name.toLowerCase())
}

const ordered: ReadonlySet<PropertyType> = new Set(['status', 'number', 'size', 'duration'])
const textual: ReadonlySet<PropertyType> = new Set(['text', 'host', 'path', 'cause', 'content'])

export function operatorsOf(type: PropertyType): readonly string[] {
  if (ordered.has(type)) return [':', '=', '!=', '<', '<=', '>', '>=']
  if (type === 'content') return [':', '~']
  if (textual.has(type)) return [':', '=', '!=', '~']
  if (type === 'field') return [':']
  return [':', '=', '!='].slice(0, type === 'time' ? 1 : 3)
}

export function isOrdered(type: PropertyType): boolean {
  return ordered.has(type)
}
