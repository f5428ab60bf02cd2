// Contents of many megabytes go out piece by piece: what stands at a seam is redacted, and the file is the same as of one piece.
import { createHash } from 'node:crypto'
import t from 'tap'
import { jsonPieces, longText } from '../../src/formats/json-pieces.ts'
import { base64Pieces, encodedPieces, fromBase64, utf8Octets, utf8Pieces } from '../../src/http/octets.ts'
import { redactContent, redactContentEchoes } from '../../src/http/secret-body.ts'
import { pieceSize } from '../../src/http/secret-pieces.ts'
import { seeded } from './varied-exchange.ts'

const hash = (text: string) => createHash('sha256').update(text).digest('hex')
const size = 3 * pieceSize

/** Lines of uneven length, each with a secret of its own, so that seams fall behind, before and beside secrets. */
function filled(line: (secret: string, n: number) => string): { text: string; secrets: string[] } {
  const random = seeded(3)
  const secrets: string[] = []
  let text = ''
  while (text.length < size) {
    const secret = `CNRY${secrets.length}q${Math.floor(random() * 1e9).toString(36)}xyz`
    secrets.push(secret)
    text += line(secret, Math.floor(random() * 90))
  }
  return { text, secrets }
}

const kinds: Record<string, { type: string; line: (secret: string, n: number) => string; start?: string }> = {
  text: { type: 'text/plain', line: (secret, n) => `${'a '.repeat(n)}password: ${secret}\nBearer ${secret}\n` },
  'text with names at the ends of lines': { type: 'text/plain', line: (s, n) => `${'x'.repeat(n)} token:\n  ${s}\n` },
  'one long line': {
    type: 'text/plain',
    line: (secret, n) => `${'word '.repeat(n)}password: ${secret} Bearer ${secret} `,
  },
  'keys of many lines': {
    type: 'text/plain',
    line: (s, n) => `-----BEGIN RSA PRIVATE KEY-----\n${`${s}\n`.repeat(n + 1)}-----END RSA PRIVATE KEY-----\n`,
  },
  json: {
    type: 'application/json',
    line: (s, n) => `{"n":${n},"é":"${'\u{1f600}'.repeat(n)}","token":"${s}"},\n`,
    start: '[',
  },
  'json lines': { type: 'application/x-ndjson', line: (s, n) => `{"n":"${'y'.repeat(n)}","password":"${s}"}\n` },
  events: { type: 'text/event-stream', line: (s, n) => `data: {"n":"${'y'.repeat(n)}","token":"${s}"}\n\n` },
  form: { type: 'application/x-www-form-urlencoded', line: (s, n) => `${'b'.repeat(n)}=1&password=${s}&` },
  'form without a type': { type: '', line: (s, n) => `b${n}=${'c'.repeat(n)}&password=${s}&`, start: 'a=1&' },
  html: {
    type: 'text/html',
    line: (s, n) => `<p>${'z'.repeat(n)}</p>\n<input name="csrf_token" value="${s}"><password>${s}</password>`,
  },
  octets: { type: 'application/octet-stream', line: (s, n) => `\0${'\xff'.repeat(n)}\x01Bearer ${s}LONGENOUGH\0` },
}

for (const [name, { type, line, start = '' }] of Object.entries(kinds))
  t.test(`${name}: no secret stays, nothing else goes`, (t) => {
    const { text, secrets } = filled(line)
    const octets = Buffer.from(start + text, name === 'octets' ? 'latin1' : 'utf8')
    const redaction = { hash, found: new Set<string>() }
    const shown = Buffer.from(redactContent(octets, type, redaction))
    const left = shown.toString('latin1')
    t.same(secrets.filter((secret) => left.includes(secret)).slice(0, 3), [])
    if (name.includes('keys') || name.includes('ends of lines')) return t.end()
    const harmless = Buffer.from(start + text.replace(/CNRY\w+/g, ''), name === 'octets' ? 'latin1' : 'utf8')
    const untouched = redactContent(harmless, type, { hash, found: new Set<string>() })
    t.ok(untouched === harmless, 'without secrets it is left as it is')
    t.end()
  })

t.test('an echo that stands across a seam is found', (t) => {
  const secret = 'correct horse battery staple\nand a second line'
  for (let shift = 0; shift < secret.length + 2; shift += 3) {
    const text = `${'word '.repeat(pieceSize / 5 - 4)}${' '.repeat(shift % 7)}${`${secret}\n`.repeat(4 + shift)}${'more '.repeat(pieceSize / 5)}`
    const redaction = { hash, found: new Set([secret]) }
    for (const redact of [redactContentEchoes, (octets: Uint8Array) => redactContent(octets, 'text/plain', redaction)])
      if (Buffer.from(redact(Buffer.from(text), redaction)).includes('battery')) t.fail(`shift ${shift}`)
  }
  t.pass()
  t.end()
})

t.test('many values are looked for in one pass, with the same result', (t) => {
  const values = Array.from({ length: 300 }, (_, n) => `value-${n}-${'q'.repeat(n % 40)}`)
  const text = `${'filler '.repeat(2000)}${values.join(' | ')} ${values.map(encodeURIComponent).join()}`
  const many = redactContentEchoes(Buffer.from(text), { hash, found: new Set(values) })
  const few = values
    .toSorted((a, b) => b.length - a.length)
    .reduce<Uint8Array>(
      (octets, value) => redactContentEchoes(octets, { hash, found: new Set([value]) }),
      Buffer.from(text),
    )
  t.ok(Buffer.from(many).equals(few))
  t.notMatch(Buffer.from(many).toString(), /value-\d/)
  t.end()
})

t.test('pieces of octets and of JSON are the whole', (t) => {
  const random = seeded(5)
  for (let n = 0; n < 12; n++) {
    const text = Array.from(
      { length: 150_000 + n },
      () => 'aé中\u{1f600}"\\\n'[Math.floor(random() * 8)] ?? '\u{1f601}',
    )
      .join('')
      .toWellFormed()
    const octets = utf8Octets(text)
    const again = [...utf8Pieces(octets)]
    t.ok(again.length > 1)
    t.equal(again.join(''), text)
    t.ok(Buffer.from(encodedPieces(again)).equals(octets))
    const base64 = [...base64Pieces(octets)].join('')
    t.equal(base64, Buffer.from(octets).toString('base64'))
    for (const spelling of [base64, base64.replace(/=+$/, ''), base64.replace(/.{76}/g, '$&\r\n')])
      t.ok(Buffer.from(fromBase64(spelling) ?? []).equals(octets))
    const value = { a: [1, undefined, { text }], b: undefined, 'c"': null }
    const long = { a: [1, null, { text: longText(() => again) }], b: undefined, 'c"': null }
    t.equal([...jsonPieces(long)].join(''), JSON.stringify(value))
  }
  t.end()
})
