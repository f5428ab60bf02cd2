// Decides which field lines of a request go on to the origin (RFC 9110 §7.6.1), and keeps the rest exactly as they came.
import type { RequestHead } from './request-head.ts'

/** Never removed on a client's say-so: naming them in Connection is how framing and routing get attacked. */
const endToEnd = new Set(['host', 'content-length', 'transfer-encoding', 'content-type', 'trailer', 'connection'])
const alwaysDropped = new Set(['proxy-connection', 'proxy-authorization', 'http2-settings'])
/** Options we answer for ourselves, because both sides of the relay live and die together. */
const mirrored = new Set(['close', 'keep-alive', 'upgrade', 'te'])

const nameOf = (line: string): string => line.slice(0, line.indexOf(':')).toLowerCase()

/** The lines to send; `host`, when given, takes the place of the Host line's value (RFC 9112 §3.2.2). */
export function forwardLines(head: RequestHead, host: string | undefined): string[] {
  if (!head.hopByHop && (host === undefined || host === head.host)) return head.lines
  const h2c = head.upgrade !== undefined && /(^|,)\s*h2c\s*(,|$)/i.test(head.upgrade)
  const listed = new Set(head.options.filter((option) => !mirrored.has(option) && !endToEnd.has(option)))
  const out: string[] = []
  let named = false
  for (const line of head.lines) {
    const name = nameOf(line)
    if (alwaysDropped.has(name) || listed.has(name)) continue
    // An offer of h2c is declined by not passing it on (RFC 9110 §7.8).
    if (h2c && name === 'upgrade') continue
    if (name === 'connection') {
      const kept = head.options.filter((option) => mirrored.has(option) && !(h2c && option === 'upgrade'))
      const written = connectionLine(line, kept)
      if (written) out.push(written)
    } else if (name === 'host' && host !== undefined && head.host !== host) {
      named = true
      out.push(`${line.slice(0, 4)}: ${host}`)
    } else out.push(line)
  }
  if (!named && host !== undefined && head.host === undefined) out.unshift(`Host: ${host}`)
  return out
}

function connectionLine(line: string, kept: readonly string[]): string | undefined {
  const own = line
    .slice(line.indexOf(':') + 1)
    .split(',')
    .map((option) => option.trim())
    .filter((option) => kept.includes(option.toLowerCase()))
  return own.length === 0 ? undefined : `${line.slice(0, line.indexOf(':'))}: ${own.join(', ')}`
}
