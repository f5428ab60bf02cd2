// HTTP/2 field lists as the relay needs them: what the pseudo fields say, and which lines go on as what.
import { authorityText, parseAbsolute, type Route } from './target.ts'

/** What a request says about itself before its fields (RFC 9113 §8.3.1). */
export type Pseudo = {
  readonly method: string
  readonly path: string | undefined
  readonly scheme: string | undefined
  /** The Host field where there is no `:authority`. */
  readonly authority: string | undefined
  readonly protocol: string | undefined
}

/** The value of the first field of that name. */
export function fieldValue(fields: readonly string[], name: string): string | undefined {
  for (let i = 0; i < fields.length; i += 2) if (fields[i] === name) return fields[i + 1]
  return undefined
}

export function pseudoOf(fields: readonly string[]): Pseudo {
  let [method, path, scheme, authority, protocol]: (string | undefined)[] = []
  for (let i = 0; fields[i]?.startsWith(':'); i += 2) {
    const value = fields[i + 1]
    switch (fields[i]) {
      case ':method':
        method = value
        break
      case ':path':
        path = value
        break
      case ':scheme':
        scheme = value
        break
      case ':authority':
        authority = value
        break
      case ':protocol':
        protocol = value
    }
  }
  return { method: method ?? 'GET', path, scheme, authority: authority ?? fieldValue(fields, 'host'), protocol }
}

/** Fields without the pseudo fields, which are recorded as what they mean. */
export function plainFields(fields: readonly string[]): readonly string[] {
  let first = 0
  while (fields[first]?.startsWith(':')) first += 2
  return first === 0 ? fields : fields.slice(first)
}

/** Where a request leads that names its own origin, as on a proxy port. */
export const routeOf = ({ scheme, authority }: Pseudo): Route | undefined =>
  parseAbsolute(`${scheme ?? 'http'}://${authority ?? ''}/`)?.route

/** Fields that are meant for the proxy, not for what lies behind it (RFC 9110 §11.7.2). */
export const withoutOurs = (fields: readonly string[]): readonly string[] =>
  fields.includes('proxy-authorization')
    ? fields.filter((_, i) => fields[i - (i % 2)] !== 'proxy-authorization')
    : fields

/** The client's authority names us: the origin gets its own (reverse mode). */
export function renamed(fields: readonly string[], route: Route): string[] {
  const authority = authorityText(route)
  const values: Readonly<Record<string, string>> = { ':authority': authority, host: authority, ':scheme': route.scheme }
  return fields.map((text, i) => (i % 2 === 0 ? text : (values[fields[i - 1] ?? ''] ?? text)))
}
