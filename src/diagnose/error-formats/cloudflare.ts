// Cloudflare's API: `success: false` with a list of numbered errors and the chain behind each.
import { type ErrorFormat, given, joined } from '../error-format.ts'
import { asList, asObject, asText, asWords } from '../json-value.ts'

export const cloudflare: ErrorFormat = {
  name: 'Cloudflare',
  read({ body }) {
    const first = asObject(asList(body?.errors)[0])
    if (body?.success !== false || !first) return undefined
    const chain = asList(first.error_chain).map((entry) => asWords(asObject(entry)?.message))
    return given({
      code: asText(first.code),
      message: joined(asWords(first.message), chain.filter(Boolean).join('; ')),
      pointer: '/errors/0/message',
    })
  },
}
