// Microsoft and OData: `error` or `odata.error` with code, message (text or `{value}`) and details by target.
import { type ErrorFormat, given } from '../error-format.ts'
import { asList, asObject, asText, asWords } from '../json-value.ts'

export const microsoft: ErrorFormat = {
  name: 'Microsoft and OData',
  read({ body }) {
    const name = asObject(body?.['odata.error']) ? 'odata.error' : 'error'
    const error = asObject(body?.[name])
    if (!error || !('code' in error) || !('message' in error)) return undefined
    if ('jsonrpc' in (body ?? {})) return undefined
    const message = asWords(error.message) ?? asWords(asObject(error.message)?.value)
    const code = asText(error.code)
    if (message === undefined && code === undefined) return undefined
    const own = asWords(error.target)
    const fields = asList(error.details).flatMap((entry) => {
      const detail = asObject(entry)
      const path = asWords(detail?.target)
      return path === undefined
        ? []
        : [{ path, ...given({ message: asWords(detail?.message), code: asText(detail?.code) }) }]
    })
    return {
      ...given({ code, message, pointer: `/${name}/message${typeof error.message === 'object' ? '/value' : ''}` }),
      fields: own === undefined ? fields : [{ path: own, ...given({ message, code }) }, ...fields],
    }
  },
}
