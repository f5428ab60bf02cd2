// Where the composer begins: from an exchange with the edits of a fix, from a saved request, or from nothing.

import type { Edit } from '../../exchange/edit.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { toBase64 } from '../../http/octets.ts'
import { editRequest } from '../../replay/edit-request.ts'
import { call, content as fetchContent } from '../connection.ts'
import { onceWritten } from '../list/sent-here.ts'
import { type Draft, draftOf, emptyDraft } from './draft.ts'

export type Start = {
  readonly draft: Draft
  readonly original?: Exchange
  /** What the user should know before sending. */
  readonly notes: readonly string[]
}

/** Variables must stay readable where an edit put them into an address. */
const openHoles = (url: string) =>
  url.replace(/%7B%7B(.*?)%7D%7D/gi, (_, name: string) => `{{${decodeURIComponent(name)}}}`)

async function bodyOctets(
  exchange: Exchange,
): Promise<{ readonly octets: Uint8Array; readonly decoded: boolean; readonly note?: string }> {
  const { content } = exchange.request
  const nothing = new Uint8Array(0)
  if (content.kept === 'none')
    return content.why === 'empty' || content.why === 'pending'
      ? { octets: nothing, decoded: false }
      : { octets: nothing, decoded: false, note: 'The body of the original was not kept: it is empty here' }
  const decoded = content.codings.length > 0
  const response = await fetchContent(exchange.id, 'request', { decoded })
  const octets = new Uint8Array(await response.arrayBuffer())
  if (content.kept === 'truncated')
    return {
      octets,
      decoded,
      note: `Only the first ${content.keptSize} of ${content.bodySize} octets of the body were kept`,
    }
  return { octets, decoded }
}

export async function draftOfExchange(id: string, edits: readonly Edit[]): Promise<Start> {
  const { exchange } = await onceWritten(id, () => call('GET /api/exchanges/:id', { params: { id } }))
  const { octets, decoded, note } = await bodyOctets(exchange)
  const notes = note === undefined ? [] : [note]
  if (exchange.kind === 'tunnel') notes.push('This tunnel was not read: only its address is known here')
  if (exchange.kind === 'websocket') notes.push('Sent as one request: a WebSocket and its messages cannot be repeated')
  const { request } = exchange
  // Edits work on the text; a compressed body is edited, and sent, without its coding.
  const headers = decoded
    ? request.headers.filter(({ name }) => name.toLowerCase() !== 'content-encoding')
    : request.headers
  if (decoded)
    notes.push(`The body was compressed (${request.content.codings.join(', ')}); it is edited and sent without that`)
  let edited = { method: request.method, url: request.url, headers, body: octets as Uint8Array | undefined }
  for (const edit of edits) {
    const result = editRequest(edited, edit)
    if ('error' in result) notes.push(`One proposed edit could not be made: ${result.error}`)
    else edited = { ...result.draft, headers: [...result.draft.headers] }
  }
  const httpVersion = /\b2(?:\.0)?$/.test(request.httpVersion) ? '2' : '1.1'
  const draft = (from: typeof edited): Draft =>
    draftOf({
      method: from.method,
      url: openHoles(from.url),
      headers: from.headers,
      ...(from.body && from.body.length > 0 ? { body: { base64: toBase64(from.body) } } : {}),
      httpVersion: request.url.startsWith('http:') ? '1.1' : httpVersion,
      of: id,
    })
  return { draft: draft(edited), original: exchange, notes }
}

export function emptyStart(): Start {
  return { draft: emptyDraft, notes: [] }
}
