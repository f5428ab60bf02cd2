// Parses structured field values (RFC 9651): lists and dictionaries of items and inner lists with parameters.

export type BareItem =
  | { readonly type: 'integer' | 'decimal' | 'date'; readonly value: number }
  | { readonly type: 'string' | 'token' | 'bytes' | 'display'; readonly value: string }
  | { readonly type: 'boolean'; readonly value: boolean }

export type Parameters = ReadonlyMap<string, BareItem>
/** An item, or an inner list where `items` is there. */
export type Member = { readonly bare?: BareItem; readonly items?: readonly Member[]; readonly parameters: Parameters }

type Cursor = { readonly text: string; at: number }

const KEY = /[a-z*][a-z0-9_.*-]*/y
const TOKEN = /[A-Za-z*][!#$%&'*+.^_`|~A-Za-z0-9:/-]*/y
const NUMBER = /-?(\d{1,12}\.\d{1,3}|\d{1,15})(?![\d.])/y
const STRING = /"((?:[ !#-[\]-~]|\\["\\])*)"/y
const BYTES = /:([A-Za-z0-9+/=]*):/y
const DISPLAY = /%"((?:[ !#$&-~]|%[0-9a-f]{2})*)"/y
const BOOLEAN = /\?([01])/y
const DATE = /@(-?\d{1,15})/y

function take(cursor: Cursor, pattern: RegExp): RegExpExecArray | undefined {
  pattern.lastIndex = cursor.at
  const match = pattern.exec(cursor.text)
  if (!match) return undefined
  cursor.at += match[0].length
  return match
}

function bareItem(cursor: Cursor): BareItem | undefined {
  const number = take(cursor, NUMBER)
  if (number) return { type: number[0].includes('.') ? 'decimal' : 'integer', value: Number(number[0]) }
  const string = take(cursor, STRING)
  if (string) return { type: 'string', value: (string[1] ?? '').replace(/\\(.)/g, '$1') }
  const bytes = take(cursor, BYTES)
  if (bytes) return { type: 'bytes', value: bytes[1] ?? '' }
  const display = take(cursor, DISPLAY)
  if (display) return { type: 'display', value: display[1] ?? '' }
  const boolean = take(cursor, BOOLEAN)
  if (boolean) return { type: 'boolean', value: boolean[1] === '1' }
  const date = take(cursor, DATE)
  if (date) return { type: 'date', value: Number(date[1]) }
  const token = take(cursor, TOKEN)
  return token ? { type: 'token', value: token[0] } : undefined
}

const spaces = (cursor: Cursor) => take(cursor, / */y)

function parameters(cursor: Cursor): Parameters | undefined {
  const found = new Map<string, BareItem>()
  while (cursor.text[cursor.at] === ';') {
    cursor.at++
    spaces(cursor)
    const key = take(cursor, KEY)
    if (!key) return undefined
    let value: BareItem | undefined = { type: 'boolean', value: true }
    if (cursor.text[cursor.at] === '=') {
      cursor.at++
      value = bareItem(cursor)
    }
    if (!value) return undefined
    found.set(key[0], value)
  }
  return found
}

function member(cursor: Cursor): Member | undefined {
  if (cursor.text[cursor.at] !== '(') {
    const bare = bareItem(cursor)
    const params = bare && parameters(cursor)
    return bare && params ? { bare, parameters: params } : undefined
  }
  cursor.at++
  const items: Member[] = []
  for (;;) {
    spaces(cursor)
    if (cursor.text[cursor.at] === ')') break
    const item = cursor.text[cursor.at] === '(' ? undefined : member(cursor)
    if (!item) return undefined
    items.push(item)
    if (cursor.text[cursor.at] !== ' ' && cursor.text[cursor.at] !== ')') return undefined
  }
  cursor.at++
  const params = parameters(cursor)
  return params ? { items, parameters: params } : undefined
}

/** True when another member follows; undefined when what follows is no comma (RFC 9651 §4.2.1). */
function another(cursor: Cursor): boolean | undefined {
  take(cursor, /[ \t]*/y)
  if (cursor.at >= cursor.text.length) return false
  if (cursor.text[cursor.at] !== ',') return undefined
  cursor.at++
  take(cursor, /[ \t]*/y)
  return cursor.at < cursor.text.length ? true : undefined
}

/** RFC 9651 §4.2.1; undefined where the whole field is invalid. Join several field lines with a comma first. */
export function parseList(text: string): readonly Member[] | undefined {
  const cursor: Cursor = { text: text.trim(), at: 0 }
  const members: Member[] = []
  let more: boolean | undefined = cursor.text !== ''
  while (more) {
    const next = member(cursor)
    if (!next) return undefined
    members.push(next)
    more = another(cursor)
  }
  return more === undefined ? undefined : members
}

/** RFC 9651 §4.2.2. */
export function parseDictionary(text: string): ReadonlyMap<string, Member> | undefined {
  const cursor: Cursor = { text: text.trim(), at: 0 }
  const members = new Map<string, Member>()
  let more: boolean | undefined = cursor.text !== ''
  while (more) {
    const key = take(cursor, KEY)
    if (!key) return undefined
    let value: Member | undefined
    if (cursor.text[cursor.at] === '=') {
      cursor.at++
      value = member(cursor)
    } else {
      const params = parameters(cursor)
      value = params && { bare: { type: 'boolean', value: true }, parameters: params }
    }
    if (!value) return undefined
    members.set(key[0], value)
    more = another(cursor)
  }
  return more === undefined ? undefined : members
}
