// What is exported is imported again without loss: 5,000 varied exchanges through HAR and NDJSON; HAR held to its schema.

import { createHash } from 'node:crypto'
import { createRequire } from 'node:module'
import { isIP } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import { gunzipSync, gzipSync } from 'node:zlib'
import { Ajv } from 'ajv'
import t from 'tap'
import { responseOf } from '../../src/exchange/exchange.ts'
import { isFileProblem } from '../../src/formats/file-problem.ts'
import type { ExportContext, ExportItem, Format, ImportContext, ReadResult } from '../../src/formats/format.ts'
import { har } from '../../src/formats/har.ts'
import { ndjson } from '../../src/formats/ndjson.ts'
import { writeFile } from '../../src/formats/write-file.ts'
import { digestOf, sample, seeded } from './varied-exchange.ts'

const count = 5000

const exportContext: ExportContext = {
  version: '0.0.0',
  secrets: true,
  hash: (text) => createHash('sha256').update(text).digest('hex'),
  decode: (octets) => gunzipSync(octets),
}

export function importContext(): ImportContext {
  let last = 0
  return {
    sessionId: 's2',
    file: 'x.har',
    nextId: () => String(++last).padStart(16, '0'),
    digest: digestOf,
    now: 0,
    maxContent: 8 * 1024 * 1024,
  }
}

const items = (n: number): ExportItem[] => Array.from({ length: n }, (_, seed) => sample(seed))

async function written(format: Format, list: Iterable<ExportItem>, context = exportContext): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of writeFile(format, list, context)) pieces.push(Buffer.from(piece))
  return Buffer.concat(pieces)
}

/** In pieces of uneven size, so that every boundary is met. */
async function* inPieces(octets: Uint8Array, random = seeded(7)): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < octets.length; ) {
    const size = 1 + Math.floor(random() * 60_000)
    yield octets.subarray(at, at + size)
    at += size
  }
}

async function read(format: Format, octets: Uint8Array): Promise<ReadResult[]> {
  const results: ReadResult[] = []
  if (format.read) for await (const result of format.read(inPieces(octets), importContext())) results.push(result)
  return results
}

function toItem(result: ReadResult): ExportItem {
  if (!('imported' in result)) throw new Error(result.skipped.reason)
  const { exchange, contents, messages } = result.imported
  const octets = (content: { readonly kept: string; readonly digest?: string } | undefined) =>
    contents.find(({ digest }) => content?.kept !== 'none' && digest === content?.digest)?.octets
  const response = exchange.outcome.state === 'waiting' ? undefined : exchange.outcome.response
  return { exchange, request: octets(exchange.request.content), response: octets(response?.content), messages }
}

const unfinished = {
  phase: 'response',
  code: 'UNFINISHED',
  message: 'The exchange had not ended when it was exported.',
}

for (const format of [har, ndjson]) {
  t.test(`${format.title}: export, import, export again is identical for ${count} varied exchanges`, async (t) => {
    const first = await written(format, items(count))
    const results = await read(format, first)
    t.equal(results.length, count)
    const second = await written(format, results.map(toItem))
    t.ok(first.equals(second), `${first.length} octets`)
    const lost = items(count).filter((item, i) => {
      const back = toItem(results[i] as ReadResult)
      const { exchange } = item
      const same = [
        exchange.request.headers,
        exchange.request.target,
        exchange.request.trailers,
        exchange.marks,
        exchange.kind,
        exchange.startedDateTime,
        exchange.server,
        exchange.client,
      ]
      const read = [
        back.exchange.request.headers,
        back.exchange.request.target,
        back.exchange.request.trailers,
        back.exchange.marks,
        back.exchange.kind,
        back.exchange.startedDateTime,
        back.exchange.server,
        back.exchange.client,
      ]
      const octets = (side: Uint8Array | undefined) => Buffer.from(side ?? []).toString('hex')
      const content =
        JSON.stringify({ ...exchange.request.content }) ===
        JSON.stringify({ ...exchange.request.content, ...back.exchange.request.content })
      return (
        JSON.stringify(same) !== JSON.stringify(read) ||
        octets(item.request) !== octets(back.request) ||
        octets(item.response) !== octets(back.response) ||
        !content
      )
    })
    t.equal(lost.length, 0, 'every field line, target, mark and octet came back')
    const told = ({ exchange, messages = [] }: ExportItem) => {
      // One that still ran has not ended in the file either, and says so.
      const ran = exchange.outcome.state === 'waiting' || exchange.outcome.state === 'receiving'
      const state = ran ? 'failed' : exchange.outcome.state
      const response = responseOf(exchange)
      const { failure = undefined } =
        exchange.outcome.state === 'failed' ? exchange.outcome : ran ? { failure: unfinished } : {}
      const { status, statusText, httpVersion, headers, trailers, interim, content } = response ?? {}
      const sent = [...messages].map(({ from, at, opcode, size, data, truncated, code }) => [
        from,
        at,
        opcode,
        size,
        data,
        truncated,
        code,
      ])
      return { state, failure, status, statusText, httpVersion, headers, trailers, interim, content, sent }
    }
    const other = items(count).flatMap((item, i) => {
      const back = told(toItem(results[i] as ReadResult))
      return isDeepStrictEqual(told(item), back) ? [] : [`${i}\n${JSON.stringify(told(item))}\n${JSON.stringify(back)}`]
    })
    t.equal(other.length, 0, `outcomes, responses and messages came back: ${other.slice(0, 3).join('\n')}`)
  })
}

t.test('every exported HAR is valid by the schema', async (t) => {
  const schemas = createRequire(import.meta.url)('har-schema') as Record<string, object>
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false })
  ajv.addFormat('date-time', (value: string) => !Number.isNaN(Date.parse(value)))
  ajv.addFormat('uri', (value: string) => URL.canParse(value))
  ajv.addFormat('ipv4', (value: string) => isIP(value) === 4)
  ajv.addFormat('ipv6', (value: string) => isIP(value) === 6)
  ajv.addMetaSchema(createRequire(import.meta.url)('ajv/lib/refs/json-schema-draft-06.json'))
  for (const schema of Object.values(schemas)) ajv.addSchema(schema)
  const validate = ajv.getSchema('har.json#')
  const file: unknown = JSON.parse((await written(har, items(1000))).toString())
  t.ok(validate?.(file), JSON.stringify(validate?.errors?.slice(0, 3)))
  const unequal = (
    file as { log: { entries: { time: number; timings: Record<string, number> }[] } }
  ).log.entries.filter(({ time, timings }) => {
    const sum = ['blocked', 'dns', 'connect', 'send', 'wait', 'receive'].reduce(
      (all, name) => all + Math.max(0, timings[name] ?? 0),
      0,
    )
    return Math.abs(time - sum) > 0.01
  })
  t.equal(unequal.length, 0, 'time is the sum of the phases')
  const redacted: unknown = JSON.parse(
    (await written(har, items(1000), { ...exportContext, secrets: false })).toString(),
  )
  t.ok(validate?.(redacted), JSON.stringify(validate?.errors?.slice(0, 3)))
})

t.test('content coding is undone for HAR and kept for NDJSON; sizes say both', async (t) => {
  const { exchange } = sample(1)
  const plain = Buffer.from('{"hello":"world, world, world, world, world"}')
  const coded = gzipSync(plain)
  const content = {
    bodySize: coded.length,
    mimeType: 'application/json',
    codings: ['gzip'],
    kept: 'whole',
    digest: digestOf(coded),
    keptSize: coded.length,
  } as const
  const headers = [
    { name: 'Content-Encoding', value: 'gzip' },
    { name: 'Content-Type', value: 'application/json' },
  ]
  const response = {
    httpVersion: 'HTTP/1.1',
    status: 200,
    statusText: 'OK',
    headers,
    trailers: [],
    interim: [],
    content,
  }
  const item: ExportItem = {
    exchange: { ...exchange, kind: 'http', outcome: { state: 'complete', response } },
    response: coded,
  }
  const file = JSON.parse((await written(har, [item])).toString())
  t.match(file.log.entries[0].response, {
    bodySize: coded.length,
    content: { size: plain.length, text: plain.toString() },
  })
  const [back] = await read(ndjson, await written(ndjson, [item]))
  t.same(toItem(back as ReadResult).response, new Uint8Array(coded))
  t.match((back as { imported: { exchange: object } }).imported.exchange, {
    outcome: { response: { content: { codings: ['gzip'] } } },
  })
  const undecodable = await written(har, [item], { ...exportContext, decode: () => undefined })
  const [again] = await read(har, undecodable)
  t.same(toItem(again as ReadResult).response, new Uint8Array(coded))
  const hidden = await written(har, [item], { ...exportContext, decode: () => undefined, secrets: false })
  t.notMatch(hidden.toString(), coded.toString('base64'), 'what cannot be looked into is not given away')
})

t.test('1,000 mutated HARs are read without an exception, and every entry is accounted for', async (t) => {
  const source = await written(har, items(6))
  const random = seeded(99)
  let read6 = 0
  let skipped = 0
  let refused = 0
  for (let n = 0; n < 1000; n++) {
    const octets = Buffer.from(source)
    const text = octets.toString()
    const roll = random()
    let mutated = octets
    if (roll < 0.3)
      for (let i = 0; i < 5; i++) octets[Math.floor(random() * octets.length)] = Math.floor(random() * 256)
    else if (roll < 0.45) mutated = octets.subarray(0, Math.floor(random() * octets.length))
    else {
      const values = [
        'null',
        '-1',
        '1e400',
        '"x"',
        '[]',
        '{}',
        '{"__proto__":{"polluted":1}}',
        '"javascript:alert(1)"',
        'true',
        '"9999-99-99"',
        `${'['.repeat(300)}${']'.repeat(300)}`,
      ]
      const members = [...text.matchAll(/"(\w+)":("(?:[^"\\]|\\.)*"|[\d.-]+|\[[^[\]{}]*\]|\{[^{}]*\})/g)]
      const target = members[Math.floor(random() * members.length)]
      const value = values[Math.floor(random() * values.length)]
      if (target)
        mutated = Buffer.from(
          `${text.slice(0, target.index)}"${target[1]}":${value}${text.slice(target.index + target[0].length)}`,
        )
    }
    try {
      for (const result of await read(har, mutated)) 'imported' in result ? read6++ : skipped++
    } catch (error) {
      if (!isFileProblem(error)) throw error
      refused++
    }
  }
  t.equal(({} as { polluted?: number }).polluted, undefined)
  t.ok(read6 > 3000 && skipped > 50 && refused > 50, `${read6} read, ${skipped} skipped, ${refused} files refused`)
})
