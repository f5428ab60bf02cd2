// Sends so many requests a second through a proxy to an origin of its own, in a thread of its own; tells how many it made.
import { Agent, createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

type Plan = { readonly proxy: string; readonly perSecond: number; readonly seconds: number }
const { proxy, perSecond, seconds } = workerData as Plan

/** Requests are sent in small groups this often, ms. */
const beat = 20

const origin = createServer((incoming, response) => {
  incoming.resume()
  response.setHeader('content-type', 'application/json')
  response.end('{"ok":true}')
})
await new Promise<void>((done) => origin.listen(0, '127.0.0.1', done))
const { port } = origin.address() as AddressInfo
const { hostname, port: proxyPort } = new URL(proxy)
const agent = new Agent({ keepAlive: true, maxSockets: 64 })
let answered = 0
let sent = 0

function send(): void {
  const path = `http://127.0.0.1:${port}/v1/orders/${sent}?attempt=${sent % 3}`
  sent += 1
  request({ host: hostname, port: proxyPort, path, agent, headers: { host: `127.0.0.1:${port}` } }, (response) => {
    response.resume()
    response.on('end', () => {
      answered += 1
    })
  })
    .on('error', () => undefined)
    .end()
}

const begun = performance.now()
const timer = setInterval(() => {
  const elapsed = performance.now() - begun
  const due = Math.min(perSecond * seconds, Math.floor((elapsed / 1000) * perSecond))
  while (sent < due) send()
  if (elapsed < seconds * 1000 + 500) return
  clearInterval(timer)
  parentPort?.postMessage({ sent, answered })
  agent.destroy()
  origin.close()
  origin.closeAllConnections()
}, beat)
