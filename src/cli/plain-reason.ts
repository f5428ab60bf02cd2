// Says what the system refused in plain words, without Node's code, its call and its path.

/** `ENOSPC: no space left on device, write` becomes `no space left on device`; any other text stays as it is. */
export function plainReason(message: string): string {
  const [, reason = message] = /^E[A-Z0-9]+: (.+?)(?:, \w+(?: '.*)?)?$/s.exec(message) ?? []
  return reason
}
