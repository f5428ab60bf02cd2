// Answers an HTTP/2 stream ourselves: a problem page, or the page of the proxy.
import type { Http2Connection } from '../http2/connection.ts'
import type { Http2Stream } from '../http2/stream.ts'
import type { Answer } from './problem-page.ts'

export function answerStream<Owner>(
  connection: Http2Connection<Owner>,
  stream: Http2Stream<Owner>,
  made: Answer,
  method: string,
): void {
  const fields = [':status', String(made.status)]
  for (let i = 0; i + 1 < made.headers.length; i += 2)
    fields.push((made.headers[i] ?? '').toLowerCase(), made.headers[i + 1] ?? '')
  const ended = method === 'HEAD'
  connection.respond(stream, { fields, ended })
  if (!ended) connection.send(stream, made.body, true)
}
