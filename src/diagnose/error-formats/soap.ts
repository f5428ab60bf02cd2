// SOAP 1.1 and 1.2 faults.
import { type ErrorFormat, given, joined } from '../error-format.ts'
import { xmlFailingFields } from '../xml-failing-fields.ts'
import { elementText, findElement } from '../xml-reading.ts'

export const soap: ErrorFormat = {
  name: 'SOAP',
  read({ xml }) {
    const fault = xml?.name === 'Envelope' ? findElement(xml, 'Fault') : undefined
    if (!fault) return undefined
    const reason = findElement(fault, 'Reason')
    const code = findElement(fault, 'Code')
    const detail = findElement(fault, 'detail')
    const fields = detail ? xmlFailingFields(detail) : []
    return given({
      code: elementText(fault, 'faultcode') ?? (code && elementText(code, 'Value')),
      message: joined(
        elementText(fault, 'faultstring') ?? (reason && elementText(reason, 'Text')),
        // Members it names are told one by one.
        fields.length > 0 ? undefined : elementText(fault, 'detail')?.replace(/\s+/g, ' '),
      ),
      fields: fields.length > 0 ? fields : undefined,
    })
  },
}
