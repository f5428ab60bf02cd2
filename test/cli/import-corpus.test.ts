// The recorded set imports completely, and exchanges are found again by host, status and a word of their body.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import t from 'tap'
import { run as importCommand } from '../../src/cli/import.ts'
import { responseOf } from '../../src/exchange/exchange.ts'
import { parseFilter } from '../../src/filter/parse-filter.ts'
import { openStore } from '../../src/store/open-store.ts'

const root = join(import.meta.dirname, '../..')
const corpus = join(root, '../shared/corpus/exchanges.jsonl.gz')
t.setTimeout(600_000)

if (!existsSync(corpus)) {
  t.test('the recorded set', { skip: `it is not here: ${corpus}` }, async () => {})
} else {
  t.test('the recorded set', { timeout: 600_000 }, async (t) => {
    const home = mkdtempSync(join(tmpdir(), 'telltale-corpus-'))
    t.teardown(() => rmSync(home, { recursive: true, force: true }))
    const stream = () => new PassThrough() as unknown as NodeJS.WriteStream
    const [stdout, stderr] = [stream(), stream()]
    const environment = { cwd: home, env: { TELLTALE_HOME: home }, stdout, stderr, version: '0', root, checkout: true }
    t.equal(await importCommand([corpus, '--json'], environment), 0)
    const answer = JSON.parse(String(stdout.read()))
    t.same(answer.skipped, [])
    const store = openStore({
      dataDir: home,
      maxStore: 2 ** 30,
      maxExchanges: 1e6,
      durable: false,
      version: '0',
      now: Date.now,
    })
    t.teardown(() => store.close())
    const ids = store.ids(undefined)
    t.equal(ids.length, answer.imported)
    t.ok(ids.length > 6000, `${ids.length} exchanges`)
    const lost: string[] = []
    let looked = 0
    for (const id of ids) {
      looked++
      const entry = store.entry(id)
      if (!entry) {
        lost.push(id)
        continue
      }
      const { exchange, row } = entry
      const content = responseOf(exchange)?.content
      const octets = content && content.kept !== 'none' ? store.content(content.digest) : undefined
      const words = octets ? new TextDecoder().decode(octets).match(/[A-Za-z0-9_]{4,40}/g) : undefined
      const word = words?.reduce((longest, one) => (one.length > longest.length ? one : longest))
      const text = `host:${JSON.stringify(row.host)} status:${row.status}${word ? ` body:${JSON.stringify(word)}` : ''}`
      const parsed = parseFilter(text)
      if ('error' in parsed || !store.ids(parsed.filter).includes(id)) lost.push(`${id} ${text}`)
    }
    t.same(lost, [], `${looked} looked for`)
  })
}
