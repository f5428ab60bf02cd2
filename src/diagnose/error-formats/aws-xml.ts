// AWS XML protocols (and those that copied them): Error with Code, Message and RequestId.
import { type ErrorFormat, given } from '../error-format.ts'
import { elementText, findElement } from '../xml-reading.ts'

export const awsXml: ErrorFormat = {
  name: 'AWS XML',
  read({ xml }) {
    if (!xml || !/^(?:Error|ErrorResponse|Response)$/.test(xml.name)) return undefined
    const error = findElement(xml, 'Error')
    const code = error && elementText(error, 'Code')
    if (!error || code === undefined) return undefined
    return given({
      code,
      message: elementText(error, 'Message') ?? code,
      requestId: elementText(xml, 'RequestId') ?? elementText(xml, 'RequestID'),
    })
  },
}
