// Which findings a person chose not to see: a rule everywhere, on a host, or for an endpoint.

/** `rule` is an id, or `group/*`; `host` may begin with `*.`; `endpoint` is an endpoint key. */
export type Silence = { readonly rule: string; readonly host?: string; readonly endpoint?: string }

export function isSilenced(silence: Silence, ruleId: string, host: string, endpoint: string): boolean {
  const { rule } = silence
  const isRule = rule === ruleId || rule === '*' || (rule.endsWith('/*') && ruleId.startsWith(rule.slice(0, -1)))
  if (!isRule) return false
  if (silence.host !== undefined && !matchesHost(silence.host, host)) return false
  return silence.endpoint === undefined || silence.endpoint === endpoint
}

const matchesHost = (pattern: string, host: string): boolean =>
  pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : host.toLowerCase() === pattern.toLowerCase()
