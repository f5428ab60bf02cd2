// JSON-RPC 2.0 error objects (§5.1), alone or as the first failing member of a batch.
import { type ErrorFormat, given, joined } from '../error-format.ts'
import { asObject, asText, asWords } from '../json-value.ts'

export const jsonRpc: ErrorFormat = {
  name: 'JSON-RPC',
  read({ json }) {
    const batch = Array.isArray(json) ? json.map(asObject) : [asObject(json)]
    const index = batch.findIndex((one) => one !== undefined && 'jsonrpc' in one && asObject(one.error) !== undefined)
    const error = asObject(batch[index]?.error)
    if (!error) return undefined
    const detail = asWords(error.data) ?? asWords(asObject(error.data)?.message)
    return given({
      code: asText(error.code),
      message: joined(asWords(error.message), detail),
      pointer: `${Array.isArray(json) ? `/${index}` : ''}/error/message`,
    })
  },
}
