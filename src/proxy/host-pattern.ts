// Hosts as the options name them: an exact name, or `*.name` for everything below it.

/** Case and a trailing dot do not matter; `*.a.test` covers `x.a.test` and `x.y.a.test`, not `a.test`. */
export function hostMatches(patterns: readonly string[], host: string): boolean {
  if (patterns.length === 0) return false
  const name = host.toLowerCase().replace(/\.$/, '')
  return patterns.some((pattern) => {
    const wanted = pattern.toLowerCase().replace(/\.$/, '')
    return wanted.startsWith('*.') ? name.endsWith(wanted.slice(1)) && name.length >= wanted.length : name === wanted
  })
}
