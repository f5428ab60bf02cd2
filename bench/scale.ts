// Measures the store at 10,000, 100,000 and (asked for) 1,000,000 exchanges: `npm run bench -- scale [--million] [--no-write] [COUNT…]`.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { sortKeys } from '../src/api/contract.ts'
import { removeInSlices } from '../src/desk/remove-in-slices.ts'
import type { Filter } from '../src/filter/filter.ts'
import { parseFilter } from '../src/filter/parse-filter.ts'
import { openReader } from '../src/store/open-reader.ts'
import { openStore } from '../src/store/open-store.ts'
import { batchOf, createRandom } from './scale-traffic.ts'
import { writeSection } from './write-section.ts'

/** All times in ms, sizes in octets. */
type Figures = Readonly<Record<string, number>>

const options = {
  maxStore: 1e12,
  maxExchanges: 1e8,
  durable: false,
  version: '0.0.0',
  checkpoints: 'beside',
  now: () => Date.now(),
} as const

function parsed(text: string): Filter {
  const result = parseFilter(text)
  if ('error' in result) throw new Error(result.error.message)
  return result.filter
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0
}

function timed(times: number, work: (turn: number) => unknown): number {
  return median(
    Array.from({ length: times }, (_, turn) => {
      const begun = performance.now()
      work(turn)
      return performance.now() - begun
    }),
  )
}

/** Time of the processor in ms: what a wall clock says on a busy machine is mostly waiting. */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

/** µs per exchange, generation left out. */
function build(dataDir: string, count: number): Figures {
  const store = openStore({ ...options, dataDir })
  for (let i = 0; i < 7; i++)
    store.begin({
      id: `s${i}`,
      name: `session ${i}`,
      startedDateTime: new Date(i).toISOString(),
      kind: i === 0 ? 'capture' : 'import',
    })
  const random = createRandom(count)
  let spent = 0
  let busy = 0
  for (let from = 0; from < count; from += 200) {
    const batch = batchOf(from, Math.min(200, count - from), random)
    const begun = performance.now()
    const before = process.cpuUsage()
    store.write(batch)
    spent += performance.now() - begun
    busy += cpuSince(before)
  }
  for (let i = 0; i < 7; i++) store.end(`s${i}`)
  store.close()
  return { 'insert, per exchange': (1000 * spent) / count, 'insert, CPU': (1000 * busy) / count }
}

async function searchBodies(dataDir: string): Promise<Figures> {
  const reader = openReader(dataDir)
  await reader.rows({ filter: parsed('id:0'), limit: 1 })
  const firsts: number[] = []
  const wholes: number[] = []
  const busy: number[] = []
  for (const text of [
    'body:"insufficient funds"',
    'response-body:"Insufficient FUNDS"',
    'body:/insufficient\\sfunds/',
  ]) {
    const filter = parsed(text)
    const begun = performance.now()
    const before = process.cpuUsage()
    let answer = await reader.rows({ filter, limit: 1 }, 1_000)
    firsts.push(performance.now() - begun)
    if (answer.rows.length === 0) firsts.push(Number.POSITIVE_INFINITY)
    while (!answer.complete) answer = await reader.rows({ filter, limit: 100_000 })
    wholes.push(performance.now() - begun)
    busy.push(cpuSince(before))
  }
  const begun = performance.now()
  await reader.ids(parsed('header:x-request-id=-777'))
  const headers = performance.now() - begun
  const grown = performance.now()
  const before = process.cpuUsage()
  await reader.tree(undefined)
  const tree = performance.now() - grown
  const treeBusy = cpuSince(before)
  await reader.close()
  return {
    'tree of hosts and paths': tree,
    'tree, CPU': treeBusy,
    'body search, first results': median(firsts),
    'body search, complete': median(wholes),
    'body search, CPU': median(busy),
    'header search, complete': headers,
  }
}

async function remove(dataDir: string): Promise<Figures> {
  const store = openStore({ ...options, dataDir })
  const filter = parsed('status:422 method:POST OR status:500')
  const ids = store.ids(filter).slice(0, 1_000)
  const slices: number[] = []
  const before = process.cpuUsage()
  const begun = performance.now()
  const timedStore = {
    remove(some: readonly string[]) {
      const at = performance.now()
      const slice = store.remove(some)
      slices.push(performance.now() - at)
      return slice
    },
  }
  await removeInSlices(timedStore, ids)
  const whole = performance.now() - begun
  const busy = cpuSince(before)
  store.close()
  return {
    'delete 1,000 by filter': whole,
    'delete, CPU': busy,
    'median slice of it': median(slices),
    'longest slice of it': Math.max(...slices),
    'deleted rows': ids.length,
  }
}

/** In a process of its own, so that its memory is what the desk would use. */
async function measure(dataDir: string, count: number): Promise<Figures> {
  const open = timed(5, () => openStore({ ...options, dataDir }).close())
  const store = openStore({ ...options, dataDir })
  const middle = Math.floor(count / 2)
  const cursor = store.rows({ limit: 100 }).rows.at(-1)?.id ?? ''
  const times = 7
  const figures = {
    open,
    'first page': timed(times, () => store.rows({ limit: 100 })),
    'next page': timed(times, () => store.rows({ limit: 100, before: cursor })),
    'page in the middle (offset)': timed(times, (turn) => store.rows({ limit: 100, offset: middle + turn * 100 })),
    'filter by host and status': timed(times, (turn) =>
      store.rows({
        limit: 100,
        filter: parsed(`domain:api.${['user', 'order', 'token'][turn % 3]}.example status:4xx`),
      }),
    ),
    'filter by status alone': timed(times, () => store.rows({ limit: 100, filter: parsed('status>=400') })),
    'filter by finding and kind': timed(times, () =>
      store.rows({ limit: 100, filter: parsed('has:finding -type:image duration>100ms') }),
    ),
    'URL search, rare word': timed(times, (turn) =>
      store.rows({ limit: 100, filter: parsed(`trace=${(middle + turn).toString(16)}`) }),
    ),
    'URL search, common word': timed(times, (turn) =>
      store.rows({ limit: 100, filter: parsed(['wallet', 'customer', 'refund'][turn % 3] ?? '') }),
    ),
    'sort by duration': timed(times, () => store.rows({ limit: 100, sort: '-duration' })),
    'sort by duration, middle': timed(times, (turn) =>
      store.rows({ limit: 100, sort: '-duration', offset: middle + turn }),
    ),
    'slowest of all other sorts': Math.max(
      ...sortKeys.map((sort) => timed(3, () => store.rows({ limit: 100, sort, offset: 1000 }))),
    ),
    'one exchange': timed(50, (turn) => store.entry((turn * 97).toString(36).padStart(16, '0'))),
    status: timed(9, () => store.status()),
  }
  const searched = await searchBodies(dataDir)
  const rss = process.memoryUsage().rss
  store.close()
  return { ...figures, ...searched, ...(await remove(dataDir)), RSS: rss }
}

/** The bars of 100,000 exchanges, and those of a million. */
const bars: Readonly<Record<string, readonly [at100k: number, at1M?: number]>> = {
  open: [50, 1_000],
  'first page': [50, 50],
  'next page': [50],
  'filter by host and status': [50],
  'URL search, rare word': [50],
  'URL search, common word': [50],
  'sort by duration': [50],
  'slowest of all other sorts': [50],
  'body search, first results': [150],
  'body search, complete': [2_000],
  'delete 1,000 by filter': [300],
  'longest slice of it': [20],
  RSS: [300 * 1024 * 1024],
}

function shown(name: string, value: number | undefined): string {
  if (value === undefined) return '–'
  if (name === 'RSS' || name === 'file') return `${Math.round(value / 1024 / 1024)} MiB`
  if (name === 'deleted rows') return String(value)
  return name.startsWith('insert') ? `${value.toFixed(0)} µs` : `${value.toFixed(value < 10 ? 1 : 0)} ms`
}

function table(counts: readonly number[], results: readonly Figures[]): string[] {
  const names = Object.keys(results[0] ?? {})
  const barred = counts.some((count) => count >= 1_000_000)
    ? ([
        ['bar at 100,000', 0],
        ['bar at 1,000,000', 1],
      ] as const)
    : ([['bar at 100,000', 0]] as const)
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [
    `Median of 3 to 50 runs; bodies and URLs of varied generated traffic; ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)} at the end.`,
    '',
    row([
      'measure',
      ...counts.map((count) => `${count.toLocaleString('en')} exchanges`),
      ...barred.map(([head]) => head),
    ]),
    row(['---', ...counts.map(() => '---:'), ...barred.map(() => '---')]),
    ...names.map((name) =>
      row([
        name,
        ...results.map((one) => shown(name, one[name])),
        ...barred.map(([, at]) => (bars[name]?.[at] === undefined ? '' : `≤ ${shown(name, bars[name][at])}`)),
      ]),
    ),
  ]
}

export async function run(args: readonly string[]): Promise<void> {
  if (args[0] === '--measure') {
    console.log(JSON.stringify(await measure(args[1] ?? '', Number(args[2]))))
    return
  }
  const given = args.map(Number).filter((count) => count > 0)
  const counts = given.length > 0 ? given : [10_000, 100_000, ...(args.includes('--million') ? [1_000_000] : [])]
  const results: Figures[] = []
  for (const count of counts) {
    const dataDir = mkdtempSync(join(tmpdir(), 'telltale-scale-'))
    try {
      console.error(`bench scale: building ${count.toLocaleString('en')} exchanges …`)
      const insert = build(dataDir, count)
      const file = statSync(join(dataDir, 'captures.db')).size
      console.error('bench scale: measuring …')
      const child = spawnSync(
        process.execPath,
        [join(import.meta.dirname, 'bench.ts'), 'scale', '--measure', dataDir, String(count)],
        { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
      )
      const figures: Figures = JSON.parse(child.stdout)
      results.push({ ...insert, file, ...figures })
    } finally {
      rmSync(dataDir, { recursive: true, force: true })
    }
  }
  const lines = table(counts, results)
  console.log(lines.join('\n'))
  if (!args.includes('--no-write')) writeSection(given.length > 0 ? `scale of ${counts.join(' and ')}` : 'scale', lines)
}
