// Pure parts of the page: which columns fit, what chips mean, the lines of the first run, and numbers with their units.
import t from 'tap'
import { parseFilter } from '../../src/filter/parse-filter.ts'
import { viewOf } from '../../src/ui/detail/message-view.ts'
import { allOf, chipFilter, chips } from '../../src/ui/filter/chips.ts'
import { taken, withoutTerm } from '../../src/ui/filter/taken.ts'
import { layOut } from '../../src/ui/list/column-layout.ts'
import type { Column } from '../../src/ui/list/columns.ts'
import { fitPath } from '../../src/ui/list/fit-path.ts'
import { quoted, setupLines, steps } from '../../src/ui/shell/setup-lines.ts'
import { formatCount, formatDuration, formatSize, formatTime, plural } from '../../src/ui/units.ts'
import { visible } from '../../src/ui/visible.ts'

const column = (id: string, width: number, minimum = 40): Column => ({
  id,
  title: id,
  width,
  minimum,
  sort: 'time',
  standard: true,
  build: () => () => {},
  text: () => '',
})
const all = [
  column('time', 64),
  column('method', 62),
  column('host', 118),
  column('path', 72, 72),
  column('status', 48),
  column('type', 50),
  column('size', 56),
  column('duration', 92),
  column('finding', 184, 80),
]
const shown = (room: number, oneHost = false) => layOut(all, {}, room, oneHost).shown.map(({ id }) => id)

t.test('columns go in a fixed order as room shrinks, and the essential ones never', async (t) => {
  t.same(
    shown(1000),
    all.map(({ id }) => id),
  )
  t.notOk(shown(720).includes('type'))
  t.ok(shown(720).includes('size'))
  t.notOk(shown(660).includes('size'))
  t.notOk(shown(600, true).includes('host'), 'a chosen host says nothing new')
  for (const room of [1400, 700, 500, 360]) {
    const { shown } = layOut(all, {}, room, false)
    for (const id of ['time', 'method', 'path', 'status', 'finding'])
      t.ok(
        shown.some((each) => each.id === id),
        `${id} at ${room} px`,
      )
  }
  t.notOk(layOut(all, {}, 420, false).bars)
})

t.test('room that is left goes to host and finding, unless their width was chosen', async (t) => {
  t.match(layOut(all, {}, 1400, false).template, / 240px minmax\(72px, 1fr\) .* 280px$/)
  t.match(layOut(all, { host: 130 }, 1400, false).template, / 130px minmax/)
})

t.test('every chip is a filter the language knows, and pressed chips join by meaning', async (t) => {
  for (const chip of chips) t.ok('filter' in parseFilter(chip.filter), chip.filter)
  t.equal(chipFilter(new Set(['4xx'])), 'status:4xx')
  t.equal(chipFilter(new Set(['4xx', '5xx', 'Replayed'])), '(status:4xx OR status:5xx) is:replayed')
  t.equal(allOf(['', 'a OR b', 'c']), '(a OR b) c')
  t.equal(allOf(['(a OR b) (c OR d)', 'e']), '((a OR b) (c OR d)) e')
  t.equal(allOf(['(a OR b)', 'e']), '(a OR b) e')
})

t.test('a taken suggestion stands in the text with the space it needs', async (t) => {
  const at = (from: number, to: number, insert: string) => ({
    from,
    to,
    suggestions: [{ insert, label: insert, detail: '' }],
  })
  t.same(taken('sta', at(0, 3, 'status:'), 0), { text: 'status:', caret: 7 })
  t.same(taken('status:4', at(7, 8, '401'), 0), { text: 'status:401 ', caret: 11 })
  t.equal(withoutTerm('path:/v1 (status:4', at(17, 18, '401')), 'path:/v1 (')
  t.equal(withoutTerm('path:/v1 status:4 x', at(16, 17, '401')), 'path:/v1  x')
  t.equal(withoutTerm('sta', at(0, 3, 'status:')), undefined, 'a name is not a value')
  t.same(taken('status:4 x', at(7, 8, '401'), 0), { text: 'status:401 x', caret: 10 })
})

t.test('a path is cut before its last segment', async (t) => {
  /** What is drawn when every character is 1 px wide. */
  const fitted = (path: string, room: number) => {
    const { at, width } = fitPath(path, room, () => 1)
    const whole = at < path.length ? `${path.slice(0, width)}…${path.slice(at)}` : path
    return room > 0 && whole.length > room ? `${whole.slice(0, room - 1)}…` : whole
  }
  t.equal(fitted('/v1/orders/ord_1', 16), '/v1/orders/ord_1')
  t.equal(fitted('/v1/orders/ord_1', 13), '/v1/or…/ord_1')
  t.equal(fitted('/v1/orders/ord_1?a=/b', 18), '/v1/orders/ord_1?…', 'a query gives way first')
  t.equal(fitted('/v1/orders/ord_1?a=/b', 14), '/v1/or…/ord_1…')
  t.equal(fitted('/orders/by-customer', 8), '/orders…', 'a last segment without room is cut like any text')
  t.equal(fitted('/orders', 4), '/or…')
  t.equal(fitted('/a/b/', 0), '/a/b/', 'no room known yet')
  for (let room = 1; room < 40; room++)
    t.ok(fitted('/v1/customers/cus_92/addresses?kind=home', room).length <= Math.max(1, room))
})

t.test('the lines of the first run hold the proxy and the CA exactly, quoted where a shell needs it', async (t) => {
  const lines = setupLines('http://127.0.0.1:8080', "/home/it's me/ca.pem")
  const curl = lines.find(({ name }) => name === 'curl')?.lines[0] ?? ''
  t.match(curl, "curl -x http://127.0.0.1:8080 --cacert '/home/it'\\''s me/ca.pem'")
  t.ok(lines.every(({ lines }) => lines.length > 0))
  t.match(lines.find(({ name }) => name === 'Java')?.lines.join('\n') ?? '', /-Dhttps\.proxyPort=8080/)
  t.equal(quoted('/tmp/ca.pem'), '/tmp/ca.pem')
})

t.test('the checklist follows what was seen and stops at what failed', async (t) => {
  const of = (seen: Partial<Parameters<typeof steps>[2]>, recording: 'on' | 'paused' = 'on') =>
    steps(
      'http://127.0.0.1:8080',
      '/ca.pem',
      { proxied: false, connect: false, tlsOpened: false, tlsRejected: false, ...seen },
      seen.tlsRejected ? ['api.orders.example:443'] : [],
      recording,
    )
  t.same(
    of({}).map(({ state }) => state),
    ['done', 'now', 'later'],
  )
  const refused = of({ connect: true, tlsRejected: true })
  const failed = refused.find(({ state }) => state === 'failed')
  t.match(failed, { name: 'The client does not trust the certificate', remedy: /NODE_EXTRA_CA_CERTS=\/ca\.pem/ })
  t.match(failed?.words, /api\.orders\.example/)
  t.equal(
    of({ connect: true, tlsRejected: true, tlsOpened: true }).some(({ state }) => state === 'failed'),
    false,
  )
  t.equal(of({ proxied: true }, 'paused').find(({ state }) => state === 'failed')?.name, 'Recording is off')
})

t.test('numbers have their units', async (t) => {
  t.same([0, 412, 999, 1050, 48_123, 5_100_000, 2.5e9].map(formatSize), [
    '0 B',
    '412 B',
    '999 B',
    '1.1 kB',
    '48.1 kB',
    '5.1 MB',
    '2.5 GB',
  ])
  t.same([0, 0.42, 143.4, 999.7, 1204, 12_400, 125_000].map(formatDuration), [
    '0 ms',
    '0.4 ms',
    '143 ms',
    '1.00 s',
    '1.20 s',
    '12.4 s',
    '2 min 5 s',
  ])
  t.equal(formatCount(1284), '1,284')
  t.equal(plural(1, 'exchange'), '1 exchange')
  t.equal(plural(2, 'match', 'matches'), '2 matches')
  const noon = new Date(2026, 10, 22, 12, 0, 0)
  t.equal(formatTime(new Date(2026, 10, 22, 9, 5, 7).toISOString(), noon.getTime()), '09:05:07')
  t.equal(formatTime(new Date(2026, 10, 21, 9, 5, 7).toISOString(), noon.getTime()), 'Sat 09:05')
  t.equal(formatTime(new Date(2026, 9, 3, 9, 5, 7).toISOString(), noon.getTime()), '3 Oct')
})

t.test('a close frame is shown by its code, what the code means, and its whole reason', async (t) => {
  const close = {
    exchangeId: 'a',
    seq: 3,
    from: 'server',
    at: 112,
    opcode: 'close',
    size: 13,
    data: btoa('token expired'),
    truncated: false,
    compressed: false,
    code: 1008,
  } as const
  t.equal(viewOf('websocket', close, false).text, 'close 1008 (policy violation): token expired')
  const secret = { ...close, data: btoa('bad token eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.c2ln') }
  t.notMatch(viewOf('websocket', secret, true).text, /eyJzdWIi/, 'a secret in it is masked')
})

t.test(
  'what would turn or hide in a sentence of the page is written out; joiners of scripts and pictures stay',
  async (t) => {
    t.equal(visible('a\u202egnp.exe\0'), 'a\\u202egnp.exe\\u0000')
    t.equal(visible('\u200bkey\ufeff'), '\\u200bkey\\ufeff')
    const plain = 'Grüße, 日本語, שלום, می\u200cخواهم 👩\u200d💻\tand tabs'
    t.equal(visible(plain), plain)
  },
)
