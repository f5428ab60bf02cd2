// GraphQL errors (specification §7): message, path, locations, and the code in extensions.
import { type ErrorFormat, given } from '../error-format.ts'
import { asList, asObject, asText, asWords } from '../json-value.ts'

export const graphql: ErrorFormat = {
  name: 'GraphQL',
  read({ body, mediaType }) {
    const errors = asList(body?.errors).map(asObject)
    const first = errors[0]
    if (!body || !first || asWords(first.message) === undefined) return undefined
    const typical = 'data' in body || 'locations' in first || 'path' in first || 'extensions' in first
    if (!typical && mediaType !== 'application/graphql-response+json') return undefined
    const codeOf = (error: typeof first | undefined) => asText(asObject(error?.extensions)?.code) ?? asText(error?.type)
    const fields = errors.flatMap((error) => {
      const path = asList(error?.path).join('.')
      return path === '' ? [] : [{ path, ...given({ message: asWords(error?.message), code: codeOf(error) }) }]
    })
    return { ...given({ code: codeOf(first), message: asWords(first.message), pointer: '/errors/0/message' }), fields }
  },
}
