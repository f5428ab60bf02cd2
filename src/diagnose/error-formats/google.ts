// Google APIs (AIP-193): `error` with numeric code, message and a status name; details by `@type`.
import { type ErrorFormat, given } from '../error-format.ts'
import { asList, asObject, asText, asWords } from '../json-value.ts'

export const google: ErrorFormat = {
  name: 'Google AIP-193',
  read({ body, json }) {
    // Some endpoints wrap the object in a list of one.
    const error = asObject(body?.error) ?? asObject(asObject(asList(json)[0])?.error)
    if (!error || asWords(error.message) === undefined) return undefined
    const legacy = asList(error.errors).map(asObject)
    if (typeof error.code !== 'number' || (asWords(error.status) === undefined && legacy.length === 0)) return undefined
    const details = asList(error.details).map(asObject)
    const ofType = (name: string) => details.filter((detail) => asWords(detail?.['@type'])?.endsWith(name))
    const fields = ofType('BadRequest')
      .flatMap((detail) => asList(detail?.fieldViolations))
      .flatMap((violation) => {
        const entry = asObject(violation)
        const path = asWords(entry?.field)
        return path === undefined ? [] : [{ path, ...given({ message: asWords(entry?.description) }) }]
      })
    const located = legacy.flatMap((entry) => {
      const path = asWords(entry?.location)
      return path === undefined
        ? []
        : [{ path, ...given({ message: asWords(entry?.message), code: asText(entry?.reason) }) }]
    })
    const reason = asWords(ofType('ErrorInfo')[0]?.reason) ?? asWords(legacy[0]?.reason)
    const delay = /^([\d.]+)s$/.exec(asWords(ofType('RetryInfo')[0]?.retryDelay) ?? '')?.[1]
    const help = asObject(asList(ofType('Help')[0]?.links)[0])
    return {
      ...given({
        code: [asWords(error.status), reason].filter(Boolean).join(' ') || String(error.code),
        message: asWords(error.message),
        docUrl: asWords(help?.url),
        retryAfter: delay === undefined ? undefined : Number(delay),
        pointer: body ? '/error/message' : '/0/error/message',
      }),
      fields: [...fields, ...located],
    }
  },
}
