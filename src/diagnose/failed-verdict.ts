// The word or flag by which a body says that the call failed, where its makers chose a member of their own for it.
import { asWords, type JsonObject } from './json-value.ts'
import { failed, lower } from './resource-state.ts'
import { elementText, type XmlElement } from './xml-reading.ts'

export type Verdict = { readonly marker: string; readonly name: string }

const words = ['stat', 'ack', 'Ack', 'ACK', 'return_code', 'returnCode', 'resultStatus', 'result_status']
/** "failed" is also the result of an exam or a check, which was read with success. */
const results = ['result', 'Result']
const failedResults = new Set(['error', 'err', 'failure'])
const flags = ['hasError', 'hasErrors', 'isError', 'has_error', 'has_errors', 'is_error', 'HasError', 'IsError']
/** Counted from nought: whatever else is an error. Other codes mean success at 1, 200 or 1000, as their makers please. */
const errorNumbers = ['errcode', 'errno', 'error_code', 'errorCode', 'ErrorCode']
const errorWords = [
  'errmsg',
  'error_message',
  'errorMessage',
  'ErrorMessage',
  'error_msg',
  'errorMsg',
  'message',
  'msg',
]
const isError = (value: unknown): boolean => Number.isInteger(value) && value !== 0 && value !== 200 && value !== 1000
const reasonLike = /mess|msg|reason|descr|info|text|error/i
/** Members that may hold such a verdict: a body without any of them is not looked at. */
export const verdictNames: readonly string[] = [...words, ...results, ...flags, ...errorNumbers]

export function failedVerdict(body: JsonObject): Verdict | undefined {
  const number = errorNumbers.find((one) => isError(body[one]))
  const said = number && errorWords.map((one) => lower(body[one])).find((one) => one !== '')
  if (number && said && !/^(?:ok|success|successful|no error|none)$/.test(said))
    return { marker: `"${number}" is ${body[number]}`, name: number }
  const name =
    words.find((one) => failed.has(lower(body[one]))) ??
    results.find((one) => failedResults.has(lower(body[one]))) ??
    flags.find((one) => body[one] === true)
  if (name === undefined) return undefined
  // Without a reason beside it, it may be about anything.
  const isSaid = Object.keys(body).some(
    (other) => other !== name && reasonLike.test(other) && asWords(body[other]) !== undefined,
  )
  return isSaid ? { marker: `"${name}" is ${JSON.stringify(body[name])}`, name } : undefined
}

/** `status="error"` or `stat="fail"` on the root, a failing result code below it, or a root that is an error itself. */
export function failedXml(root: XmlElement): string | undefined {
  const status = Object.entries(root.attributes).find(([name]) => /^stat(?:us)?$/i.test(name))
  if (status && failed.has(lower(status[1]))) return `${status[0]}="${status[1]}" on <${root.name}>`
  const child = root.children.find(
    ({ name, text }) =>
      (/^(?:ack|resultcode|responsecode)$/i.test(name) && failed.has(lower(text))) ||
      (/^errcount$/i.test(name) && Number(text) > 0),
  )
  if (child) return `<${child.name}> is ${child.text.trim()}`
  if (/^(?:Error|Errors|ErrorResponse)$/i.test(root.name) && elementText(root, root.name))
    return `the root element is <${root.name}>`
  return undefined
}
