// What the proxy costs, beside a bare Node proxy, http-mitm-proxy and mockttp in one interleaved run on loopback.
import { availableParallelism, cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { startLoad, startOrigin } from './peers/contestants.ts'
import { measureRow } from './peers/measure.ts'
import { overheadRows } from './peers/overhead-rows.ts'
import { judge, rowLines, tableHead } from './peers/overhead-table.ts'
import { writeSection } from './write-section.ts'

const usage = `usage: npm run bench -- overhead [--quick] [--rows ${overheadRows.map((row) => row.name).join(',')}] [--rounds N]`

function chosen(text: string | undefined): typeof overheadRows {
  if (text === undefined) return overheadRows
  const names = text.split(',')
  const unknown = names.find((name) => !overheadRows.some((row) => row.name === name))
  if (unknown !== undefined) throw new Error(`There is no row "${unknown}". ${usage}`)
  return overheadRows.filter((row) => names.includes(row.name))
}

export async function run(args: string[]): Promise<void> {
  const { values } = parseArgs({
    args,
    options: { quick: { type: 'boolean' }, rows: { type: 'string' }, rounds: { type: 'string' } },
  })
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds)
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0 && rounds <= 100)) throw new Error(usage)
  const rows = chosen(values.rows)
  const quick = values.quick === true
  const lines: string[] = []
  const missed: string[] = []
  const [load1 = 0] = loadavg()
  const origin = await startOrigin()
  const load = await startLoad()
  try {
    console.log(tableHead.join('\n'))
    for (const row of rows) {
      const measurement = await measureRow(row, origin, load, { quick, rounds })
      const made = rowLines(row, measurement)
      console.log(made.join('\n'))
      lines.push(...made)
      for (const bar of row.bars) {
        const verdict = judge(bar, measurement)
        if (!verdict.met) missed.push(`${row.title} (${bar.measure} ${verdict.text})`)
      }
    }
  } finally {
    await load.stop()
    await origin.stop()
  }
  const verdict = missed.length === 0 ? 'Every bar is met.' : `Bars not met: ${missed.join('; ')}.`
  console.log(`\n${verdict}`)
  // Part of the rows, or fewer requests, is for a look; the file keeps whole runs.
  if (quick || values.rows !== undefined) return
  const model = cpus()[0]?.model ?? 'unknown processor'
  writeSection('overhead', [
    `Measured ${new Date().toISOString().slice(0, 10)} with Node ${process.version} on ${availableParallelism()} cores (${model}); client, proxy and origin share them. Load before: ${load1.toFixed(1)}.`,
    'Medians of interleaved rounds, each contestant in a process of its own, fresh for every row and warmed up. CPU is that of the proxy process, all threads,',
    'work done after the last answer included; what the first 20,000 requests cost, while V8 compiles, has a line of its own. In brackets: the ratio to the bare proxy, which records nothing. Compare within one run only.',
    'Telltale runs as a user starts it, recording and diagnosing; mockttp keeps the events it is subscribed to; http-mitm-proxy and the bare proxy record nothing.',
    '',
    ...tableHead,
    ...lines,
    '',
    verdict,
  ])
}
