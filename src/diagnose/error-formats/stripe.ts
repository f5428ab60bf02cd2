// Stripe's shape, which OpenAI and many others share: `error` with type, message, code, param.
import { type ErrorFormat, given } from '../error-format.ts'
import { asObject, asText, asWords } from '../json-value.ts'

export const stripe: ErrorFormat = {
  name: 'Stripe and OpenAI style',
  read({ body }) {
    const error = asObject(body?.error)
    const message = asWords(error?.message)
    if (!error || message === undefined || (asWords(error.type) === undefined && !('param' in error))) return undefined
    const param = asWords(error.param)
    const code = asText(error.code) ?? asWords(error.type)
    return {
      ...given({ code, message, docUrl: asWords(error.doc_url), pointer: '/error/message' }),
      fields: param === undefined ? [] : [{ path: param, message, ...given({ code: asWords(error.decline_code) }) }],
    }
  },
}
