// A request being written: every row it may have, switched on or off, and its body in the form it is edited in.
import type { ComposedRequest } from '../../api/contract.ts'
import type { FieldLine } from '../../exchange/message.ts'
import { connectionFieldNames } from '../../http/field-syntax.ts'
import { fromBase64, toBase64, utf8Octets, utf8Text } from '../../http/octets.ts'
import { looksLikeText, mediaTypeOf } from '../viewers/material.ts'
import { boundaryOf, readMultipart } from '../viewers/multipart.ts'
import { splitAddress } from './url-text.ts'

export type DraftRow = {
  readonly id: number
  readonly on: boolean
  readonly name: string
  readonly value: string
  readonly raw?: string
}
/** A part of a multipart body; with `file` its content is the file's octets. */
export type DraftPart = DraftRow & {
  readonly file?: { readonly name: string; readonly mimeType: string; readonly base64: string; readonly size: number }
}
export type BodyKind = 'none' | 'json' | 'form' | 'multipart' | 'text' | 'file'
export type DraftBody = {
  readonly kind: BodyKind
  /** For json and text. */
  readonly text: string
  readonly form: readonly DraftRow[]
  readonly parts: readonly DraftPart[]
  /** Octets kept as they are: base64, with what to call them. */
  readonly file?: { readonly name: string; readonly base64: string; readonly size: number }
}
export type Draft = {
  readonly method: string
  readonly base: string
  readonly query: readonly DraftRow[]
  readonly fragment: string
  readonly headers: readonly DraftRow[]
  readonly body: DraftBody
  /** The row, of headers or query, that an API key was put into. */
  readonly keyRow?: number
  readonly httpVersion: '1.1' | '2' | 'auto'
  readonly followRedirects: boolean
  readonly of?: string
}

let lastId = 0
export function row(name = '', value = '', on = true, raw?: string): DraftRow {
  return { id: ++lastId, on, name, value, ...(raw === undefined ? {} : { raw }) }
}

const emptyBody: DraftBody = { kind: 'none', text: '', form: [], parts: [] }

export const emptyDraft: Draft = {
  method: 'GET',
  base: 'https://',
  query: [],
  fragment: '',
  headers: [],
  body: emptyBody,
  httpVersion: 'auto',
  followRedirects: false,
}

function partsOf(octets: Uint8Array, boundary: string): DraftPart[] {
  return readMultipart(octets, boundary).map((part) => {
    const text = part.fileName === undefined && looksLikeText(part.bytes) ? utf8Text(part.bytes) : undefined
    if (text !== undefined) return row(part.name ?? '', text)
    const file = {
      name: part.fileName ?? 'content',
      mimeType: part.contentType || 'application/octet-stream',
      base64: toBase64(part.bytes),
      size: part.bytes.length,
    }
    return { ...row(part.name ?? ''), file }
  })
}

/** The body in the form that suits its type; what is no text is kept octet by octet. */
export function bodyOf(octets: Uint8Array, contentType: string): DraftBody {
  if (octets.length === 0) return emptyBody
  const { mimeType, parameters } = mediaTypeOf(contentType)
  const text = looksLikeText(octets) ? utf8Text(octets) : undefined
  if (mimeType === 'multipart/form-data') {
    const boundary = boundaryOf(octets, parameters.get('boundary'))
    const parts = boundary === undefined ? [] : partsOf(octets, boundary)
    if (parts.length > 0) return { ...emptyBody, kind: 'multipart', parts }
  }
  if (text === undefined)
    return {
      ...emptyBody,
      kind: 'file',
      file: { name: mimeType || 'content', base64: toBase64(octets), size: octets.length },
    }
  if (mimeType === 'application/x-www-form-urlencoded') {
    const form = splitAddress(`?${text}`).query.map(({ name, value, raw }) => row(name, value, true, raw))
    return { ...emptyBody, kind: 'form', text, form }
  }
  return { ...emptyBody, kind: /[/+]json$/.test(mimeType) || /^\s*[{[]/.test(text) ? 'json' : 'text', text }
}

/** What the wire makes itself when it sends: such lines are not edited. */
function madeWhenSent(headers: readonly FieldLine[]): ReadonlySet<string> {
  return connectionFieldNames(headers).add('content-length').add('expect').add('host')
}

export function draftOf(request: ComposedRequest): Draft {
  const { base, query, fragment } = splitAddress(request.url)
  const made = madeWhenSent(request.headers)
  const { body } = request
  const octets = !body
    ? new Uint8Array(0)
    : 'text' in body
      ? utf8Octets(body.text)
      : (fromBase64(body.base64) ?? new Uint8Array(0))
  const contentType = request.headers.find(({ name }) => name.toLowerCase() === 'content-type')?.value ?? ''
  return {
    method: request.method,
    base,
    query: query.map(({ name, value, raw }) => row(name, value, true, raw)),
    fragment,
    headers: request.headers
      .filter(({ name }) => !made.has(name.toLowerCase()))
      .map(({ name, value }) => row(name, value)),
    body: bodyOf(octets, contentType),
    httpVersion: request.httpVersion ?? 'auto',
    followRedirects: request.followRedirects ?? false,
    ...(request.of === undefined ? {} : { of: request.of }),
  }
}

/** Rows that differ from where they began, by id; a new row differs. */
export function editedRows(rows: readonly DraftRow[], before: readonly DraftRow[]): ReadonlySet<number> {
  const old = new Map(before.map((each) => [each.id, each]))
  return new Set(
    rows
      .filter((each) => {
        const was = old.get(each.id)
        return !was || was.name !== each.name || was.value !== each.value || was.on !== each.on
      })
      .map(({ id }) => id),
  )
}

const rowCount = (rows: readonly DraftRow[], before: readonly DraftRow[]): number =>
  editedRows(rows, before).size + before.filter(({ id }) => !rows.some((each) => each.id === id)).length

/** How many things were changed, for the foot of the composer. */
export function countEdits(draft: Draft, before: Draft): number {
  return (
    Number(draft.method !== before.method) +
    Number(draft.base + draft.fragment !== before.base + before.fragment) +
    rowCount(draft.query, before.query) +
    rowCount(draft.headers, before.headers) +
    Number(JSON.stringify(draft.body) !== JSON.stringify(before.body)) +
    Number(draft.httpVersion !== before.httpVersion) +
    Number(draft.followRedirects !== before.followRedirects)
  )
}
