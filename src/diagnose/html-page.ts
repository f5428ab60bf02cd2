// Reads a web page just well enough to say what it is; in time proportional to its length, whatever it holds.

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'", nbsp: ' ' }

/** Characters of a page that are looked at. */
export const looked = 65_536

/** The page without white space and comments in front, XML declaration included. */
function afterPreamble(page: string): string {
  let at = 0
  for (;;) {
    while (/\s/.test(page[at] ?? '') || page[at] === '\ufeff') at++
    const end = page.startsWith('<!--', at)
      ? page.indexOf('-->', at)
      : page.startsWith('<?', at)
        ? page.indexOf('?>', at)
        : -1
    if (end < 0) return page.slice(at)
    at = end + (page[end] === '-' ? 3 : 2)
  }
}

/** `full`: begins as a document; else any element that only pages begin with will do. */
export function beginsLikeHtml(page: string, full = false): boolean {
  const start = afterPreamble(page.slice(0, looked)).slice(0, 40)
  return (full ? /^<(?:!doctype\s+html|html)\b/i : /^<(?:!doctype\s+html|html|head|body|h1|center|title)\b/i).test(
    start,
  )
}

/** The page last looked into, in lower case: several elements are looked for in the same one. */
let last = { page: '', lower: '' }

function lowered(page: string): string {
  if (last.page !== page) last = { page, lower: page.toLowerCase() }
  return last.lower
}

/** What stands between the first `<name …>` and its end; empty string without one. */
export function inside(page: string, name: string): string {
  const lower = lowered(page)
  let open = lower.indexOf(`<${name}`)
  // `<p` is not the beginning of `<pre>`.
  while (open >= 0 && /[a-z\d-]/.test(lower[open + name.length + 1] ?? '')) open = lower.indexOf(`<${name}`, open + 1)
  const from = open < 0 ? -1 : lower.indexOf('>', open)
  if (from < 0) return ''
  const end = lower.indexOf(`</${name}`, from)
  return page.slice(from + 1, end < 0 ? undefined : end)
}

function without(html: string, name: string): string {
  const lower = html.toLowerCase()
  let kept = ''
  let at = 0
  for (;;) {
    const open = lower.indexOf(`<${name}`, at)
    if (open < 0) return kept + html.slice(at)
    kept += `${html.slice(at, open)} `
    const end = lower.indexOf(`</${name}`, open)
    if (end < 0) return kept
    at = end
  }
}

/** Text of a piece of HTML, on one line. */
export function htmlText(html: string): string {
  return without(without(html, 'script'), 'style')
    .replace(/<[^<>]*>/g, ' ')
    .replace(/&(?:#(\d{1,7})|(\w{1,10}));/g, (all, code, name) =>
      code ? String.fromCodePoint(Math.min(Number(code), 0x10ffff)) : (entities[String(name).toLowerCase()] ?? all),
    )
    .replace(/\s+/g, ' ')
    .trim()
}
