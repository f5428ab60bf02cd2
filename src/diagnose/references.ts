// Short makers of references, so that a rule names its source in one word.
import type { Reference } from './finding.ts'

/** `rfc(9110, '15.5.6')`; without a section, the whole document. */
export function rfc(number: number, section?: string): Reference {
  const anchor = section === undefined ? '' : `#section-${section}`
  return {
    title: `RFC ${number}${section === undefined ? '' : ` §${section}`}`,
    url: `https://www.rfc-editor.org/rfc/rfc${number}${anchor}`,
  }
}

/** An Internet-Draft by name; the address always leads to its newest version. */
export function draft(name: string): Reference {
  return { title: name, url: `https://datatracker.ietf.org/doc/${name}/` }
}
