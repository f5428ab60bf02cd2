// The ordered differences between a failing request and the nearest one that worked (catalogue 1.8).
import type { Edit } from '../exchange/edit.ts'
import { credentialHeader, credentialQuery } from '../http/secret-names.ts'
import { isForOneRequest } from './credential-identity.ts'
import { foldIds } from './endpoint-key.ts'
import type { Difference } from './finding.ts'
import { jsonType } from './json-kinds.ts'
import { isObject, pointerPart } from './json-value.ts'
import { queryOf } from './pairs.ts'
import type { CredentialPrint, Past } from './past.ts'
import { clip, type Fingerprint, redactField, redactMember } from './redact.ts'
import type { Subject } from './subject.ts'

/** One side of a comparison. */
export type Compared = {
  readonly method: string
  readonly url: string
  readonly origin: string
  readonly path: string
  readonly headers: readonly { readonly name: string; readonly value: string }[]
  readonly credentials: readonly CredentialPrint[]
  readonly body: unknown
}

/** Noise: these differ between two calls that both work. */
const volatileField =
  /^(?:date|content-length|traceparent|tracestate|x-request-id|x-correlation-id|x-b3-.*|if-none-match|if-modified-since|cookie|user-agent|accept-encoding|connection|sec-.*|host|authorization|idempotency-key|x-amz-date|x-datadog-.*|baggage|proxy-.*|transfer-encoding|cache-control|pragma|if-match)$/
const versionMarker = /version|^(?:v|api-version)$/i

export function comparedSubject(subject: Subject, prints: readonly CredentialPrint[]): Compared {
  return {
    method: subject.method,
    url: subject.exchange.request.url,
    origin: subject.origin,
    path: subject.path,
    headers: subject.request.headers,
    credentials: prints,
    body: subject.request.value ?? formObject(subject.form),
  }
}

export function comparedPast(past: Past): Compared {
  return {
    method: past.method,
    url: past.url,
    origin: past.origin,
    path: past.path,
    headers: past.exchange.request.headers,
    credentials: past.credentials,
    body: bodyOf(past),
  }
}

const formObject = (form: Subject['form']): unknown =>
  form && Object.fromEntries(form.map((pair) => [pair.name, pair.value]))

const utf8 = new TextDecoder()

function bodyOf(past: Past): unknown {
  if (!past.requestBody || past.requestBody.length === 0) return undefined
  const text = utf8.decode(past.requestBody)
  if (past.requestMediaType === 'application/x-www-form-urlencoded')
    return Object.fromEntries(queryOf(`?${text}`).map((pair) => [pair.name, pair.value]))
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

type Entry = Difference & { readonly weight: number }

export function differences(failed: Compared, worked: Compared, fingerprint: Fingerprint): Difference[] {
  const found: Entry[] = []
  const add = (weight: number, what: string, good?: string, bad?: string, edit?: Edit): void => {
    const sides = { ...(good === undefined ? {} : { worked: good }), ...(bad === undefined ? {} : { failed: bad }) }
    found.push({ weight, what, ...sides, ...(edit ? { edit } : {}) })
  }
  if (failed.method !== worked.method)
    add(0, 'method', worked.method, failed.method, { op: 'set-method', value: worked.method })
  if (failed.origin !== worked.origin) add(1, 'host', worked.origin, failed.origin)
  if (foldIds(failed.path).join('/') !== foldIds(worked.path).join('/'))
    add(2, 'path', clip(worked.path), clip(failed.path), { op: 'set-path', value: worked.path })
  compareCredentials(failed, worked, add)
  compareHeaders(failed, worked, fingerprint, add)
  compareQuery(failed, worked, fingerprint, add)
  if (failed.body !== undefined && worked.body !== undefined)
    compareBodies(failed.body, worked.body, '', fingerprint, add)
  else if (worked.body !== undefined && failed.body === undefined) add(7, 'request body', 'present', undefined)
  return found.sort((a, b) => a.weight - b.weight).map(({ weight: _, ...difference }) => difference)
}

type Add = (weight: number, what: string, good?: string, bad?: string, edit?: Edit) => void

function compareCredentials(failed: Compared, worked: Compared, add: Add): void {
  const show = (print: CredentialPrint): string =>
    `${print.scheme ? `${print.scheme} ` : ''}(${print.length} characters, ${print.fingerprint})`
  const same = (a: CredentialPrint) => (b: CredentialPrint) =>
    a.location === b.location && a.name.toLowerCase() === b.name.toLowerCase()
  const back = (print: CredentialPrint): Edit | undefined => {
    if (isForOneRequest(print)) return undefined
    const whole = print.scheme ? `${print.scheme} ${print.value}` : print.value
    if (print.location === 'header') return { op: 'set-header', name: print.name, value: whole }
    return print.location === 'query' ? { op: 'set-query', name: print.name, value: print.value } : undefined
  }
  for (const print of worked.credentials) {
    if (print.location === 'body') continue
    const mine = failed.credentials.find(same(print))
    const what = `credential ${print.location} ${print.name}`
    if (!mine) add(4, what, show(print), undefined, back(print))
    else if (mine.fingerprint !== print.fingerprint || mine.scheme !== print.scheme)
      add(4, what, show(print), show(mine), back(print))
  }
  for (const print of failed.credentials)
    if (print.location !== 'body' && !worked.credentials.some(same(print)))
      add(4, `credential ${print.location} ${print.name}`, undefined, show(print))
}

function compareHeaders(failed: Compared, worked: Compared, fingerprint: Fingerprint, add: Add): void {
  const read = (headers: Compared['headers']): Map<string, { name: string; value: string }> => {
    const map = new Map<string, { name: string; value: string }>()
    for (const line of headers) {
      const lower = line.name.toLowerCase()
      if (volatileField.test(lower) || credentialHeader(lower)) continue
      const known = map.get(lower)
      map.set(lower, { name: line.name, value: known ? `${known.value}, ${line.value}` : line.value })
    }
    return map
  }
  const mine = read(failed.headers)
  const theirs = read(worked.headers)
  const weight = (name: string) => (versionMarker.test(name) ? 3 : 5)
  for (const [lower, line] of theirs) {
    const own = mine.get(lower)
    if (own?.value === line.value) continue
    const edit: Edit = { op: 'set-header', name: line.name, value: line.value }
    const shown = own && redactField(own.name, own.value, fingerprint)
    add(weight(lower), `header ${line.name}`, redactField(line.name, line.value, fingerprint), shown, edit)
  }
  for (const [lower, line] of mine)
    if (!theirs.has(lower))
      add(weight(lower), `header ${line.name}`, undefined, redactField(line.name, line.value, fingerprint), {
        op: 'remove-header',
        name: line.name,
      })
}

function compareQuery(failed: Compared, worked: Compared, fingerprint: Fingerprint, add: Add): void {
  const mine = queryOf(failed.url).filter((pair) => !credentialQuery(pair.name))
  const theirs = queryOf(worked.url).filter((pair) => !credentialQuery(pair.name))
  const weight = (name: string) => (versionMarker.test(name) ? 3 : 6)
  for (const pair of theirs) {
    const own = mine.find((one) => one.name === pair.name)
    if (own?.value === pair.value) continue
    const shown = own && redactMember(own.name, own.value, fingerprint)
    const edit: Edit = { op: 'set-query', name: pair.name, value: pair.value }
    add(weight(pair.name), `query ${pair.name}`, redactMember(pair.name, pair.value, fingerprint), shown, edit)
  }
  for (const pair of mine)
    if (!theirs.some((one) => one.name === pair.name))
      add(weight(pair.name), `query ${pair.name}`, undefined, redactMember(pair.name, pair.value, fingerprint), {
        op: 'remove-query',
        name: pair.name,
      })
}

/** Deeper members than this are compared as wholes. */
const maxDepth = 4

function compareBodies(mine: unknown, theirs: unknown, pointer: string, fingerprint: Fingerprint, add: Add): void {
  const name = pointer.split('/').findLast((part) => !/^\d*$/.test(part)) ?? ''
  const show = (value: unknown): string =>
    redactMember(name, typeof value === 'string' ? value : JSON.stringify(value), fingerprint)
  const what = `body ${pointer === '' ? '(whole)' : pointer}`
  const edit: Edit = { op: 'set-json', pointer, value: theirs }
  if (jsonType(mine) !== jsonType(theirs)) {
    // With their quotes: "2" and 2 are what differs.
    const typed = (value: unknown) => `${jsonType(value)} ${redactMember(name, JSON.stringify(value), fingerprint)}`
    add(8, `${what} type`, typed(theirs), typed(mine), edit)
    return
  }
  if (isObject(mine) && isObject(theirs) && pointer.split('/').length <= maxDepth) {
    for (const key of Object.keys(theirs)) {
      const at = `${pointer}/${pointerPart(key)}`
      if (Object.hasOwn(mine, key)) compareBodies(mine[key], theirs[key], at, fingerprint, add)
      else
        add(9, `body ${at}`, redactMember(key, JSON.stringify(theirs[key]), fingerprint), undefined, {
          op: 'set-json',
          pointer: at,
          value: theirs[key],
        })
    }
    for (const key of Object.keys(mine))
      if (!Object.hasOwn(theirs, key)) {
        const at = `${pointer}/${pointerPart(key)}`
        add(9, `body ${at}`, undefined, redactMember(key, JSON.stringify(mine[key]), fingerprint), {
          op: 'remove-json',
          pointer: at,
        })
      }
    return
  }
  if (
    Array.isArray(mine) &&
    Array.isArray(theirs) &&
    mine.length === theirs.length &&
    pointer.split('/').length <= maxDepth
  ) {
    // More than one item that differs is another list.
    const at = mine.flatMap((item, index) => (JSON.stringify(item) === JSON.stringify(theirs[index]) ? [] : [index]))
    const [only] = at
    if (only === undefined) return
    if (at.length === 1) return compareBodies(mine[only], theirs[only], `${pointer}/${only}`, fingerprint, add)
  }
  if (JSON.stringify(mine) !== JSON.stringify(theirs)) add(10, what, show(theirs), show(mine), edit)
}
