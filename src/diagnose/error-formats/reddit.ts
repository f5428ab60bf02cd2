// Reddit: triples of code, message and field below `json.errors`, or a reason with its explanation.
import { type ErrorFormat, given } from '../error-format.ts'
import { asList, asObject, asText, asWords } from '../json-value.ts'

export const reddit: ErrorFormat = {
  name: 'Reddit',
  read({ body }) {
    if (!body) return undefined
    const triples = asList(asObject(body.json)?.errors).filter((one): one is unknown[] => Array.isArray(one))
    const first = triples[0]
    if (first) {
      const fields = triples.flatMap(([code, message, path]) =>
        asWords(path) === undefined
          ? []
          : [{ path: asWords(path) ?? '', ...given({ message: asWords(message), code: asText(code) }) }],
      )
      return { ...given({ code: asText(first[0]), message: asWords(first[1]), pointer: '/json/errors/0/1' }), fields }
    }
    const called = body.success === false ? lastSentence(asList(body.jquery)) : undefined
    if (called) return called
    const explanation = asWords(body.explanation)
    const reason = asWords(body.reason)
    if (reason !== undefined && (explanation !== undefined || Array.isArray(body.fields))) {
      const fields = asList(body.fields).flatMap((path) =>
        asWords(path) === undefined ? [] : [{ path: asWords(path) ?? '' }],
      )
      return {
        ...given({ code: reason, message: explanation ?? reason, pointer: explanation ? '/explanation' : '/reason' }),
        fields,
      }
    }
    if (asWords(body.message) !== undefined && typeof body.error === 'number')
      return given({ code: reason ?? String(body.error), message: asWords(body.message), pointer: '/message' })
    return undefined
  },
}

/** `[15, 16, "call", ["that name is taken"]]`: what a page of it would have been told to show, the last of them the reason. */
function lastSentence(calls: readonly unknown[]) {
  for (let index = calls.length - 1; index >= 0; index--) {
    const [, , kind, words] = asList(calls[index])
    const message = kind === 'call' ? asWords(asList(words)[0]) : undefined
    if (message !== undefined && /\p{L}\s+\p{L}/u.test(message)) return { message, pointer: `/jquery/${index}/3/0` }
  }
  return undefined
}
