// mockttp as a process of its own, passing everything through and keeping what it is told of requests, responses and messages.
import { readFileSync } from 'node:fs'
import { generateCACertificate, getLocal } from 'mockttp'

const [, , , caFile = ''] = process.argv
const server = getLocal({ https: await generateCACertificate(), http2: true, recordTraffic: false })
await server.start()
const trust = { additionalTrustedCAs: [{ cert: readFileSync(caFile, 'utf8') }] }
await server.forAnyRequest().thenPassThrough(trust)
await server.forAnyWebSocket().thenPassThrough(trust)
const kept: unknown[] = []
const keep = (value: unknown): void => void kept.push(value)
await server.on('request', keep)
await server.on('response', keep)
await server.on('websocket-message-received', keep)
await server.on('websocket-message-sent', keep)
process.send?.({ port: server.port })
process.on('disconnect', () => process.exit())
