// Slack: `ok: false` with an error word, and the scopes that were needed and provided.
import { type ErrorFormat, given, joined } from '../error-format.ts'
import { asList, asObject, asWords } from '../json-value.ts'

const scopes = (value: unknown): readonly string[] | undefined =>
  asWords(value)
    ?.split(/[,\s]+/)
    .filter(Boolean)

export const slack: ErrorFormat = {
  name: 'Slack',
  read({ body }) {
    const error = asWords(body?.error)
    if (body?.ok !== false || error === undefined) return undefined
    const messages = asList(asObject(body.response_metadata)?.messages).map(asWords).filter(Boolean)
    const fields = messages.flatMap((message) => {
      const path = /\[json-pointer:([^\]]*)\]/.exec(message ?? '')?.[1]
      return path === undefined ? [] : [{ path, ...given({ message }) }]
    })
    return {
      ...given({
        code: error,
        message: joined(error, messages.join('; ')),
        needed: scopes(body.needed),
        provided: scopes(body.provided),
        pointer: '/error',
      }),
      fields,
    }
  },
}
