// Finds the members an XML error names: elements or attributes that hold a place and a reason side by side.
import type { ErrorField } from './extracted-error.ts'
import type { XmlElement } from './xml-reading.ts'

const places = new Set(
  'field fieldname field_name property propertyname propertypath parameter parametername param attribute element elementname member xpath path location name fieldpath source key'.split(
    ' ',
  ),
)
const reasons = new Set(
  'message errormessage error_message msg description errordescription detail reason text error errortext defaultmessage faultstring'.split(
    ' ',
  ),
)
const codes = new Set('code errorcode error_code faultcode type'.split(' '))
/** What a long list of refusals may cost. */
const maxFields = 50
const maxDepth = 12

const textOf = (element: XmlElement): string | undefined => {
  const text = element.children.length === 0 ? element.text.trim() : ''
  return text === '' ? undefined : text
}

function named(element: XmlElement, names: ReadonlySet<string>): string | undefined {
  for (const [name, value] of Object.entries(element.attributes))
    if (names.has(name.toLowerCase()) && value.trim() !== '') return value.trim()
  for (const child of element.children) {
    const text = names.has(child.name.toLowerCase()) ? textOf(child) : undefined
    if (text !== undefined) return text
  }
  return undefined
}

/** A name of a member, or a way to one: no sentence and no address. */
const isPlace = (text: string): boolean => text.length <= 200 && !/\s|:\/\/|^https?:/.test(text)

export function xmlFailingFields(root: XmlElement): readonly ErrorField[] {
  const found: ErrorField[] = []
  const look = (element: XmlElement, depth: number): void => {
    if (found.length >= maxFields || depth > maxDepth) return
    const path = named(element, places)
    const message = named(element, reasons) ?? (path === undefined ? undefined : textOf(element))
    if (path !== undefined && message !== undefined && path !== message && isPlace(path)) {
      const code = named(element, codes)
      found.push({ path, message, ...(code === undefined ? {} : { code }) })
      return
    }
    for (const child of element.children) look(child, depth + 1)
  }
  look(root, 0)
  return found
}
