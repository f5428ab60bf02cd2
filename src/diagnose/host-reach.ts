// How far away a host is, as far as its name or address tells: this machine, a private network, or the world.

const bare = (host: string): string => host.replace(/^\[|\]$/g, '').toLowerCase()

/** RFC 6761 §6.3 (localhost), 127.0.0.0/8, ::1. */
export function isLoopbackHost(host: string): boolean {
  const name = bare(host).replace(/^::ffff:/, '')
  return name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name)
}

const isIPv4 = /^\d{1,3}(?:\.\d{1,3}){3}$/

/** RFC 1918, RFC 6598, RFC 4193 and link-local addresses; names that exist inside one network only, or in tests. */
export function isPrivateHost(host: string): boolean {
  const name = bare(host).replace(/^::ffff:/, '')
  if (
    isIPv4.test(name) &&
    /^(?:10\.|192\.168\.|169\.254\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(name)
  )
    return true
  if (/^(?:f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):/.test(name)) return true
  if (!name.includes('.') && !name.includes(':')) return true
  return /\.(?:local|internal|lan|home|home\.arpa|corp|intranet|test|example|invalid|cluster\.local)$/.test(name)
}
