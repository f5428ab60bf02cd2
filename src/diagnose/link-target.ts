// Reads Link fields (RFC 8288) for the address that stands in a wanted relation.
import type { Subject } from './subject.ts'

/** `<URI-Reference>` and what follows it, up to the comma before the next `<`. */
const link = /<([^<>]*)>((?:\s*;\s*[\w*!#$%&'+.^`|~-]+(?:\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^\s;,]*))?)*)/g
const relation = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s;,]+))/i

/** Absolute http(s) address of the first link in one of these relations, the first relation first. */
export function linkTarget(subject: Subject, relations: readonly string[]): string | undefined {
  const fields = subject.response?.headerAll('link') ?? []
  const base = subject.exchange.request.url
  for (const wanted of relations) {
    for (const field of fields) {
      for (const [, target = '', parameters = ''] of field.matchAll(link)) {
        const match = relation.exec(parameters)
        const names = (match?.[1] ?? match?.[2] ?? '').toLowerCase().split(/\s+/)
        if (!names.includes(wanted) || !URL.canParse(target, base)) continue
        const url = new URL(target, base)
        if (url.protocol === 'https:' || url.protocol === 'http:') return url.href
      }
    }
  }
  return undefined
}
