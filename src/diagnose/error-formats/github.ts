// GitHub: `message` with `documentation_url`, and `errors` by resource and field.
import { type ErrorFormat, given, joined } from '../error-format.ts'
import { asList, asObject, asText, asWords } from '../json-value.ts'

export const github: ErrorFormat = {
  name: 'GitHub',
  read({ body }) {
    const message = asWords(body?.message)
    if (!body || message === undefined) return undefined
    const entries = asList(body.errors)
    const typed = entries.map(asObject).some((entry) => entry && 'resource' in entry)
    if (!('documentation_url' in body) && !typed) return undefined
    const fields = entries.flatMap((entry) => {
      const error = asObject(entry)
      const path = asWords(error?.field)
      if (path === undefined) return []
      return [{ path, ...given({ message: asWords(error?.message), code: asText(error?.code) }) }]
    })
    const said = entries.map((entry) => asWords(entry) ?? asWords(asObject(entry)?.message)).filter(Boolean)
    return {
      ...given({
        message: joined(message, said.join('; ')),
        docUrl: asWords(body.documentation_url),
        pointer: '/message',
      }),
      fields,
    }
  },
}
