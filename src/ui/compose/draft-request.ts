// From a draft to the request that is sent: rows that are off left out, variables filled in, the body put together.
import type { ComposedRequest } from '../../api/contract.ts'
import { fromBase64, joinedOctets, latin1Octets, toBase64, utf8Octets } from '../../http/octets.ts'
import type { Draft, DraftPart, DraftRow } from './draft.ts'
import { encodeQuery, joinAddress } from './url-text.ts'

const hole = /\{\{\s*([^{}]+?)\s*\}\}/g

/** A value that Telltale has recorded and puts back itself when the request is sent. */
function isRemembered(name: string): boolean {
  return /^secret:[0-9a-f]{8}$/.test(name)
}

/** The names in `{{…}}` that somebody must fill in, each once, in order. */
export function holesIn(text: string): string[] {
  return [...new Set([...text.matchAll(hole)].map((match) => match[1] ?? ''))].filter((name) => !isRemembered(name))
}

function fillIn(text: string, values: ReadonlyMap<string, string>): string {
  return text.replace(hole, (whole, name: string) => values.get(name) ?? whole)
}

const on = (rows: readonly DraftRow[]) => rows.filter((each) => each.on && (each.name !== '' || each.value !== ''))

/** Every text of a draft in which a variable may stand. */
export function draftTexts(draft: Draft): string[] {
  const { body } = draft
  return [
    draft.base,
    ...on([...draft.query, ...draft.headers]).flatMap(({ name, value }) => [name, value]),
    ...(body.kind === 'json' || body.kind === 'text' ? [body.text] : []),
    ...(body.kind === 'form' ? on(body.form).flatMap(({ name, value }) => [name, value]) : []),
    ...(body.kind === 'multipart' ? on(body.parts).flatMap(({ name, value }) => [name, value]) : []),
  ]
}

/** Names that no value is known for: what must be filled in before sending. */
export function missingValues(draft: Draft, values: ReadonlyMap<string, string>): string[] {
  return [...new Set(draftTexts(draft).flatMap(holesIn))].filter((name) => !values.has(name) || values.get(name) === '')
}

/** RFC 7578 §4.2: quotes and line breaks of names and file names are percent-encoded, as browsers do. */
const quoted = (text: string) =>
  text.replace(/["\r\n]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)

export function multipartOctets(parts: readonly DraftPart[], boundary: string): Uint8Array {
  const pieces: Uint8Array[] = []
  for (const { name, value, file } of parts) {
    const about = file
      ? `; filename="${quoted(file.name)}"\r\nContent-Type: ${file.mimeType.replace(/[\r\n]/g, '')}`
      : ''
    pieces.push(utf8Octets(`--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"${about}\r\n\r\n`))
    pieces.push(file ? (fromBase64(file.base64) ?? new Uint8Array(0)) : utf8Octets(value))
    pieces.push(utf8Octets('\r\n'))
  }
  pieces.push(utf8Octets(`--${boundary}--\r\n`))
  return joinedOctets(pieces)
}

/** `boundary` must not occur in the content; the caller makes a random one. */
function bodyOf(draft: Draft, values: ReadonlyMap<string, string>, boundary: string): ComposedRequest['body'] {
  const { body } = draft
  const filled = (text: string) => fillIn(text, values)
  switch (body.kind) {
    case 'none':
      return undefined
    case 'json':
    case 'text':
      return { text: filled(body.text) }
    case 'form':
      return {
        text: on(body.form)
          .map(({ name, value, raw }) => {
            const kept = joinAddress({
              base: '',
              query: [{ name, value, ...(raw === undefined ? {} : { raw }) }],
              fragment: '',
            }).slice(1)
            return filled(kept) === kept ? kept : `${encodeQuery(filled(name))}=${encodeQuery(filled(value))}`
          })
          .join('&'),
      }
    case 'multipart': {
      const parts = on(body.parts).map(
        (part): DraftPart => ({ ...part, name: filled(part.name), value: filled(part.value) }),
      )
      return { base64: toBase64(multipartOctets(parts, boundary)) }
    }
    case 'file':
      return body.file ? { base64: body.file.base64 } : undefined
    default:
      return body.kind satisfies never
  }
}

const contentTypes = {
  json: 'application/json',
  form: 'application/x-www-form-urlencoded',
  text: 'text/plain; charset=utf-8',
} as const

/** Field values travel as octets: text beyond latin1 is written as its UTF-8 octets (RFC 9110 §5.5, obs-text). */
function fieldOctets(value: string): string {
  return latin1Octets(value) ? value : String.fromCharCode(...utf8Octets(value))
}

export function requestOf(draft: Draft, values: ReadonlyMap<string, string>, boundary: string): ComposedRequest {
  const filled = (text: string) => fillIn(text, values)
  const query = on(draft.query).map(({ raw, ...each }) => ({
    name: filled(each.name),
    value: filled(each.value),
    ...(raw === undefined ? {} : { raw }),
  }))
  const headers = on(draft.headers)
    .filter(({ name }) => name.trim() !== '')
    .map(({ name, value }) => ({ name: filled(name).trim(), value: fieldOctets(filled(value)) }))
  const { kind } = draft.body
  const typed = headers.findIndex(({ name }) => name.toLowerCase() === 'content-type')
  const multipart = `multipart/form-data; boundary=${boundary}`
  // The boundary is made anew, so the field that announces it must follow.
  if (kind === 'multipart') {
    if (typed === -1) headers.push({ name: 'Content-Type', value: multipart })
    else headers[typed] = { name: headers[typed]?.name ?? 'Content-Type', value: multipart }
  } else if (typed === -1 && (kind === 'json' || kind === 'form' || kind === 'text'))
    headers.push({ name: 'Content-Type', value: contentTypes[kind] })
  const body = bodyOf(draft, values, boundary)
  return {
    method: draft.method.trim(),
    url: joinAddress({ base: filled(draft.base).trim(), query, fragment: draft.fragment }),
    headers,
    ...(body === undefined ? {} : { body }),
    httpVersion: draft.httpVersion,
    followRedirects: draft.followRedirects,
    ...(draft.of === undefined ? {} : { of: draft.of }),
  }
}
