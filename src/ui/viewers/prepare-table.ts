// From octets to the rows of a table: fields of a form, events of a stream; runs in a worker or in place.
import { readEventStream } from '../../http/event-stream.ts'
import { isSecretParameter } from '../../http/secret-names.ts'
import { decodeText } from './prepare-listing.ts'
import { dots, maskText } from './secret-ranges.ts'

export type TableRequest = {
  readonly bytes: Uint8Array
  readonly charset: string
  readonly table: 'form' | 'events'
  readonly masked: boolean
  readonly echoes: readonly string[]
}

/** `cut`: characters of the value that are not in the row. */
export type TableRow = {
  readonly name: string
  readonly value: string
  readonly quiet: boolean
  readonly notes: readonly string[]
  readonly cut: number
}
export type Table = { readonly rows: readonly TableRow[]; readonly total: number }

/** Rows, and characters of one value; what lies beyond is left to the raw view. */
const most = 2000
const longest = 4000

const shortened = (text: string) => ({ value: text.slice(0, longest), cut: Math.max(0, text.length - longest) })

function formTable(text: string, { masked, echoes }: TableRequest): Table {
  const fields = [...new URLSearchParams(text)]
  const names = fields.slice(0, most).map(([name]) => name)
  const hidden = (name: string, value: string) =>
    !masked ? value : isSecretParameter(name, value, names) ? dots : maskText(value, echoes)
  const rows = fields.slice(0, most).map(([name, value]): TableRow => {
    return { name, quiet: value === '', notes: [], ...shortened(hidden(name, value)) }
  })
  return { rows, total: fields.length }
}

function eventTable(text: string, { masked, echoes }: TableRequest): Table {
  const events = readEventStream(masked ? maskText(text, echoes) : text)
  const rows = events.slice(0, most).map((event): TableRow => {
    const comment = event.comment !== undefined && event.data === ''
    return {
      name: comment ? 'comment' : event.type,
      quiet: comment,
      notes: [
        ...(event.id === undefined ? [] : [`id ${event.id}`]),
        ...(event.retry === undefined ? [] : [`retry after ${event.retry} ms`]),
        ...(event.unfinished ? ['cut off: a browser drops it'] : []),
      ],
      ...shortened(event.data || (event.comment ?? '')),
    }
  })
  return { rows, total: events.length }
}

export function prepareTable(request: TableRequest): Table {
  const text = decodeText(request.bytes, request.charset)
  return request.table === 'form' ? formTable(text, request) : eventTable(text, request)
}
