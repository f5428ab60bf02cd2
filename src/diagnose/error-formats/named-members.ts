// Members named as frameworks name them: Laravel, Rails, Django, Shopify – messages by field, or one detail.
import { type ErrorFormat, given } from '../error-format.ts'
import { nameless, ownLists } from '../failing-fields.ts'
import { asList, asObject, asText, asWords, isObject, pointerPart } from '../json-value.ts'

/** `{field: "text"}`, `{field: ["text", …]}`: nothing else. */
function messagesByField(value: unknown): { path: string; message: string }[] | undefined {
  if (!isObject(value)) return undefined
  const fields: { path: string; message: string }[] = []
  for (const [path, said] of Object.entries(value)) {
    const texts = Array.isArray(said) ? said.map((one) => asWords(one)) : [asWords(said)]
    if (texts.length === 0 || texts.some((one) => one === undefined)) return undefined
    fields.push({ path, message: texts.join(' ') })
  }
  return fields.length === 0 ? undefined : fields
}

const joinFields = (fields: readonly { path: string; message: string }[]): string =>
  fields.map(({ path, message }) => (nameless.test(path) ? message : `${path}: ${message}`)).join('; ')

const named = <T extends { path: string }>(fields: readonly T[]): T[] =>
  fields.filter(({ path }) => !nameless.test(path))

export const namedMembers: ErrorFormat = {
  name: 'messages by field',
  read({ body, status }) {
    if (!body) return undefined
    const errors = asWords(body.errors)
    if (errors !== undefined) return { message: errors, pointer: '/errors' }
    const fields = messagesByField(body.errors)
    const isCoded = isObject(body.errors) && ('message' in body.errors || 'code' in body.errors)
    if (fields && !isCoded) {
      const message = asWords(body.message)
      const pointer = message === undefined ? `/errors/${pointerPart(fields[0]?.path ?? '')}` : '/message'
      return { message: message ?? joinFields(fields), pointer, fields: named(fields) }
    }
    const nonField = asList(body.non_field_errors).map(asWords).filter(Boolean)
    if (nonField.length > 0) return { message: nonField.join(' '), pointer: '/non_field_errors/0' }
    // FastAPI: `detail` is a list of places and messages.
    const places = asList(body.detail).flatMap((entry) => {
      const detail = asObject(entry)
      const path = asList(detail?.loc).slice(1).join('.')
      return asWords(detail?.msg) === undefined
        ? []
        : [{ path, ...given({ message: asWords(detail?.msg), code: asText(detail?.type) }) }]
    })
    if (places.length > 0)
      return { ...given({ message: places[0]?.message, pointer: '/detail/0/msg' }), fields: places }
    if (asWords(body.detail) !== undefined && !('title' in body))
      return given({ code: asText(body.code), message: asWords(body.detail), pointer: '/detail' })
    const list = ['errors', 'error', 'messages', 'message'].find(
      (name) => Array.isArray(body[name]) && asWords(asList(body[name])[0]) !== undefined,
    )
    if (list) {
      const said = asList(body[list]).flatMap((one) => asWords(one) ?? [])
      return { message: said.join('; '), pointer: `/${list}/0` }
    }
    // Django REST: the whole body maps members to lists of messages.
    const whole = status === 400 || status === 422 ? messagesByField(body) : undefined
    if (
      whole &&
      Object.values(body).every(Array.isArray) &&
      !whole.every(({ path }) => ownLists.has(path.toLowerCase()))
    )
      return { message: joinFields(whole), pointer: `/${pointerPart(whole[0]?.path ?? '')}/0`, fields: named(whole) }
    return undefined
  },
}
