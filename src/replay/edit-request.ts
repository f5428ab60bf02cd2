// Applies edits, in order, to a request that is still a plain value: method, URL, field lines, body.
import type { Edit } from '../exchange/edit.ts'
import { type FieldLine, fieldValue } from '../exchange/message.ts'
import { fieldOctets } from '../http/field-syntax.ts'
import { fromBase64, latin1Octets, utf8Octets, utf8Text } from '../http/octets.ts'
import { type JsonEdit, removeJson, setJson } from './json-edit.ts'
import { removeQuery, renameQuery, setPath, setQuery } from './url-edit.ts'

/** `body` is undefined where the original's octets are not at hand; `decoded` says that content codings were removed. */
export type Draft = {
  readonly method: string
  readonly url: string
  readonly headers: readonly FieldLine[]
  readonly body: Uint8Array | undefined
}
export type Edited = { readonly draft: Draft } | { readonly error: string }

/** Undoes the codings of Content-Encoding, last first; undefined where it cannot. */
export type Decode = (octets: Uint8Array, codings: readonly string[]) => Uint8Array | undefined

/** Keeps the place of the first line of that name and drops further ones. */
export function setHeader(headers: readonly FieldLine[], name: string, value: string): FieldLine[] {
  const line = { name, value: fieldOctets(value) }
  const first = headers.findIndex((field) => field.name.toLowerCase() === name.toLowerCase())
  if (first < 0) return [...headers, line]
  const kept = { ...line, name: headers[first]?.name ?? name }
  return headers
    .map((field, index) => (index === first ? kept : field))
    .filter((field, index) => index === first || field.name.toLowerCase() !== name.toLowerCase())
}

function removeHeader(headers: readonly FieldLine[], name: string): FieldLine[] {
  return headers.filter((field) => field.name.toLowerCase() !== name.toLowerCase())
}

const codingsOf = (headers: readonly FieldLine[]): string[] =>
  (fieldValue(headers, 'content-encoding') ?? '')
    .split(',')
    .map((coding) => coding.trim().toLowerCase())
    .filter((coding) => coding !== '' && coding !== 'identity')

/** A body changed as text is sent without content coding. */
function editJson(draft: Draft, decode: Decode | undefined, change: (text: string) => JsonEdit): Edited {
  const codings = codingsOf(draft.headers)
  if (draft.body === undefined)
    return { error: 'The body of the original was not kept whole, so no member of it can be changed.' }
  const plain = codings.length === 0 || draft.body.length === 0 ? draft.body : decode?.(draft.body, codings)
  if (!plain)
    return { error: `The body could not be decoded (${codings.join(', ')}), so no member of it can be changed.` }
  const text = utf8Text(plain)
  if (text === undefined) return { error: 'The body is not UTF-8 text, so no member of it can be changed.' }
  const changed = change(text.replace(/^\ufeff/, ''))
  if ('error' in changed) return changed
  return {
    draft: { ...draft, headers: removeHeader(draft.headers, 'content-encoding'), body: utf8Octets(changed.text) },
  }
}

/** Text goes out as UTF-8, unless Content-Type says latin1 and the text fits. */
function textBody(draft: Draft, text: string): Draft {
  const latin = /charset="?(iso-8859-1|latin1|us-ascii)\b/i.test(fieldValue(draft.headers, 'content-type') ?? '')
  const body = (latin ? latin1Octets(text) : undefined) ?? utf8Octets(text)
  return { ...draft, headers: removeHeader(draft.headers, 'content-encoding'), body }
}

/** A new authority needs a new Host line; one that was written by hand to differ from the URL is left alone. */
function setUrl(draft: Draft, url: string): Draft {
  const before = URL.canParse(draft.url) ? new URL(draft.url).host : ''
  const after = URL.canParse(url) ? new URL(url).host : ''
  const follows = fieldValue(draft.headers, 'host')?.toLowerCase() === before && after !== ''
  return {
    ...draft,
    url,
    headers: follows && before !== after ? setHeader(draft.headers, 'host', after) : draft.headers,
  }
}

export function editRequest(draft: Draft, edit: Edit, decode?: Decode): Edited {
  const { headers, url } = draft
  switch (edit.op) {
    case 'set-header':
      return { draft: { ...draft, headers: setHeader(headers, edit.name, edit.value) } }
    case 'remove-header':
      return { draft: { ...draft, headers: removeHeader(headers, edit.name) } }
    case 'set-query':
      return { draft: { ...draft, url: setQuery(url, edit.name, edit.value) } }
    case 'remove-query':
      return { draft: { ...draft, url: removeQuery(url, edit.name) } }
    case 'rename-query':
      return { draft: { ...draft, url: renameQuery(url, edit.name, edit.value) } }
    case 'set-path':
      return { draft: { ...draft, url: setPath(url, edit.value) } }
    case 'set-url':
      return { draft: setUrl(draft, edit.value) }
    case 'set-method':
      return { draft: { ...draft, method: edit.value } }
    case 'set-json':
      return editJson(draft, decode, (text) => setJson(text, edit.pointer, edit.value))
    case 'remove-json':
      return editJson(draft, decode, (text) => removeJson(text, edit.pointer))
    case 'set-body': {
      if ('text' in edit) return { draft: textBody(draft, edit.text) }
      const body = fromBase64(edit.base64)
      return body ? { draft: { ...draft, body } } : { error: 'The new body is not valid base64.' }
    }
    default:
      return { error: `There is no edit named ${JSON.stringify((edit satisfies never as { op?: unknown }).op)}.` }
  }
}
