// Reads WWW-Authenticate: the schemes a server offers, each with its parameters (RFC 9110 §11.3).

export type Challenge = { readonly scheme: string; readonly parameters: Readonly<Record<string, string>> }

const token = /[!#$%&'*+.^_`|~0-9A-Za-z-]+/y
const parameter = /\s*([!#$%&'*+.^_`|~0-9A-Za-z-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))\s*/y

/** Characters of one field line that are read. */
const maxRead = 4000

/** Several challenges may share one field line, and one line may be repeated. */
export function readChallenges(values: readonly string[]): Challenge[] {
  const found: { scheme: string; parameters: Record<string, string> }[] = []
  for (const whole of values) {
    const value = whole.slice(0, maxRead)
    let at = 0
    while (at < value.length) {
      parameter.lastIndex = at
      const pair = parameter.exec(value)
      const current = found.at(-1)
      if (pair && current) {
        current.parameters[(pair[1] ?? '').toLowerCase()] = pair[2]?.replace(/\\(.)/g, '$1') ?? pair[3] ?? ''
        at = parameter.lastIndex
        continue
      }
      token.lastIndex = at
      const scheme = token.exec(value)
      if (scheme) {
        found.push({ scheme: scheme[0], parameters: {} })
        at = token.lastIndex
        // A token68 value belongs to its scheme and says nothing to us.
        const blob = /^ +[A-Za-z0-9._~+/-]+=*(?=\s*(?:,|$))/.exec(value.slice(at))
        if (blob) at += blob[0].length
        continue
      }
      at++
    }
  }
  return found
}
