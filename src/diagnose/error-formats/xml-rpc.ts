// XML-RPC faults: a struct of faultCode and faultString.
import { type ErrorFormat, given } from '../error-format.ts'
import { elementText, findElement, type XmlElement } from '../xml-reading.ts'

function memberOf(element: XmlElement, name: string): string | undefined {
  if (element.name === 'member' && elementText(element, 'name') === name) return elementText(element, 'value')
  for (const child of element.children) {
    const found = memberOf(child, name)
    if (found !== undefined) return found
  }
  return undefined
}

export const xmlRpc: ErrorFormat = {
  name: 'XML-RPC',
  read({ xml }) {
    const fault = xml?.name === 'methodResponse' ? findElement(xml, 'fault') : undefined
    if (!fault) return undefined
    return given({ code: memberOf(fault, 'faultCode'), message: memberOf(fault, 'faultString') })
  },
}
