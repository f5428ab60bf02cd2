// Reads an event stream as a browser would (HTML §9.2.6), and keeps comments and retry times to show them too.

export type StreamEvent = {
  readonly type: string
  readonly data: string
  readonly id?: string
  readonly retry?: string
  readonly comment?: string
}

export function readEventStream(text: string): StreamEvent[] {
  const events: StreamEvent[] = []
  for (const block of text.replace(/^\ufeff/, '').split(/\r\n\r\n|\n\n|\r\r/)) {
    const data: string[] = []
    const comments: string[] = []
    const fields: { type?: string; id?: string; retry?: string } = {}
    for (const line of block.split(/\r\n|\n|\r/)) {
      const colon = line.indexOf(':')
      const name = colon === -1 ? line : line.slice(0, colon)
      const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '')
      if (colon === 0) comments.push(value)
      else if (name === 'data') data.push(value)
      else if (name === 'event') fields.type = value
      else if (name === 'id' || name === 'retry') fields[name] = value
    }
    if (data.length === 0 && comments.length === 0 && Object.keys(fields).length === 0) continue
    events.push({
      type: fields.type || 'message',
      data: data.join('\n'),
      ...(fields.id === undefined ? {} : { id: fields.id }),
      ...(fields.retry === undefined ? {} : { retry: fields.retry }),
      ...(comments.length === 0 ? {} : { comment: comments.join('\n') }),
    })
  }
  return events
}
