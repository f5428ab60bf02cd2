// The index over URLs follows behind: searches find the same in what it has taken in, in what it has not, and across both.
import { join } from 'node:path'
import t from 'tap'
import type { ExchangeId } from '../../src/exchange/exchange.ts'
import { Database } from '../../src/store/database.ts'
import { openReadOnly } from '../../src/store/open-read-only.ts'
import { openStore } from '../../src/store/open-store.ts'
import { batchOf, entryOf, idOf } from './entries.ts'

const limits = { maxStore: 1 << 30, maxExchanges: 100_000, durable: false, version: '0.0.0', now: () => Date.now() }
const words = ['things/7', 'page=3', 'EXAMPLE.com', '/999?', 'localhost', 'nowhere', '11', '%', '_', '"page', 'moved']

t.test('whatever was added, changed and removed', async (t) => {
  const dataDir = t.testdir()
  const store = openStore({ ...limits, dataDir })
  t.teardown(() => store.close())
  const urls = new Map<ExchangeId, string>()
  const inIndex = () => {
    const db = new Database(join(dataDir, 'captures.db'), { readOnly: true })
    const [taken, all] = ['SELECT count(*) FROM urls_docsize', 'SELECT count(*) FROM exchanges'].map((sql) =>
      db.number(sql),
    )
    db.close()
    return { taken: taken ?? 0, all: all ?? 0 }
  }
  const put = (numbers: readonly number[], url?: string) => {
    const batch = batchOf(numbers)
    const entries =
      url === undefined ? batch.entries : numbers.map((number) => entryOf(number, { url: `${url}/${number}` }))
    store.write({ ...batch, entries })
    for (const { row } of entries) urls.set(row.id, row.url)
  }
  const add = (from: number, to: number) => {
    for (let n = from; n < to; n += 100) put(Array.from({ length: Math.min(100, to - n) }, (_, i) => n + i))
  }
  const remove = (numbers: readonly number[]) => {
    const ids = numbers.map(idOf)
    for (let left = ids; left.length > 0; ) left = left.slice(store.remove(left).done)
    for (const id of ids) urls.delete(id)
  }
  const check = (what: string) => {
    const readOnly = openReadOnly(dataDir)
    for (const text of words) {
      const filter = { kind: 'test', property: 'url', test: { op: 'has', text } } as const
      const expected = [...urls].filter(([, url]) => url.toLowerCase().includes(text.toLowerCase())).map(([id]) => id)
      t.same(store.ids(filter), expected.toSorted(), `${what}: ${text}`)
      t.same(readOnly.ids(filter), expected.toSorted(), `${what}, from outside: ${text}`)
    }
    readOnly.close()
    const db = new Database(join(dataDir, 'captures.db'))
    t.doesNotThrow(() => db.exec("INSERT INTO urls (urls) VALUES ('integrity-check')"), what)
    db.close()
  }

  add(0, 600)
  t.same(inIndex(), { taken: 0, all: 600 })
  check('nothing is in the index')
  add(600, 3000)
  const { taken, all } = inIndex()
  t.ok(taken > 2000 && taken < all, `${taken} of ${all} are in the index`)
  check('some are')
  put([5, 1500, 2998, 2999], 'https://moved.example.com')
  check('some have other URLs')
  remove([7, 8, 9, 1200, 1500, 2990, 2999])
  check('some were removed on both sides')
  remove(Array.from({ length: 3000 - taken + 50 }, (_, i) => taken - 50 + i).filter((n) => urls.has(idOf(n))))
  check('the newest of the index was removed, and all after it')
  add(3000, 4400)
  check('others have taken their numbers')
})
