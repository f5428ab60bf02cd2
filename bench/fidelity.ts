// How transparent the proxy is: raw replies of curl's own test data, the same with and without it, beside two peers.
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type Reply, readReplies } from './fidelity/curl-replies.ts'
import { fetchOctets } from './fidelity/fetch-octets.ts'
import { startReplyServer } from './fidelity/reply-server.ts'
import { difference, type Seen } from './fidelity/seen-message.ts'
import { type Contestant, type ContestantName, type Origin, startContestant } from './peers/contestants.ts'
import type { Way } from './peers/way.ts'
import { writeSection } from './write-section.ts'

const usage =
  'usage: npm run bench -- fidelity FOLDER [--only telltale] [--show N]   (FOLDER: tests/data of the source of curl)'
const atOnce = 6

type Scheme = 'http' | 'https'
type Verdict = { readonly reply: Reply; readonly scheme: Scheme; readonly differs: string | undefined }

async function forAll<T>(items: readonly T[], work: (item: T, index: number) => Promise<void>): Promise<void> {
  let next = 0
  const take = async (): Promise<void> => {
    while (next < items.length) {
      const index = next++
      const item = items[index]
      if (item !== undefined) await work(item, index)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, take))
}

async function judge(name: ContestantName, origin: Origin, replies: readonly Reply[], straight: Map<string, Seen>) {
  const verdicts: Verdict[] = []
  let ended = 0
  let contestant: Promise<Contestant> = startContestant(name, origin)
  for (const scheme of ['http', 'https'] as const)
    await forAll(replies, async (reply, number) => {
      const current = contestant
      const { port, pid } = await current
      const way: Way = { host: 'localhost', http: origin.http, https: origin.https, proxyPort: port }
      const wanted = straight.get(`${scheme} ${number}`)
      try {
        const seen = await fetchOctets(way, scheme === 'https', number)
        verdicts.push({ reply, scheme, differs: wanted && difference(wanted, seen) })
      } catch (error) {
        verdicts.push({ reply, scheme, differs: `no answer: ${error instanceof Error ? error.message : error}` })
      }
      if (existsSync(`/proc/${pid}`) || contestant !== current) return
      ended++
      contestant = startContestant(name, origin)
    })
  await (await contestant).stop()
  return { verdicts, ended }
}

const rows: readonly { title: string; bar: number; of: (verdict: Verdict) => boolean }[] = [
  { title: 'plain HTTP', bar: 98, of: ({ scheme }) => scheme === 'http' },
  { title: '… heads with CRLF only', bar: 99, of: ({ scheme, reply }) => scheme === 'http' && !reply.bareLf },
  { title: '… heads with bare LF', bar: 97, of: ({ scheme, reply }) => scheme === 'http' && reply.bareLf },
  { title: 'HTTPS', bar: 98, of: ({ scheme }) => scheme === 'https' },
]

function share(verdicts: readonly Verdict[], of: (verdict: Verdict) => boolean): { percent: number; text: string } {
  const chosen = verdicts.filter(of)
  const same = chosen.filter(({ differs }) => differs === undefined).length
  const percent = chosen.length === 0 ? 0 : (same / chosen.length) * 100
  return { percent, text: `${percent.toFixed(1)} % (${same} of ${chosen.length})` }
}

export async function run(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { only: { type: 'string' }, show: { type: 'string' } },
  })
  const [folder] = positionals
  if (folder === undefined || !existsSync(folder)) throw new Error(usage)
  const replies = readReplies(folder)
  if (replies.length === 0) throw new Error(`There are no replies in ${folder}. ${usage}`)
  const origin = await startReplyServer(replies)
  try {
    const straight = new Map<string, Seen>()
    for (const scheme of ['http', 'https'] as const)
      await forAll(replies, async (_, number) => {
        const way: Way = { host: 'localhost', http: origin.http, https: origin.https }
        straight.set(`${scheme} ${number}`, await fetchOctets(way, scheme === 'https', number))
      })
    const names = (['telltale', 'http-mitm-proxy', 'mockttp'] as const).filter(
      (name) => values.only === undefined || values.only === name,
    )
    const results = new Map<ContestantName, Awaited<ReturnType<typeof judge>>>()
    for (const name of names) results.set(name, await judge(name, origin, replies, straight))
    const table = [
      `| the same with and without the proxy | bar | ${names.join(' | ')} |`,
      `|---|---|${'---|'.repeat(names.length)}`,
    ]
    for (const { title, bar, of } of rows)
      table.push(
        `| ${title} | ≥ ${bar} % | ${names.map((name) => share(results.get(name)?.verdicts ?? [], of).text).join(' | ')} |`,
      )
    table.push(`| ended by a reply | 0 | ${names.map((name) => results.get(name)?.ended ?? 0).join(' | ')} |`)
    console.log(table.join('\n'))
    for (const name of names) {
      const differing = (results.get(name)?.verdicts ?? []).filter(({ differs }) => differs !== undefined)
      const shown = name === 'telltale' ? Number.POSITIVE_INFINITY : Number(values.show ?? 0)
      if (shown > 0 && differing.length > 0) console.log(`\n${name}: what differs`)
      for (const { reply, scheme, differs } of differing.slice(0, shown))
        console.log(`  ${scheme} ${reply.name}: ${differs}`)
    }
    const own = results.get('telltale')?.verdicts ?? []
    const missed = rows.filter(({ bar, of }) => share(own, of).percent < bar)
    const verdict =
      missed.length === 0 ? 'Every bar is met.' : `Bars not met: ${missed.map(({ title }) => title).join('; ')}.`
    console.log(`\n${verdict}`)
    if (values.only !== undefined) return
    writeSection('fidelity', [
      `${replies.length} raw replies of curl's own test data, each over HTTP and HTTPS, fetched by a raw client with and without the proxy.`,
      'Compared: status line, field lines with case and order, interim heads, content, trailers, and whether the message was complete;',
      'hop-by-hop fields, framing, line ends and the version of each hop aside.',
      '',
      ...table,
      '',
      verdict,
    ])
  } finally {
    await origin.stop()
  }
}
