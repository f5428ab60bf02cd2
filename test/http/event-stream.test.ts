// Event streams: read as the HTML standard says, whatever the pieces they come in, within a bound for each event.

import t from 'tap'
import { eventStreamReader, readEventStream, type StreamEvent } from '../../src/http/event-stream.ts'
import { fc } from '../support/property.ts'

const octets = (text: string) => new TextEncoder().encode(text)

/** The stream cut at these places, each piece fed by itself and overwritten afterwards where it is complete. */
function inPieces(whole: Uint8Array, cuts: readonly number[], longest?: number): StreamEvent[] {
  const reader = eventStreamReader(longest)
  const events: StreamEvent[] = []
  let from = 0
  for (const to of [...cuts].sort((a, b) => a - b).concat(whole.length)) {
    events.push(...reader.feed(whole.slice(from, to)))
    from = to
  }
  return [...events, ...reader.end()]
}

/** The standard's own algorithm (§9.2.6) on a whole text, line by line: what a browser would dispatch. */
function dispatched(text: string): { type: string; data: string }[] {
  const events: { type: string; data: string }[] = []
  let [data, type] = ['', '']
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\n|\r/)
  // What follows the last line end is no line yet.
  for (const line of lines.slice(0, -1)) {
    if (line === '') {
      if (data !== '') events.push({ type: type || 'message', data: data.slice(0, -1) })
      data = ''
      type = ''
    } else {
      const [, name = '', value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? []
      if (name === 'data') data += `${value}\n`
      if (name === 'event') type = value
    }
  }
  return events
}

const sample =
  '\ufeff: hi\r\n\r\nid: 1\revent: tick\rdata: ä😀\rdata:  b\r\rretry: 50\n\ndata\n\nretry: soon\nid: a\0b\n\n\n\r\nevent: quiet\n\n' +
  'foo: bar\n\n: c\nx: y\ndata:x\r\n\r\ndata: cut'

t.test('fields, comments, line ends, a byte order mark, and what was begun', async (t) => {
  const events = readEventStream(sample)
  t.match(events, [
    { type: 'message', data: '', comment: 'hi', text: ': hi', unfinished: false },
    { type: 'tick', data: 'ä😀\n b', id: '1', text: 'id: 1\nevent: tick\ndata: ä😀\ndata:  b' },
    { type: 'message', data: '', retry: '50' },
    { type: 'message', data: '', text: 'data' },
    { type: 'quiet', data: '' },
    { type: 'message', data: 'x', comment: 'c', text: ': c\nx: y\ndata:x' },
    { type: 'message', data: 'cut', unfinished: true },
  ])
  t.equal(events.length, 7, 'a retry time that is no number, an id with NUL and unknown fields say nothing')
  t.equal(events[1]?.size, octets('id: 1\revent: tick\rdata: ä😀\rdata:  b\r').length)
  t.same(readEventStream(''), [])
  t.same(readEventStream('\ufeff\n\n'), [])
  t.match(readEventStream('\n\n\ufeffdata: 1\n\ndata: 2\n\n'), [{ data: '2' }], 'a mark later on is part of a name')
  t.same(readEventStream('{"error":"no stream"}'), [])
})

t.test('an event is given with the octet that ends it', async (t) => {
  for (const end of ['\n\n', '\r\r', '\r\n\r', '\n\r', '\r\n\n']) {
    const reader = eventStreamReader()
    const whole = octets(`data: 1${end}`)
    t.same(reader.feed(whole.subarray(0, -1)), [], JSON.stringify(end))
    t.match(reader.feed(whole.subarray(-1)), [{ data: '1' }], JSON.stringify(end))
    t.match(reader.feed(octets('\ndata: 2\n\n')), [{ data: '2', text: 'data: 2', size: 8 }], 'a late LF is no line')
    t.same(reader.end(), [])
  }
})

t.test('cut at every octet, and into single octets, the same events come', async (t) => {
  const whole = octets(sample)
  const expected = readEventStream(sample)
  for (let i = 0; i <= whole.length; i++)
    if (JSON.stringify(inPieces(whole, [i])) !== JSON.stringify(expected)) t.fail(`cut at ${i}`)
  t.same(inPieces(whole, [...whole.keys()]), expected)
})

t.test('any stream in any pieces is what it is as a whole, and what the standard says', async (t) => {
  const word = fc.constantFrom(
    ...[
      '\r',
      '\n',
      '\r\n',
      '\n\n',
      'data',
      'data: ',
      'event:',
      'id',
      ':',
      ' ',
      'retry: ',
      '7',
      '\0',
      'é',
      '😀',
      '\ufeff',
      'x',
    ],
  )
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), fc.array(fc.nat(100), { maxLength: 6 }), (words, cuts) => {
      const text = words.join('')
      const whole = octets(text)
      const expected = readEventStream(text)
      const within = cuts.map((cut) => Math.min(cut, whole.length))
      if (JSON.stringify(inPieces(whole, within)) !== JSON.stringify(expected)) return false
      const shown = expected
        .filter((event) => !event.unfinished && /^data(:|$)/m.test(event.text))
        .map(({ type, data }) => ({ type, data }))
      return JSON.stringify(shown) === JSON.stringify(dispatched(text))
    }),
    { numRuns: 3000 },
  )
  t.pass('3,000 streams')
})

t.test('a long event is cut at its limit, between characters, and its size is told', async (t) => {
  const whole = octets(`data: ${'😀'.repeat(30)}\n\ndata: short\n\n`)
  for (let cut = 0; cut < whole.length; cut++) {
    const [long, short] = inPieces(whole, [cut], 64)
    t.match(long, { data: '😀'.repeat(14), size: 127, truncated: true, unfinished: false })
    t.match(short, { data: 'short', truncated: false })
  }
})

t.test('a long stream without an end costs no more than its length', async (t) => {
  const reader = eventStreamReader(65_536)
  const piece = octets('x'.repeat(10_000))
  const before = performance.now()
  for (let i = 0; i < 2000; i++) reader.feed(piece)
  t.ok(performance.now() - before < 20_000, '20 MB without a line end')
  t.match(reader.end(), [])
})
