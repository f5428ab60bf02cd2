// What a client makes of the octets it got: messages with their lines, content and end, framing and hop-by-hop fields aside.

export type Seen = {
  /** Every head in turn, interim ones too: status line and field lines, as written but for line ends. */
  readonly heads: readonly (readonly string[])[]
  readonly content: string
  readonly trailers: readonly string[]
  readonly end: 'complete' | 'cut' | 'stalled' | 'unreadable'
}

const hopByHop = /^(?:connection|keep-alive|proxy-connection|transfer-encoding|content-length|via):?/i

/** A folded line may be joined with a space by whoever passes it on (RFC 9112 §5.2). */
function unfolded(lines: readonly string[]): string[] {
  const out: string[] = []
  for (const line of lines) {
    if (/^[ \t]/.test(line) && out.length > 1) out.push(`${out.pop()} ${line.trim()}`)
    else out.push(line.trimEnd())
  }
  return out
}

function dechunked(body: string): { content: string; trailers: string[]; end: Seen['end'] } {
  let rest = body
  let content = ''
  for (;;) {
    const [line, digits] = /^([0-9a-f]+)[^\n]*\n/i.exec(rest) ?? []
    if (line === undefined || digits === undefined)
      return { content, trailers: [], end: rest === '' ? 'cut' : 'unreadable' }
    const size = Number.parseInt(digits, 16)
    rest = rest.slice(line.length)
    if (size === 0) break
    content += rest.slice(0, size)
    if (rest.length < size) return { content, trailers: [], end: 'cut' }
    rest = rest.slice(size).replace(/^\r?\n/, '')
  }
  const closing = /(?:^|\r?\n)\r?\n/.exec(rest)
  if (!closing) return { content, trailers: [], end: 'cut' }
  const section = rest.slice(0, closing.index)
  return { content, trailers: section === '' ? [] : section.split(/\r?\n/), end: 'complete' }
}

/** `closed`: how the connection ended. */
export function seenIn(octets: Buffer, closed: 'fin' | 'rst' | 'stalled'): Seen {
  let rest = octets.toString('latin1')
  const heads: string[][] = []
  const otherwise = closed === 'stalled' ? 'stalled' : 'cut'
  for (;;) {
    const end = /\r?\n\r?\n/.exec(rest)
    if (!end) return { heads, content: rest, trailers: [], end: rest === '' && heads.length > 0 ? 'cut' : 'unreadable' }
    const lines = unfolded(rest.slice(0, end.index).split(/\r?\n/))
    rest = rest.slice(end.index + end[0].length)
    const [first = ''] = lines
    const status = Number(/^\S+\s+(\d{3})/.exec(first)?.[1] ?? 0)
    // The version is each hop's own (RFC 9110 §6.2).
    heads.push([first.replace(/^HTTP\/\d(?:\.\d)?/, 'HTTP'), ...lines.slice(1).filter((line) => !hopByHop.test(line))])
    if (status >= 100 && status < 200 && status !== 101) continue
    const value = (name: string): string | undefined =>
      lines
        .find((line) => line.toLowerCase().startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim()
    if (status === 204 || status === 304) return { heads, content: '', trailers: [], end: 'complete' }
    if (/\bchunked$/i.test(value('transfer-encoding') ?? '')) {
      const { end: how, ...body } = dechunked(rest)
      return { heads, ...body, end: how === 'complete' ? how : how === 'cut' ? otherwise : how }
    }
    const length = value('content-length')
    if (length !== undefined && /^\d+$/.test(length) && status !== 101) {
      const content = rest.slice(0, Number(length))
      return { heads, content, trailers: [], end: content.length === Number(length) ? 'complete' : otherwise }
    }
    const whole = closed === 'fin' ? 'complete' : otherwise
    return { heads, content: rest, trailers: [], end: whole }
  }
}

/** Undefined where both are the same, else what differs first. */
export function difference(straight: Seen, through: Seen): string | undefined {
  const show = (value: unknown): string => JSON.stringify(value)?.slice(0, 160) ?? ''
  for (let i = 0; i < Math.max(straight.heads.length, through.heads.length); i++) {
    const [one = [], two = []] = [straight.heads[i], through.heads[i]]
    const at = Array.from({ length: Math.max(one.length, two.length) }).findIndex((_, n) => one[n] !== two[n])
    if (at !== -1) return `head ${i + 1}, line ${at + 1}: ${show(one[at])} became ${show(two[at])}`
  }
  if (straight.content !== through.content)
    return `content: ${straight.content.length} octets became ${through.content.length}`
  if (show(straight.trailers) !== show(through.trailers))
    return `trailers: ${show(straight.trailers)} became ${show(through.trailers)}`
  return straight.end === through.end ? undefined : `end: ${straight.end} became ${through.end}`
}
