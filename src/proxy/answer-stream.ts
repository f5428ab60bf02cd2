// Answers an HTTP/2 stream ourselves: a problem page, or the page of the proxy.
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2'
import type { Answer } from './problem-page.ts'

export function answerStream(
  stream: ServerHttp2Stream,
  made: Answer,
  { ':method': method }: IncomingHttpHeaders,
): void {
  const fields: Record<string, string | number> = { ':status': made.status }
  for (let i = 0; i + 1 < made.headers.length; i += 2)
    fields[(made.headers[i] ?? '').toLowerCase()] = made.headers[i + 1] ?? ''
  stream.on('error', () => {})
  const options = { endStream: method === 'HEAD', sendDate: false }
  stream.respond(fields, options)
  if (method !== 'HEAD') stream.end(made.body)
  stream.resume()
}
