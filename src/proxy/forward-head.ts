// What goes on to the origin: the request line in the right form, and the field lines but those meant for us (RFC 9110 §7.6.1).
import type { RequestHead } from './request-head.ts'
import { authorityText, parseAbsolute, type Route } from './target.ts'
import type { UpstreamProxy } from './upstream-proxy.ts'

/** Never removed on a client's say-so: naming them in Connection is how framing and routing get attacked. */
const endToEnd = new Set(['host', 'content-length', 'transfer-encoding', 'content-type', 'trailer', 'connection'])
const alwaysDropped = new Set(['proxy-connection', 'proxy-authorization', 'http2-settings'])
/** Options we answer for ourselves, because both sides of the relay live and die together. */
const mirrored = new Set(['close', 'keep-alive', 'upgrade', 'te'])

/** `authority` is the Host that the target demands, where it demands one (RFC 9112 §3.2.2). */
export type PlannedTarget = { readonly route: Route; readonly target: string; readonly authority: string | undefined }

/** Undefined where a request names no origin and none is fixed. */
export function plannedTarget(head: RequestHead, fixed: Route | undefined): PlannedTarget | undefined {
  if (fixed) return { route: fixed, target: head.target, authority: undefined }
  const absolute = parseAbsolute(head.target)
  if (!absolute) return undefined
  const { route, authority, rest } = absolute
  const path = rest.startsWith('/') ? rest : `/${rest}`
  return { route, authority, target: rest === '' && head.method === 'OPTIONS' ? '*' : path }
}

export type Forwarding = { readonly rewriteHost: boolean; readonly forward: UpstreamProxy | undefined }

/** The head to send; `bytes`, what was received, where nothing in it has to change. */
export function forwardedHead(head: RequestHead, bytes: Buffer, planned: PlannedTarget, how: Forwarding): Buffer {
  const { route, authority } = planned
  const host = how.rewriteHost ? authorityText(route) : authority
  if (!head.hopByHop && host === undefined && !how.forward) return bytes
  const lines = forwardLines(head, host)
  let { target } = planned
  if (how.forward) {
    target = `${route.scheme}://${authority ?? head.host ?? authorityText(route)}${target === '*' ? '' : target}`
    lines.push(`Via: 1.1 ${how.forward.mark}`)
    if (how.forward.authorization) lines.push(`Proxy-Authorization: ${how.forward.authorization}`)
  }
  const fields = lines.length === 0 ? '' : `${lines.join('\r\n')}\r\n`
  return Buffer.from(`${head.method} ${target} HTTP/${head.httpVersion}\r\n${fields}\r\n`, 'latin1')
}

const nameOf = (line: string): string => line.slice(0, line.indexOf(':')).toLowerCase()

function forwardLines(head: RequestHead, host: string | undefined): string[] {
  if (!head.hopByHop && (host === undefined || host === head.host)) return [...head.lines]
  const h2c = head.upgrade !== undefined && /(^|,)\s*h2c\s*(,|$)/i.test(head.upgrade)
  const listed = new Set(head.options.filter((option) => !mirrored.has(option) && !endToEnd.has(option)))
  const out: string[] = []
  for (const line of head.lines) {
    const name = nameOf(line)
    if (alwaysDropped.has(name) || listed.has(name)) continue
    // An offer of h2c is declined by not passing it on (RFC 9110 §7.8).
    if (h2c && name === 'upgrade') continue
    if (name === 'connection') {
      const kept = head.options.filter((option) => mirrored.has(option) && !(h2c && option === 'upgrade'))
      const line2 = connectionLine(line, kept)
      if (line2) out.push(line2)
    } else if (name === 'host' && host !== undefined && head.host !== host) out.push(`${line.slice(0, 4)}: ${host}`)
    else out.push(line)
  }
  if (host !== undefined && head.host === undefined) out.unshift(`Host: ${host}`)
  return out
}

function connectionLine(line: string, kept: readonly string[]): string | undefined {
  const colon = line.indexOf(':')
  const options = line.slice(colon + 1).split(',')
  const own = options.map((option) => option.trim()).filter((option) => kept.includes(option.toLowerCase()))
  if (own.length === options.length) return line
  return own.length === 0 ? undefined : `${line.slice(0, colon)}: ${own.join(', ')}`
}
