// The answers Telltale makes itself: a problem document (RFC 9457) or a page, by what the client accepts.
import type { Failure } from '../exchange/failure.ts'
import { remedy } from './failures.ts'

// An import would evaluate all that this module of Node exports, and with it undici: 9 MiB, and 40 ms of each start.
const { STATUS_CODES } = process.getBuiltinModule('node:http')

export type Answer = { readonly status: number; readonly headers: readonly string[]; readonly body: Buffer }

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** The look of every page we serve through the proxy: no script, nothing fetched. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title>
<style>body{font:15px/1.5 system-ui,sans-serif;max-width:44rem;margin:4rem auto;padding:0 1rem;color:#1d2430;background:#fff}
h1{font-size:1.3rem}dt{color:#5b6675}dd{margin:0 0 .7rem}code{font-family:ui-monospace,monospace}
@media(prefers-color-scheme:dark){body{color:#dfe5ee;background:#12161c}dt{color:#93a0b2}a{color:#8ab4ff}}</style>
<h1>${escapeHtml(title)}</h1>
${body}
</html>
`
}

const policy = "default-src 'none'; style-src 'unsafe-inline'"

export function answer(status: number, type: string, body: Buffer, more: readonly string[] = []): Answer {
  const headers = ['Via', '1.1 telltale', 'Content-Type', type, 'Content-Length', String(body.length)]
  const guard = ['Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff', 'Content-Security-Policy', policy]
  return { status, headers: [...headers, ...guard, ...more], body }
}

/** `accept` is the request's Accept value. */
export function problemAnswer(status: number, failed: Failure, accept: string | undefined): Answer {
  const title = STATUS_CODES[status] ?? 'Error'
  const fix = remedy(failed)
  if (accept && /text\/html|application\/xhtml/i.test(accept)) {
    const rows = [
      ['Phase', failed.phase],
      ['Code', failed.code],
      ['What to do', fix],
      ...(failed.received === undefined ? [] : [['First octets received', JSON.stringify(failed.received)]]),
    ]
    const list = rows.map(([term = '', text = '']) => `<dt>${term}</dt><dd>${escapeHtml(text)}</dd>`).join('\n')
    const body = `<p>${escapeHtml(failed.message)}</p>\n<dl>\n${list}\n</dl>\n<p>This answer was made by Telltale.</p>`
    return answer(status, 'text/html; charset=utf-8', Buffer.from(page(`${status} ${title}`, body)))
  }
  const { phase, code, message, received, addresses, certificate } = failed
  const problem = { type: 'about:blank', title, status, detail: message, phase, code, remedy: fix }
  const more = { received, addresses, certificate }
  return answer(status, 'application/problem+json', Buffer.from(`${JSON.stringify({ ...problem, ...more })}\n`))
}

/** One HTTP/1.1 message; a HEAD request gets the head alone. */
export function serialize(made: Answer, head: boolean, close: boolean): Buffer {
  let text = `HTTP/1.1 ${made.status} ${STATUS_CODES[made.status] ?? ''}\r\n`
  for (let i = 0; i + 1 < made.headers.length; i += 2) text += `${made.headers[i]}: ${made.headers[i + 1]}\r\n`
  if (close) text += 'Connection: close\r\n'
  const bytes = Buffer.from(`${text}\r\n`, 'latin1')
  return head ? bytes : Buffer.concat([bytes, made.body])
}
