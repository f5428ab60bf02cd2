// Makers of references to the documents rules cite most.
import type { Reference } from './finding.ts'

export const rfc = (number: number, section: string, title: string): Reference => ({
  title: `RFC ${number} §${section}: ${title}`,
  url: `https://www.rfc-editor.org/rfc/rfc${number}#section-${section}`,
})

export const rfc9110 = (section: string, title: string): Reference => rfc(9110, section, title)
