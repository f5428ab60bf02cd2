// Finds the end of one HTTP/1 response in what a socket delivers; as little work as possible, for the load client.
export type ReplyReader = {
  /** True once the response is whole. Throws on a status other than 200, or framing it does not know. */
  take(chunk: Buffer): boolean
  /** Octets of content, where a length was declared. */
  readonly length: number
}

const headEnd = Buffer.from('\r\n\r\n')
const lastChunk = Buffer.from('\r\n0\r\n\r\n')

/** One request is outstanding at a time, so that a chunked body ends where the octets seen end with the last chunk. */
export function replyReader(): ReplyReader {
  let head: Buffer | undefined
  let length = -1
  let seen = 0
  let tail = Buffer.alloc(0)
  return {
    get length() {
      return length
    },
    take(chunk) {
      let body = chunk
      if (length === -1 && tail.length === 0) {
        const bytes = head ? Buffer.concat([head, chunk]) : chunk
        const end = bytes.indexOf(headEnd)
        if (end === -1) {
          head = bytes
          return false
        }
        const text = bytes.toString('latin1', 0, end)
        if (text.slice(9, 12) !== '200') throw new Error(`status ${text.slice(9, 12)}`)
        const declared = /\r\ncontent-length: *(\d+)/i.exec(text)
        if (declared) length = Number(declared[1])
        else if (!/\r\ntransfer-encoding: *chunked/i.test(text)) throw new Error('no framing')
        body = bytes.subarray(end + 4)
        // A body of chunks always follows a line end: the one of the head.
        if (!declared) tail = Buffer.from('\r\n')
      }
      if (length !== -1) {
        seen += body.length
        return seen >= length
      }
      tail = Buffer.concat([tail, body.subarray(-lastChunk.length)]).subarray(-lastChunk.length)
      return tail.equals(lastChunk)
    },
  }
}
