// Finds the members a refusal names, whatever the notation: lists of places with reasons, or maps of member to reasons.
import type { ErrorField } from './extracted-error.ts'
import { asObject, asText, asWords, isObject, type JsonObject, pointerPart } from './json-value.ts'

/** Members below which servers list what they refuse. */
const containers =
  'errors error responseStatus ResponseStatus details detail fields violations causes issues invalid-params invalidParams invalid_params fieldErrors field_errors validationErrors validation_errors errorCauses error_details fieldViolations field_violations subErrors params messages message ModelState modelState data context errorDetails invalid_fields'.split(
    ' ',
  )
const places =
  'field fieldName field_name propertyPath propertyName property instancePath dataPath param parameter argument attribute target member path loc location name'.split(
    ' ',
  )
const reasons = 'message msg description detail defaultMessage reason issue error errorSummary text title rule'.split(
  ' ',
)
/** Members of the error itself: an object that has one of them is no map of member to reasons. */
const ownMembers = new Set(
  'code message msg status statuscode type title detail details description reason error errors errorcode error_code requestid request_id documentation_url docs link links help trace stack stacktrace exception file line timestamp path url debug id instance category hint info retry_after service domain text'.split(
    ' ',
  ),
)
const sides = new Set(['body', 'query', 'path', 'header', 'headers', 'cookie', 'json', 'form', 'querystring'])
/** What a refusal of a long list may cost. */
const maxFields = 50
const maxDepth = 5

const numeric = /^-?\d+$/

/** `["body", "items", 0, "qty"]` → `items.0.qty`; `/items/0/qty` stays a pointer. */
function pathOf(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const parts = value.filter((part) => typeof part === 'string' || typeof part === 'number')
    if (parts.length !== value.length || parts.length === 0) return undefined
    return (sides.has(String(parts[0])) && parts.length > 1 ? parts.slice(1) : parts).join('.')
  }
  const text = asWords(value)
  // A sentence, an address or a side of the request is no place in it.
  if (text === undefined || text.length > 200 || /\s|:\/\//.test(text) || sides.has(text)) return undefined
  return text.replace(/^#(?=\/)/, '')
}

function reasonOf(entry: JsonObject): string | undefined {
  for (const name of reasons) {
    const said = asWords(entry[name])
    if (said !== undefined) return said
  }
  const list = Array.isArray(entry.messages) ? entry.messages.flatMap((one) => asWords(one) ?? []) : []
  return list.length > 0 ? list.join(' ') : undefined
}

function placeOf(entry: JsonObject): string | undefined {
  const source = asObject(entry.source)
  const direct = pathOf(entry.pointer) ?? pathOf(source?.pointer) ?? pathOf(source?.parameter) ?? pathOf(source?.header)
  if (direct !== undefined) return direct
  // Ajv and its kin: the place is that of the object, the member stands among the parameters.
  const params = asObject(entry.params)
  const member = asWords(params?.missingProperty) ?? asWords(params?.additionalProperty)
  if (member !== undefined) return `${pathOf(entry.instancePath ?? entry.dataPath) ?? ''}/${pointerPart(member)}`
  for (const name of places) {
    const path = pathOf(entry[name])
    if (path !== undefined) return path
  }
  return undefined
}

/** One entry of a list: a place, and why it was refused. */
function fromEntry(entry: unknown): ErrorField | undefined {
  if (!isObject(entry)) return undefined
  const path = placeOf(entry)
  const message = reasonOf(entry)
  const code = asText(entry.code) ?? asText(entry.type) ?? asText(entry.issue)
  if (path === undefined || (message === undefined && code === undefined)) return undefined
  return { path, ...(message === undefined ? {} : { message }), ...(code === undefined ? {} : { code }) }
}

/** `"text"`, `["text", …]`, `[{message}, …]`, `{message}`, `{_errors: […]}`. */
function reasonIn(value: unknown): string | undefined {
  if (Array.isArray(value)) {
    const said = value.map(reasonIn)
    return said.length > 0 && said.every((one) => one !== undefined) ? said.join(' ') : undefined
  }
  if (isObject(value)) return '_errors' in value ? reasonIn(value._errors) : reasonOf(value)
  const text = asWords(value)
  return text === undefined || numeric.test(text) ? undefined : text
}

/** Lists of reasons that belong to no member. */
export const ownLists: ReadonlySet<string> = new Set(
  'errors error messages message error_messages errormessages problems reasons warnings details notifications'.split(
    ' ',
  ),
)
/** What stands where a member would for reasons that concern the whole (Rails, Django, marshmallow, React). */
export const nameless = /^(?:base|__all__|non_?field_?errors?|_error|_schema|general|global|\*)?$/i
/** A text in several languages is one text. */
const languages = new Set('en de fr es it pt nl ja zh ru ko pl sv da fi cs tr ar'.split(' '))
const isTranslated = (map: object): boolean => {
  const names = Object.keys(map)
  return (
    names.length > 0 &&
    names.every((name) => languages.has(name.slice(0, 2)) && /^..(?:[-_][A-Za-z]{2,4})?$/.test(name))
  )
}

/** Members that hold a text wherever they belong to the error itself: an object with a reason is what a field was refused for. */
const textMembers = new Set([
  'title',
  'type',
  'description',
  'category',
  'path',
  'url',
  'file',
  'domain',
  'service',
  'hint',
])
const isRefusedText = (name: string, value: unknown): boolean =>
  textMembers.has(name) && isObject(value) && reasonOf(value) !== undefined

/** A map of member to reasons, nested as the content is; undefined where anything in it is something else. */
function fromMap(map: unknown, lead: string, depth: number, isRoot = false): ErrorField[] | undefined {
  if (depth > maxDepth) return undefined
  // Texts in a list are reasons without a place.
  if (Array.isArray(map) && map.some((one) => !isObject(one))) return undefined
  const entries: [string, unknown][] = Array.isArray(map)
    ? map.map((one, index): [string, unknown] => [String(index), one])
    : isObject(map) && !isTranslated(map)
      ? Object.entries(map)
      : []
  const found: ErrorField[] = []
  for (const [name, value] of entries.slice(0, maxFields)) {
    const isList = Array.isArray(value)
    // A list of texts is never a member of the error itself, whatever its name; a root that is all texts is no map.
    if (isRoot && lead === '' && containers.includes(name)) return undefined
    const isTexts = isList && value.every((one) => typeof one === 'string')
    if (lead === '' && (isTexts ? ownLists : ownMembers).has(name.toLowerCase()) && !isRefusedText(name, value))
      return undefined
    if (nameless.test(name)) continue
    const path = lead === '' ? name : `${lead}.${name}`
    const message = isRoot && !isTexts ? undefined : reasonIn(value)
    const inner = message === undefined && value !== null && typeof value === 'object'
    if (message !== undefined) found.push({ path, message })
    else if (inner && Object.keys(value).length === 0) continue
    else {
      const nested = inner ? fromMap(value, path, depth + 1, isRoot) : undefined
      if (!nested) return undefined
      found.push(...nested)
    }
  }
  return found.length > 0 ? found : undefined
}

function fromContainer(value: unknown, depth: number): readonly ErrorField[] {
  if (depth > maxDepth) return []
  if (Array.isArray(value)) {
    const listed = value.slice(0, maxFields).flatMap((entry) => fromEntry(entry) ?? [])
    return listed.length > 0 ? listed : value.slice(0, 5).flatMap((entry) => below(entry, depth + 1))
  }
  if (!isObject(value)) return []
  const inner = below(value, depth + 1)
  if (inner.length > 0) return inner
  const own = fromEntry(value)
  return own ? [own] : (fromMap(value, '', 0) ?? [])
}

function below(value: unknown, depth: number): readonly ErrorField[] {
  if (!isObject(value)) return []
  for (const name of containers) {
    const held = value[name]
    if (held === null || typeof held !== 'object') continue
    if (name === 'fields' && Array.isArray(held) && held.every((one) => typeof one === 'string'))
      return held.flatMap((one) => pathOf(one) ?? []).map((path) => ({ path }))
    const found = fromContainer(held, depth)
    if (found.length > 0) return found
  }
  return []
}

/** Statuses whose bodies name members of the request. */
const refusals = new Set([400, 417, 422])

/** Members a refusal names; only asked where its format named none. */
export function failingFields(json: unknown, status: number): readonly ErrorField[] {
  if (!refusals.has(status)) return []
  if (Array.isArray(json)) {
    const listed = fromContainer(json, 0)
    return (listed.length > 0 ? listed : (fromMap(json, '', 0, true) ?? [])).slice(0, maxFields)
  }
  if (!isObject(json)) return []
  const found = below(json, 0)
  if (found.length > 0) return found.slice(0, maxFields)
  const single = pathOf(json.field) ?? pathOf(json.param) ?? pathOf(json.parameter)
  const why = reasonOf(json)
  if (single !== undefined && why !== undefined) return [{ path: single, message: why }]
  const keys = asObject(json.validation)?.keys
  if (Array.isArray(keys)) return keys.flatMap((key) => pathOf(key) ?? []).map((path) => ({ path }))
  // Without a word of its own, the whole body is the map (Django REST, Rails).
  return fromMap(json, '', 0, true) ?? []
}
