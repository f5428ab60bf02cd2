// RFC 9457 problem details, by media type or by their members.
import { type ErrorFormat, given, joined } from '../error-format.ts'
import { asList, asObject, asText, asWords } from '../json-value.ts'
import { elementText } from '../xml-reading.ts'

export const problemDetails: ErrorFormat = {
  name: 'RFC 9457 problem',
  read({ body, mediaType, xml }) {
    if (mediaType === 'application/problem+xml' && xml)
      return given({
        code: elementText(xml, 'type'),
        message: joined(elementText(xml, 'title'), elementText(xml, 'detail')),
      })
    if (!body) return undefined
    const { type, title, status, detail } = body
    const byShape =
      (typeof type === 'string' && typeof title === 'string') ||
      (typeof title === 'string' && typeof status === 'number' && typeof detail === 'string')
    if (mediaType !== 'application/problem+json' && !byShape) return undefined
    const fields = [...asList(body.errors), ...asList(body['invalid-params']), ...asList(body.invalidParams)].flatMap(
      (entry) => {
        const field = asObject(entry)
        const path =
          asWords(field?.pointer) ?? asWords(field?.name) ?? asWords(field?.parameter) ?? asWords(field?.field)
        if (!field || path === undefined) return []
        const message = asWords(field.detail) ?? asWords(field.reason) ?? asWords(field.message)
        return [{ path: path.replace(/^#(?=\/)/, ''), ...given({ message, code: asText(field.code) }) }]
      },
    )
    // ASP.NET writes `errors` as a map of member to messages.
    const map = Object.entries(asObject(body.errors) ?? {}).map(([path, messages]) => ({
      path,
      ...given({
        message:
          asList(messages)
            .filter((m) => typeof m === 'string')
            .join(' ') || asWords(messages),
      }),
    }))
    const named = asWords(type) === 'about:blank' ? undefined : asWords(type)
    return {
      ...given({
        code: asText(body.code) ?? named ?? asText(status),
        message: joined(asWords(title), asWords(detail)),
        docUrl: named?.startsWith('http') ? named : undefined,
        pointer: asWords(detail) ? '/detail' : '/title',
      }),
      fields: [...fields, ...map],
    }
  },
}
