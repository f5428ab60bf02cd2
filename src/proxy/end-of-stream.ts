// Tells a message that ended from one that was broken off with NO_ERROR: for Node both are the end of its stream.
import type { Http2Stream } from 'node:http2'

/**
 * Node pushes null for END_STREAM while the stream is open, and for RST_STREAM when it is closed already. `begun`: octets
 * of the message may have come before anybody could watch.
 */
export function watchEnd(stream: Http2Stream, begun: boolean): { readonly inOrder: boolean } {
  const seen = { inOrder: begun && !stream.closed && !stream.destroyed && stream.state.remoteClose === 1 }
  const push = stream.push
  stream.push = (chunk: unknown, encoding?: BufferEncoding): boolean => {
    if (chunk === null && !stream.closed && !stream.destroyed) seen.inOrder = true
    return push.call(stream, chunk, encoding)
  }
  return seen
}
