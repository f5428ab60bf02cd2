// AWS JSON protocols: the type in a header or `__type`, the words in `message` or `Message`.
import { type ErrorFormat, given } from '../error-format.ts'
import { asWords } from '../json-value.ts'

/** `com.amazon.coral#ThrottlingException:http://…` → `ThrottlingException`. */
const shortType = (type: string): string => (type.split(':')[0] ?? type).split('#').at(-1) ?? type

export const awsJson: ErrorFormat = {
  name: 'AWS JSON',
  read({ body, response }) {
    const type = response.header('x-amzn-errortype') ?? asWords(body?.__type)
    if (type === undefined) return undefined
    const upper = asWords(body?.message) === undefined
    return given({
      code: shortType(type),
      message: asWords(body?.message) ?? asWords(body?.Message) ?? shortType(type),
      pointer: body ? (upper ? '/Message' : '/message') : undefined,
    })
  },
}
