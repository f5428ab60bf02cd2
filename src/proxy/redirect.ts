// The request a redirect asks for (RFC 9110 §15.4), as a browser would make it.
import type { PlannedRequest } from '../exchange/planned-request.ts'

const aboutContent = /^content-|^transfer-encoding$/i
/** What must not follow to another origin. */
const secret = /^(authorization|cookie|proxy-authorization)$/i

function filtered(headers: readonly string[], dropped: (name: string) => boolean): string[] {
  const out: string[] = []
  for (let i = 0; i + 1 < headers.length; i += 2) {
    const name = headers[i] ?? ''
    if (!dropped(name)) out.push(name, headers[i + 1] ?? '')
  }
  return out
}

/** Undefined where the answer is no redirect that can be followed. */
export function redirected(
  request: PlannedRequest,
  status: number,
  location: string | undefined,
): PlannedRequest | undefined {
  if (![301, 302, 303, 307, 308].includes(status) || location === undefined) return undefined
  if (!URL.canParse(location, request.url)) return undefined
  const url = new URL(location, request.url)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
  const toGet = (status === 303 && request.method !== 'HEAD') || (status < 303 && request.method === 'POST')
  const elsewhere = url.origin !== new URL(request.url).origin
  const dropped = (name: string): boolean =>
    /^host$/i.test(name) || (toGet && aboutContent.test(name)) || (elsewhere && secret.test(name))
  return {
    ...request,
    url: url.href,
    headers: filtered(request.headers, dropped),
    ...(toGet ? { method: 'GET', body: new Uint8Array(0) } : {}),
  }
}
