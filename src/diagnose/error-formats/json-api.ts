// JSON:API error objects: `errors`, each with status, code, title, detail and source.
import { type ErrorFormat, given, joined } from '../error-format.ts'
import { asList, asObject, asText, asWords } from '../json-value.ts'

export const jsonApi: ErrorFormat = {
  name: 'JSON:API',
  read({ body, mediaType }) {
    const errors = asList(body?.errors).map(asObject)
    const first = errors[0]
    if (!first) return undefined
    const typical = first.detail ?? first.source ?? (first.title && first.status)
    if (mediaType !== 'application/vnd.api+json' && typical === undefined) return undefined
    const fields = errors.flatMap((error) => {
      const source = asObject(error?.source)
      const path = asWords(source?.pointer) ?? asWords(source?.parameter) ?? asWords(source?.header)
      const message = joined(asWords(error?.title), asWords(error?.detail))
      return path === undefined ? [] : [{ path, ...given({ message, code: asText(error?.code) }) }]
    })
    const message = joined(asWords(first.title), asWords(first.detail)) ?? asWords(first.message)
    if (message === undefined && asText(first.code) === undefined) return undefined
    return {
      ...given({
        code: asText(first.code) ?? asText(first.status),
        message,
        docUrl: asWords(asObject(first.links)?.about),
        pointer: `/errors/0/${asWords(first.detail) ? 'detail' : 'title'}`,
      }),
      fields,
    }
  },
}
