// Sends one message through the wire as frames, and compares what comes out, and what is recorded, with what went in.
import type { Test } from 'tap'
import type { Exchange } from '../../src/exchange/exchange.ts'
import type { FieldLine } from '../../src/exchange/message.ts'
import { literal } from '../support/hpack.ts'
import { ok200 } from '../support/http2-frames.ts'
import type { Head, Peer } from '../support/http2-peer.ts'
import type { WireHouse } from '../support/wire-house.ts'
import { data, head } from './frames-case.ts'
import { kindOfLine, type Lines, type Message, textOfLine } from './frames-fidelity-cases.ts'
import { openClient, startFrameOrigin, until, type Way, within } from './frames-house.ts'

let count = 0
const blockOf = (lines: Lines): Buffer =>
  Buffer.concat(
    lines.map((line) => {
      const [, name = '', value = ''] = /^(:?[^:]*): ([\s\S]*)$/.exec(textOfLine(line)) ?? []
      return literal(kindOfLine(line), name, value)
    }),
  )

function framesOf(first: Lines, { interim = [], content, trailers }: Message): Buffer {
  const isAll = content === undefined && trailers === undefined
  const frames = [...interim.map((lines) => head(1, blockOf(lines), false)), head(1, blockOf(first), isAll)]
  const parts = content ?? []
  parts.forEach((part, i) => {
    frames.push(data(1, part, i === parts.length - 1 && !trailers))
  })
  if (trailers) frames.push(head(1, blockOf(trailers), true))
  return Buffer.concat(frames)
}

function headsOf(peer: Peer): Head[] {
  return peer.heard.flatMap((one) => (one.what === 'head' && one.stream === 1 ? [one.head] : []))
}
const endsWithHead = (peer: Peer): boolean => peer.heard.some((one) => one.what === 'head' && one.head.end)
const recordedLines = (lines: readonly FieldLine[]): string[] => lines.map(({ name, value }) => `${name}: ${value}`)
const plain = (lines: Lines): string[] => lines.map(textOfLine).filter((line) => !line.startsWith(':'))

function compare(t: Test, peer: Peer, first: Lines, { interim = [], content, trailers }: Message): void {
  const came = headsOf(peer)
  const due = [...interim, first, ...(trailers ? [trailers] : [])]
  t.same(
    came.map(({ fields }) => fields),
    due.map((lines) => lines.map(textOfLine)),
    'heads and trailers',
  )
  // More of them may be kept out of tables, never fewer (RFC 7541 §6.2.3).
  const lost = due.flatMap((lines, i) =>
    lines.filter((line, j) => line.startsWith('never ') && came[i]?.kinds[j] !== 'never'),
  )
  t.same(lost, [], 'what must never be indexed is not')
  t.equal(peer.data(1).toString('latin1'), (content ?? []).join(''), 'the content')
  t.equal(endsWithHead(peer), content === undefined || trailers !== undefined, 'END_STREAM stands where it stood')
}

export async function relayRequest(t: Test, house: WireHouse, message: Message, way: Way): Promise<void> {
  const mark = `fidelity-${++count}`
  const origin = await startFrameOrigin(
    async (peer) => {
      if (await peer.content(1)) peer.send(ok200(1, true))
    },
    { tls: way === 'tls' },
  )
  const client = await openClient(house, way, origin.port)
  const { method = 'GET', path = `/${mark}` } = message
  const scheme = way === 'tls' ? 'https' : 'http'
  const first = [`:method: ${method}`, `:scheme: ${scheme}`, `:authority: ${origin.host}`, `:path: ${path}`]
  const fields = [...(message.fields ?? []), `x-mark: ${mark}`]
  client.send(framesOf([...first, ...fields], message))
  t.ok(await within(client.content(1)), 'it is answered')
  t.equal(client.closed, false)
  const [peer] = origin.peers
  if (peer) compare(t, peer, [...first, ...fields], message)
  const found = await house.find((one) => isMarked(one, mark) && one.outcome.state === 'complete')
  const { request } = found
  t.same(
    [request.method, request.target, request.url],
    [method, path, path === '*' ? request.url : `${scheme}://${origin.host}${path}`],
  )
  t.same(recordedLines(request.headers), plain(fields), 'the record of its head')
  t.same(recordedLines(request.trailers), plain(message.trailers ?? []), 'the record of its trailers')
  t.equal(house.content(found.id, 'request').toString('latin1'), (message.content ?? []).join(''), 'of its content')
  t.same([client.faults, peer?.faults], [[], []])
  client.raw.destroy()
  await origin.close()
}

const isMarked = ({ request: { headers } }: Exchange, mark: string): boolean =>
  headers.some(({ name, value }) => name === 'x-mark' && value === mark)

export async function relayAnswer(t: Test, house: WireHouse, message: Message, way: Way): Promise<void> {
  const mark = `fidelity-${++count}`
  const first = [`:status: ${message.status ?? '200'}`, ...(message.fields ?? [])]
  const isEarly = message.name.includes('before the request is complete')
  const origin = await startFrameOrigin(
    async (peer) => {
      await peer.head(1)
      peer.send(framesOf(first, message))
    },
    { tls: way === 'tls' },
  )
  const client = await openClient(house, way, origin.port)
  const scheme = way === 'tls' ? 'https' : 'http'
  const asked = [`:method: ${isEarly ? 'POST' : 'GET'}`, `:scheme: ${scheme}`, `:authority: ${origin.host}`, ':path: /']
  client.send(head(1, blockOf([...asked, `x-mark: ${mark}`]), !isEarly))
  t.ok(await until(() => client.ended(1)), 'it is answered')
  compare(t, client, first, message)
  if (isEarly) client.send(data(1, 'late', true))
  const found = await house.find((one) => isMarked(one, mark) && one.outcome.state === 'complete')
  const response = found.outcome.state === 'complete' ? found.outcome.response : undefined
  t.equal(String(response?.status), message.status ?? '200')
  t.same(recordedLines(response?.headers ?? []), plain(first), 'the record of its head')
  t.same(recordedLines(response?.trailers ?? []), plain(message.trailers ?? []), 'the record of its trailers')
  t.same(
    response?.interim.map(({ status, headers }) => [`:status: ${status}`, ...recordedLines(headers)]),
    message.interim ?? [],
    'the record of interim answers',
  )
  t.equal(house.content(found.id, 'response').toString('latin1'), (message.content ?? []).join(''), 'of its content')
  t.same([client.faults, origin.peers[0]?.faults], [[], []])
  client.raw.destroy()
  await origin.close()
}
