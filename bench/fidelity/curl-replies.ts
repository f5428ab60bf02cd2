// Reads the replies of curl's own test data (tests/data/testN): the octets its test server would send, part by part.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export type Reply = { readonly name: string; readonly octets: Buffer; readonly bareLf: boolean }

const variables: Readonly<Record<string, string>> = {
  HOSTIP: '127.0.0.1',
  HOST6IP: '[::1]',
  CLIENTIP: '127.0.0.1',
  HTTPPORT: '8990',
  HTTPSPORT: '8991',
  PROXYPORT: '8999',
  VERSION: '7.88.1',
  PWD: '/tmp',
  SRCDIR: '/tmp',
  USER: 'user',
}

/** %XX becomes that octet. */
const percent = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)))

/** tests/FILEFORMAT.md, "Preprocessing"; no optional feature counts as built in. */
function prepared(text: string, number: string): string {
  let shown = true
  const lines: string[] = []
  for (const line of text.split('\n')) {
    const [, word, feature = ''] = /^%(if|else|endif)\b\s*(\S*)/.exec(line) ?? []
    if (word === 'if') shown = feature.startsWith('!')
    else if (word === 'else') shown = !shown
    else if (word === 'endif') shown = true
    else if (shown) lines.push(line)
  }
  return lines
    .join('\n')
    .replace(/%repeat\[(\d+) x (.*?)\]%/g, (_, count: string, what: string) => percent(what).repeat(Number(count)))
    .replace(/%TESTNUMBER/g, number)
    .replace(/%([A-Z][A-Z0-9_]+)/g, (whole, name: string) => variables[name] ?? whole)
    .replace(/%b64\[([\s\S]*?)\]b64%/g, (_, what: string) => Buffer.from(percent(what), 'latin1').toString('base64'))
    .replace(/%hex\[([\s\S]*?)\]hex%/g, (_, what: string) => percent(what))
}

/** crlf="yes": lines that look like those of a head, and the empty one after them (runtests.pl, subNewlines). */
function withCrlf(text: string): string {
  let before = false
  return text
    .split(/(?<=\n)/)
    .map((line) => {
      const head = /^HTTP\/(1.1|1.0|2|3) [1-5][^\r]*$/.test(line) || /^[a-z0-9_-]+: [^\r]*$/i.test(line)
      const empty = line === '\n' && before
      before = head
      return head || empty ? line.replace(/\r*\n$/, '\r\n') : line
    })
    .join('')
}

function decoded(text: string, attributes: string): Buffer {
  const has = (name: string): boolean => new RegExp(`\\b${name}\\s*=\\s*"yes"`).test(attributes)
  let body = has('crlf') ? withCrlf(text) : text
  if (has('nonewline')) body = body.replace(/\n$/, '')
  if (has('base64')) return Buffer.from(body, 'base64')
  if (has('hex')) return Buffer.from(body.replace(/[^0-9a-f]/gi, ''), 'hex')
  return Buffer.from(body, 'latin1')
}

/** Octets up to the first empty line, however its lines end. */
export function headOf(octets: Buffer): string {
  const text = octets.toString('latin1')
  const end = /\r?\n\r?\n/.exec(text)
  return end ? text.slice(0, end.index + end[0].length) : text
}

/** A test of several protocols has parts that were never an answer to an HTTP request. */
function isOfHttp(text: string): boolean {
  const servers = /<server>([^<]*)<\/server>/.exec(text)?.[1]?.trim().split('\n') ?? []
  return (
    servers.length > 0 &&
    servers.every((name) => /^(?:https?|http-proxy|https-proxy|http-ipv6|http-unix|socks\w+)\b/.test(name.trim()))
  )
}

export function readReplies(folder: string): Reply[] {
  const replies: Reply[] = []
  const files = readdirSync(folder).filter((name) => /^test\d+$/.test(name))
  for (const file of files.toSorted((a, b) => Number(a.slice(4)) - Number(b.slice(4)))) {
    const whole = readFileSync(join(folder, file), 'latin1')
    if (!isOfHttp(whole)) continue
    const text = prepared(whole, file.slice(4))
    for (const [, number = '', attributes = '', section = ''] of text.matchAll(
      /^<data(\d*)((?:\s[^>]*)?)>\n([\s\S]*?)^<\/data\1>/gm,
    )) {
      const octets = decoded(section, attributes)
      if (octets.length === 0) continue
      replies.push({
        name: `${file}${number === '' ? '' : ` (${number})`}`,
        octets,
        bareLf: /(?<!\r)\n/.test(headOf(octets)),
      })
    }
  }
  return replies
}
