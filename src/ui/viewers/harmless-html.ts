// Captured HTML written anew from its tags: styles stay, whatever runs, loads, leads away or acts is left out.

/** Elements that go with everything in them. */
const dropped = new Set(
  'script iframe frameset noembed noframes object applet template portal fencedframe title plaintext xmp audio video'.split(
    ' ',
  ),
)
/** Elements that go alone; `link` connects to its host before any policy is asked. */
const skipped = new Set('link meta base frame embed param source track'.split(' '))
/** Attributes that fetch, lead somewhere, act or hold a document of their own. */
const acts =
  /^(?:src|poster|data|background|href|xlink:href|ping|action|formaction|cite|manifest|longdesc|srcdoc|http-equiv|autofocus|contenteditable|popovertarget|command|commandfor|target|shadowrootmode|attributename|on.*)$/
/** Of these, what stays inside the document. */
const inner = /^\s*(?:#|data:image\/)/i
const tagName = /[^\s/>]*/y
const spaces = /[\s/]*/y
const attributeName = /=?[^\s/>=]*/y
const equals = /\s*=\s*/y
const bare = /[^\s>]*/y

/** CSS that names nothing outside; `<` cannot begin a tag in it, wherever a parser may think it stands. */
function harmlessCss(css: string): string {
  return css
    .replace(/@import\b[^;]*;?/gi, '')
    .replace(/url\(\s*(?!["']?\s*(?:data:|#))(?:"[^"]*"|'[^']*'|[^)]*)(?:\)|$)/gi, 'none')
    .replace(/<(?=[a-z!?/])/gi, '\\3c ')
}

/** `srcset` names several addresses at once and is never needed. */
const forbidden = (name: string, value: string): boolean =>
  name === 'srcset' || (acts.test(name) && (name.startsWith('on') || !inner.test(value)))

const quoted = (value: string) => value.replaceAll('"', '&quot;')

type Tag = { readonly name: string; readonly attributes: string; readonly next: number }

/** A start tag whose name begins at `at` (HTML §13.2.5.8 ff.); undefined where it never ends. */
function readTag(source: string, at: number): Tag | undefined {
  const take = (pattern: RegExp, from: number): string => {
    pattern.lastIndex = from
    return pattern.exec(source)?.[0] ?? ''
  }
  const name = take(tagName, at).toLowerCase()
  const pieces: string[] = []
  let next = at + name.length
  for (;;) {
    next += take(spaces, next).length
    if (next >= source.length) return undefined
    if (source[next] === '>') return { name, attributes: pieces.join(''), next: next + 1 }
    const label = take(attributeName, next)
    next += label.length
    const glue = take(equals, next)
    let value = ''
    if (glue !== '') {
      next += glue.length
      const quote = source[next]
      if (quote === '"' || quote === "'") {
        const end = source.indexOf(quote, next + 1)
        if (end === -1) return undefined
        value = source.slice(next + 1, end)
        next = end + 1
      } else {
        value = take(bare, next)
        next += value.length
      }
    } else if (label === '') return undefined
    const lower = label.toLowerCase()
    if (!/^[a-z][\w:.-]*$/.test(lower) || forbidden(lower, value)) continue
    pieces.push(glue === '' ? ` ${lower}` : ` ${lower}="${quoted(lower === 'style' ? harmlessCss(value) : value)}"`)
  }
}

/**
 * The first of three locks: the response's own policy forbids running and loading, and the frame is sandboxed without any
 * permission, but only what is left out here cannot even make the browser connect to a host ahead of a request. Read by its
 * tags and not as a document: parsing it would already apply the page's policy.
 */
export function harmless(source: string): string {
  const pieces: string[] = []
  let at = 0
  /** Where the end tag of raw content begins; its end where there is none. */
  const endOf = (name: string, from: number): number => {
    const end = new RegExp(`</${name}(?=[\\s/>])`, 'gi')
    end.lastIndex = from
    return end.exec(source)?.index ?? source.length
  }
  while (at < source.length) {
    const open = source.indexOf('<', at)
    pieces.push(source.slice(at, open === -1 ? source.length : open))
    if (open === -1) break
    const char = source[open + 1] ?? ''
    if (source.startsWith('!--', open + 1)) {
      const end = source.indexOf('-->', open + 2)
      at = end === -1 ? source.length : end + 3
    } else if (/[a-z]/i.test(char)) {
      const tag = readTag(source, open + 1)
      if (!tag) break
      const { name, attributes, next } = tag
      at = next
      // The end tag of what is left out, if there is one, is passed over where it stands.
      if (dropped.has(name)) at = endOf(name, next)
      else if (name === 'style' || name === 'textarea') {
        at = endOf(name, next)
        const content = source.slice(next, at)
        pieces.push(
          `<${name}${attributes}>${name === 'style' ? harmlessCss(content) : content.replaceAll('<', '&lt;')}`,
        )
      } else if (/^[a-z][\w:.-]*$/.test(name) && !skipped.has(name)) pieces.push(`<${name}${attributes}>`)
    } else if (char === '/' || char === '!' || char === '?') {
      const end = source.indexOf('>', open + 1)
      if (end === -1) break
      const name = /^\/([a-z][\w:.-]*)/i.exec(source.slice(open + 1, Math.min(end, open + 100)))?.[1]?.toLowerCase()
      if (name !== undefined && !dropped.has(name)) pieces.push(`</${name}>`)
      at = end + 1
    } else {
      pieces.push('&lt;')
      at = open + 1
    }
  }
  return (/^\s*<!doctype/i.test(source) ? '<!doctype html>' : '') + pieces.join('')
}
