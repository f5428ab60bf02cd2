// Twilio: numeric `code`, `message`, and a page in `more_info`.
import { type ErrorFormat, given } from '../error-format.ts'
import { asWords } from '../json-value.ts'

export const twilio: ErrorFormat = {
  name: 'Twilio',
  read({ body }) {
    if (!body || typeof body.code !== 'number' || asWords(body.more_info) === undefined) return undefined
    return given({
      code: String(body.code),
      message: asWords(body.message),
      docUrl: asWords(body.more_info),
      pointer: '/message',
    })
  },
}
