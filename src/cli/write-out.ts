// Writes to a stream as fast as it takes, so that a long output does not pile up in memory.
import { once } from 'node:events'

export async function write(stream: NodeJS.WritableStream, piece: string | Uint8Array): Promise<void> {
  if (piece.length > 0 && !stream.write(piece)) await once(stream, 'drain')
}
