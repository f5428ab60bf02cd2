// Sends many exchanges through a running Telltale and watches its memory: `npm run bench -- soak [COUNT] [--one] [--minutes N] [--no-write]`.
import { readFileSync } from 'node:fs'
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Status } from '../src/api/contract.ts'
import { startTelltale } from '../test/support/telltale.ts'
import { writeSection } from './write-section.ts'

/** Connections at once, exchanges between two looks at the memory, octets of an answer at most. */
const connections = 16
const looksEvery = 5_000
const largest = 4_000
/** MiB in all, and MiB of growth per 10,000 exchanges once the store's limits are reached. */
const bars = { memory: 250, slope: 1 }

const memoryOf = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024

/** Least squares: MiB per exchange. */
function slopeOf(points: readonly (readonly [count: number, memory: number])[]): number {
  const mean = (index: 0 | 1) => points.reduce((sum, point) => sum + point[index], 0) / points.length
  const [x, y] = [mean(0), mean(1)]
  const above = points.reduce((sum, [count, memory]) => sum + (count - x) * (memory - y), 0)
  const below = points.reduce((sum, [count]) => sum + (count - x) ** 2, 0)
  return below === 0 ? 0 : above / below
}

function startOrigin() {
  const server = createServer((asked, response) => {
    asked.resume()
    const n = Number(/\d+$/.exec(asked.url ?? '')?.[0] ?? 0)
    const status = n % 50 === 0 ? 404 : n % 97 === 0 ? 500 : 200
    const body = JSON.stringify({ n, message: status === 200 ? 'fine' : 'not here', text: 'x'.repeat(n % largest) })
    response.writeHead(status, { 'Content-Type': 'application/json', 'X-Request-Id': `r-${n}` })
    response.end(body)
  })
  return new Promise<{ host: string; close(): void }>((done) =>
    server.listen(0, '127.0.0.1', () => {
      const host = `127.0.0.1:${(server.address() as AddressInfo).port}`
      done({ host, close: () => void server.close() })
    }),
  )
}

export async function run(args: readonly string[]): Promise<void> {
  const count = Number(args.find((arg, i) => /^\d+$/.test(arg) && args[i - 1] !== '--minutes') ?? 200_000)
  const width = args.includes('--one') ? 1 : connections
  // Spread evenly over that time; as fast as they go where none is given.
  const minutes = args.includes('--minutes') ? Number(args[args.indexOf('--minutes') + 1]) : 0
  const origin = await startOrigin()
  // Limits that are reached early: afterwards everything that comes makes something go.
  const limit = Math.max(1_000, Math.floor(count / 10))
  const product = await startTelltale({ args: ['--max-exchanges', String(limit)], built: true })
  const { hostname, port } = new URL(product.proxy)
  const agent = new Agent({ keepAlive: true, maxSockets: width })
  let sent = 0
  let failed = 0
  const one = () =>
    new Promise<void>((done) => {
      sent += 1
      const path = `http://${origin.host}/v1/things/${sent % 40}/parts/${sent}`
      const headers = { Host: origin.host, Authorization: `Bearer token-${sent % 7}` }
      const asked = request({ hostname, port, path, headers, agent }, (response) => {
        response.resume()
        response.once('end', done)
      })
      asked.once('error', () => {
        failed += 1
        done()
      })
      asked.end()
    })
  const points: [number, number][] = []
  const begun = performance.now()
  const look = () => {
    points.push([sent, memoryOf(product.pid)])
    console.error(`bench soak: ${sent.toLocaleString('en')} sent, ${points.at(-1)?.[1].toFixed(0)} MiB`)
  }
  await Promise.all(
    Array.from({ length: width }, async () => {
      while (sent < count) {
        await one()
        const early = begun + (sent / count) * minutes * 60_000 - performance.now()
        if (early > 0) await new Promise((resolve) => setTimeout(resolve, early))
        if (sent % looksEvery === 0) look()
      }
    }),
  )
  const seconds = (performance.now() - begun) / 1000
  // What is still on its way into the store.
  await new Promise((resolve) => setTimeout(resolve, 3_000))
  look()
  const { exchanges, missed, shed } = (await product.call('GET', '/api/status')).answer as Status
  await product.stop()
  origin.close()
  const steady = points.filter(([at]) => at >= 2 * limit)
  const slope = slopeOf(steady.length > 2 ? steady : points) * 10_000
  const last = points.at(-1)?.[1] ?? 0
  const peak = Math.max(...points.map(([, memory]) => memory))
  const lines = [
    `${count.toLocaleString('en')} exchanges over ${width} kept connection${width === 1 ? '' : 's'} in ${seconds.toFixed(0)} s; ${limit.toLocaleString('en')} are kept.`,
    '',
    '| measure (bar) | result |',
    '|---|---|',
    `| memory of the process at the end (< ${bars.memory} MiB) | ${last.toFixed(0)} MiB, ${peak.toFixed(0)} at most |`,
    `| growth per 10,000 exchanges, once as many are kept as may be (< ${bars.slope} MiB) | ${slope.toFixed(2)} MiB |`,
    `| requests that failed; exchanges in the store; missed; contents shed | ${failed}; ${exchanges.toLocaleString('en')}; ${missed}; ${shed} |`,
  ]
  console.log(lines.join('\n'))
  const what = `soak${width === 1 ? ' over one connection' : ''}${minutes > 0 ? ` in ${minutes} minutes` : ''}`
  if (!args.includes('--no-write')) writeSection(what, lines)
}
