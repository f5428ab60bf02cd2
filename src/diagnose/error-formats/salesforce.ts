// Salesforce: a list at the top, each entry with errorCode, message and fields.
import { type ErrorFormat, given } from '../error-format.ts'
import { asList, asObject, asWords } from '../json-value.ts'

export const salesforce: ErrorFormat = {
  name: 'Salesforce',
  read({ json }) {
    const entries = asList(json).map(asObject)
    const first = entries[0]
    const code = asWords(first?.errorCode)
    if (!first || code === undefined) return undefined
    const fields = entries.flatMap((entry) =>
      asList(entry?.fields).flatMap((field) => {
        const path = asWords(field)
        return path === undefined
          ? []
          : [{ path, ...given({ message: asWords(entry?.message), code: asWords(entry?.errorCode) }) }]
      }),
    )
    return { ...given({ code, message: asWords(first.message), pointer: '/0/message' }), fields }
  },
}
