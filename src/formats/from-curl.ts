// Reads a pasted cURL command into a request for the composer; nothing is run, and no file is read or written.
import type { ComposedRequest } from '../exchange/composed-request.ts'
import type { FieldLine } from '../exchange/message.ts'
import { isToken } from '../http/field-syntax.ts'
import { toBase64, utf8Octets } from '../http/octets.ts'
import { type CurlAction, curlOption } from './curl-options.ts'
import { splitCommand, type Words } from './shell-words.ts'

export type CurlRequest =
  | { readonly request: ComposedRequest; readonly notes: readonly string[] }
  | { readonly error: string }

/** What the options said so far. `removed` are fields taken away with `-H 'Name:'`. */
type Gathered = {
  method?: string
  urls: string[]
  headers: FieldLine[]
  removed: Set<string>
  data: string[]
  kind: 'none' | 'form' | 'json' | 'multipart'
  parts: Part[]
  query: string[]
  get: boolean
  head: boolean
  follow: boolean
  compressed: boolean
  httpVersion?: '1.1' | '2'
}
type Part = { readonly name: string; readonly value: string; readonly type?: string; readonly filename?: string }

const fileRefused = (option: string): string =>
  `${option} would read a file, which is not done: paste the content instead.`

const encoded = (text: string): string =>
  encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  )

/** `content`, `=content`, `name=content` (curl's manual, --data-urlencode); the forms with @ read files. */
function urlEncoded(value: string): string | undefined {
  const mark = /[=@]/.exec(value)
  if (!mark) return encoded(value)
  if (mark[0] === '@') return undefined
  return (mark.index === 0 ? '' : `${value.slice(0, mark.index)}=`) + encoded(value.slice(mark.index + 1))
}

function formPart(value: string, literal: boolean): Part | string {
  const equals = value.indexOf('=')
  if (equals < 0) return `The form field ${JSON.stringify(value)} has no value.`
  const name = value.slice(0, equals)
  let content = value.slice(equals + 1)
  if (literal) return { name, value: content }
  if (/^[@<]/.test(content)) return fileRefused(`-F ${name}=${content.charAt(0)}…`)
  const options = /(;\s*(?:type|filename)=(?:"[^"]*"|[^;]*))+$/.exec(content)?.[0] ?? ''
  content = content.slice(0, content.length - options.length).replace(/^"(.*)"$/s, '$1')
  const option = (key: string) => new RegExp(`;\\s*${key}=(?:"([^"]*)"|([^;]*))`).exec(options)
  const [type, filename] = [option('type'), option('filename')]
  return {
    name,
    value: content,
    ...(type ? { type: type[1] ?? type[2] ?? '' } : {}),
    ...(filename ? { filename: filename[1] ?? filename[2] ?? '' } : {}),
  }
}

function header(state: Gathered, value: string): string | undefined {
  if (value.startsWith('@')) return fileRefused('-H @…')
  const [, name = '', mark, content = ''] = /^([^:;]+)([:;])\s*(.*)$/s.exec(value) ?? []
  if (!isToken(name)) return `${JSON.stringify(value)} is not a header.`
  if (mark === ':' && content.trim() === '') state.removed.add(name.toLowerCase())
  else state.headers.push({ name, value: mark === ';' ? '' : content.trimEnd() })
  return undefined
}

/** One option; the answer is an error, or nothing. */
function take(state: Gathered, action: CurlAction, value: string, option: string): string | undefined {
  const data = (text: string, kind: 'form' | 'json'): undefined => {
    state.data.push(text)
    if (state.kind === 'none') state.kind = kind
  }
  switch (action) {
    case 'method':
      state.method = value
      return undefined
    case 'header':
      return header(state, value)
    case 'data':
      return value.startsWith('@') ? fileRefused(`${option} @…`) : data(value, 'form')
    case 'data-raw':
      return data(value, 'form')
    case 'json':
      if (value.startsWith('@')) return fileRefused(`${option} @…`)
      state.kind = 'json'
      return data(value, 'json')
    case 'data-urlencode':
    case 'url-query': {
      const text = urlEncoded(action === 'url-query' && value.startsWith('+') ? '' : value)
      if (text === undefined) return fileRefused(`${option} …@…`)
      if (action === 'data-urlencode') return data(text, 'form')
      state.query.push(value.startsWith('+') ? value.slice(1) : text)
      return undefined
    }
    case 'form':
    case 'form-string': {
      const part = formPart(value, action === 'form-string')
      if (typeof part === 'string') return part
      state.parts.push(part)
      state.kind = 'multipart'
      return undefined
    }
    case 'user':
      state.headers.push({
        name: 'Authorization',
        value: `Basic ${toBase64(utf8Octets(value.includes(':') ? value : `${value}:`))}`,
      })
      return undefined
    case 'bearer':
      state.headers.push({ name: 'Authorization', value: `Bearer ${value}` })
      return undefined
    case 'cookie':
      // Without an equals sign it is the name of a file (curl's manual, -b).
      if (!value.includes('=')) return value === '' ? undefined : fileRefused(`${option} FILE`)
      state.headers.push({ name: 'Cookie', value })
      return undefined
    case 'agent':
      return header(state, `User-Agent: ${value}`)
    case 'referer':
      return header(state, `Referer: ${value.replace(/;auto$/, '')}`)
    case 'range':
      return header(state, `Range: bytes=${value}`)
    case 'get':
      state.get = true
      return undefined
    case 'head':
      state.head = true
      return undefined
    case 'follow':
      state.follow = true
      return undefined
    case 'compressed':
      state.compressed = true
      return undefined
    case 'http1.1':
    case 'http2':
      state.httpVersion = action === 'http2' ? '2' : '1.1'
      return undefined
    case 'url':
      state.urls.push(value)
      return undefined
  }
}

/** Letters may stand together, and a letter's value right behind it: `-sSXPOST`. */
function gather(words: readonly string[], state: Gathered, notes: string[]): string | undefined {
  const queue = [...words]
  let literal = false
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (literal || !word.startsWith('-') || word === '-') {
      state.urls.push(word)
      continue
    }
    if (word === '--') {
      literal = true
      continue
    }
    const [, longName, attached] = /^--([^=]*)(=.*)?$/s.exec(word) ?? []
    const known = curlOption(longName ?? word.charAt(1))
    const shown = longName === undefined ? `-${word.charAt(1)}` : `--${longName}`
    if (!known) return `curl's option ${shown} is not understood here.`
    const { option } = known
    let value = ''
    if (option.value) {
      const inline = longName === undefined ? word.slice(2) : attached?.slice(1)
      const given = inline === undefined || inline === '' ? queue.shift() : inline
      if (given === undefined) return `curl's option ${shown} needs a value.`
      value = given
    } else if (longName === undefined && word.length > 2) queue.unshift(`-${word.slice(2)}`)
    if (option.does === 'refuse') return `curl's option ${shown} is not accepted: ${option.why}.`
    if (option.does === 'ignore') {
      if (option.why !== '') notes.push(`${shown} was ignored: ${option.why}.`)
      continue
    }
    const wrong = take(state, option.does, value, shown)
    if (wrong) return wrong
  }
  return undefined
}

function multipartBody(parts: readonly Part[]): { readonly boundary: string; readonly text: string } {
  let boundary = 'telltale-form-boundary'
  while (parts.some(({ value }) => value.includes(boundary))) boundary += '-x'
  const quoted = (text: string) => text.replace(/[\r\n"]/g, (char) => encodeURIComponent(char))
  const text = parts.map(({ name, value, type, filename }) => {
    const file = filename === undefined ? '' : `; filename="${quoted(filename)}"`
    const head = `Content-Disposition: form-data; name="${quoted(name)}"${file}`
    return `--${boundary}\r\n${head}${type ? `\r\nContent-Type: ${type.replace(/[\r\n]/g, '')}` : ''}\r\n\r\n${value}\r\n`
  })
  return { boundary, text: `${text.join('')}--${boundary}--\r\n` }
}

function composed(state: Gathered, url: string): ComposedRequest {
  const isMultipart = state.kind === 'multipart'
  const form = isMultipart ? multipartBody(state.parts) : undefined
  const data = form?.text ?? state.data.join(state.kind === 'json' ? '' : '&')
  const toQuery = state.get && !isMultipart ? [...state.query, ...state.data] : state.query
  const [address = '', fragment] = url.split('#', 2)
  const query = toQuery.length === 0 ? '' : (address.includes('?') ? '&' : '?') + toQuery.join('&')
  const hasBody = state.kind !== 'none' && !(state.get && !isMultipart)
  const headers = [...state.headers]
  const add = (name: string, value: string): void => {
    const lower = name.toLowerCase()
    if (!state.removed.has(lower) && !headers.some((line) => line.name.toLowerCase() === lower))
      headers.push({ name, value })
  }
  if (state.compressed) add('Accept-Encoding', 'gzip, deflate, br')
  if (hasBody && form) add('Content-Type', `multipart/form-data; boundary=${form.boundary}`)
  else if (hasBody)
    add('Content-Type', state.kind === 'json' ? 'application/json' : 'application/x-www-form-urlencoded')
  if (state.kind === 'json') add('Accept', 'application/json')
  return {
    method: state.method ?? (state.head ? 'HEAD' : hasBody ? 'POST' : 'GET'),
    url: `${address}${query}${fragment === undefined ? '' : `#${fragment}`}`,
    headers,
    ...(hasBody ? { body: { text: data } } : {}),
    ...(state.httpVersion ? { httpVersion: state.httpVersion } : {}),
    ...(state.follow ? { followRedirects: true } : {}),
  }
}

const isCurl = (command: string): boolean => /^(.*[/\\])?curl(\.exe)?$/i.test(command)

/** A prompt or a comment sign that was copied along. */
const prompt = /^[\s$>%#]*(?=(?:\S*[/\\])?curl(?:\.exe)?\s)/

/** A command pasted from documentation, a terminal or a browser's "Copy as cURL". */
export function fromCurl(text: string): CurlRequest {
  const split = splitCommand(text.replace(prompt, ''))
  return 'error' in split ? split : fromWords(split)
}

/** Every curl command of a script, one after the other; other commands are passed over. */
export function* curlCommands(script: string): Generator<CurlRequest> {
  for (let left = script.trim(); left !== ''; ) {
    const split = splitCommand(left)
    if ('error' in split) return yield split
    if (isCurl(split.words[0] ?? '')) yield fromWords({ ...split, rest: '' })
    left = split.rest
  }
}

function fromWords(split: Words): CurlRequest {
  const [command = '', ...words] = split.words
  if (!isCurl(command)) return { error: 'This is not a curl command: it must begin with curl.' }
  const notes: string[] = []
  const state: Gathered = {
    urls: [],
    headers: [],
    removed: new Set(),
    data: [],
    kind: 'none',
    parts: [],
    query: [],
    get: false,
    head: false,
    follow: false,
    compressed: false,
  }
  const error = gather(words, state, notes)
  if (error) return { error }
  const [first, ...others] = state.urls
  if (first === undefined || first === '') return { error: 'The command names no URL.' }
  if (others.length > 0) notes.push(`Only the first URL was taken; ${others.length} more were ignored.`)
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(first) || first.startsWith('{{') ? first : `http://${first}`
  if (!/^(https?:\/\/|\{\{)/i.test(url)) return { error: 'Only http and https URLs can be sent to.' }
  if (split.variables.length > 0)
    notes.push(
      `${split.variables.map((name) => `{{${name}}}`).join(', ')} stand for variables of the shell: fill them in.`,
    )
  if (split.rest !== '') notes.push('Everything after the curl command was ignored.')
  return { request: composed(state, url), notes }
}
