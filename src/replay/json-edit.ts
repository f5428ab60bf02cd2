// Sets or removes one member of a JSON text by pointer and leaves every other character of the text as it was.

export type JsonEdit = { readonly text: string } | { readonly error: string }

/** Where a value stands in the text; `key` is where its member name begins, for members of objects. */
type Span = { readonly key?: number; readonly from: number; readonly to: number }
type Member = Span & { readonly name: string }

/** RFC 6901 §3 and §4; undefined for a text that is no pointer. */
function pointerTokens(pointer: string): string[] | undefined {
  if (pointer === '') return []
  if (!pointer.startsWith('/')) return undefined
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replace(/~1/g, '/').replace(/~0/g, '~'))
}

const blank = (text: string, at: number): number => {
  while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at++
  return at
}

const stringEnd = (text: string, at: number): number => {
  for (at++; at < text.length && text[at] !== '"'; at++) if (text[at] === '\\') at++
  return at + 1
}

/** The end of the value at `at`, in a text already known to be JSON: counts brackets instead of recursing. */
function valueEnd(text: string, at: number): number {
  let depth = 0
  for (; at < text.length; ) {
    const char = text.charAt(at)
    if (char === '"') {
      at = stringEnd(text, at)
      if (depth === 0) return at
    } else if (char === '{' || char === '[') {
      depth++
      at++
    } else if (char === '}' || char === ']') {
      if (depth === 0) return at
      at++
      if (--depth === 0) return at
    } else if (depth === 0 && ', \t\n\r'.includes(char)) return at
    else at++
  }
  return at
}

/** Members of the object, or elements of the array (named by index), that begins at `open`. */
function children(text: string, open: number): Member[] {
  const isObject = text[open] === '{'
  const found: Member[] = []
  let at = blank(text, open + 1)
  while (at < text.length && text[at] !== '}' && text[at] !== ']') {
    let name = String(found.length)
    const key = at
    if (isObject) {
      at = stringEnd(text, at)
      name = String(JSON.parse(text.slice(key, at)))
      at = blank(text, blank(text, at) + 1)
    }
    const to = valueEnd(text, at)
    found.push(isObject ? { name, key, from: at, to } : { name, from: at, to })
    at = blank(text, to)
    if (text[at] === ',') at = blank(text, at + 1)
  }
  return found
}

const splice = (text: string, from: number, to: number, put: string): string =>
  text.slice(0, from) + put + text.slice(to)

/** Adds to the container that begins at `open`, in the layout its other members have. */
function insert(text: string, open: number, members: readonly Member[], name: string, value: string): string {
  const first = members[0]
  const last = members.at(-1)
  if (!first || !last) {
    const close = blank(text, open + 1)
    return splice(text, open + 1, close, text[open] === '{' ? `${JSON.stringify(name)}:${value}` : value)
  }
  const lead = text.slice(open + 1, first.key ?? first.from)
  if (first.key === undefined) return splice(text, last.to, last.to, `,${lead}${value}`)
  const spaced = /^\s*:\s/.test(text.slice(stringEnd(text, first.key), first.from))
  return splice(text, last.to, last.to, `,${lead}${JSON.stringify(name)}:${spaced ? ' ' : ''}${value}`)
}

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Walks to the last token's container. A member named twice is taken where JSON.parse takes it: the last one. */
function locate(text: string, tokens: readonly string[]) {
  let open = blank(text, 0)
  for (const [depth, name] of tokens.entries()) {
    const char = text[open]
    if (char !== '{' && char !== '[') return { at: 'scalar', depth } as const
    const members = children(text, open)
    const span = members.findLast((member) => member.name === name)
    if (!span || depth === tokens.length - 1) return { at: 'container', depth, open, members, name, span } as const
    open = span.from
  }
  return undefined
}

export function setJson(text: string, pointer: string, value: unknown): JsonEdit {
  const tokens = pointerTokens(pointer)
  if (!tokens) return { error: `${JSON.stringify(pointer)} is not a JSON Pointer: it must begin with a slash.` }
  const put = JSON.stringify(value)
  if (put === undefined) return { error: 'The new JSON value is missing.' }
  if (tokens.length === 0) return { text: put }
  if (text.trim() === '') text = '{}'
  if (!isJson(text)) return { error: 'The body is not JSON, so no member of it can be set.' }
  const place = locate(text, tokens)
  if (!place || place.at === 'scalar')
    return { error: `Nothing can be set at ${pointer}: a value above it is neither object nor array.` }
  const { open, members, name, span, depth } = place
  if (span) return { text: splice(text, span.from, span.to, put) }
  // Members that lead to the new one are made on the way.
  const below = tokens.slice(depth + 1).reduceRight((inner, token) => `{${JSON.stringify(token)}:${inner}}`, put)
  if (text[open] === '[' && name !== '-' && name !== String(members.length))
    return { error: `Nothing can be set at ${pointer}: the array has ${members.length} elements and no place ${name}.` }
  return { text: insert(text, open, members, name, below) }
}

export function removeJson(text: string, pointer: string): JsonEdit {
  const tokens = pointerTokens(pointer)
  if (!tokens || tokens.length === 0)
    return { error: `${JSON.stringify(pointer)} does not name a member that could be removed.` }
  if (!isJson(text)) return { error: 'The body is not JSON, so no member of it can be removed.' }
  for (;;) {
    const place = locate(text, tokens)
    if (place?.at !== 'container' || !place.span || place.depth !== tokens.length - 1) return { text }
    const { members, span, open } = place
    const index = members.indexOf(span)
    const next = members[index + 1]
    const before = members[index - 1]
    const start = span.key ?? span.from
    if (next) text = splice(text, start, next.key ?? next.from, '')
    else if (before) text = splice(text, before.to, span.to, '')
    else text = splice(text, open + 1, blank(text, span.to), '')
    // An object may hold the same name again; an array's next element must stay.
    if (text[open] === '[') return { text }
  }
}
