// Plays one conformance case against the wire: what it does to the end that erred, to the other end, and what it records.
import type { Test } from 'tap'
import { type Frame, frameTypes, ok200, request } from '../support/http2-frames.ts'
import { goawayCode, type Peer, ping } from '../support/http2-peer.ts'
import type { WireHouse } from '../support/wire-house.ts'
import { codes, type FrameCase, type FrameStep, type Reaction } from './frames-case.ts'
import { openClient, startFrameOrigin, until, type Way, within } from './frames-house.ts'

const patientMs = 8000
let count = 0
/** How a record says that an origin erred. */
const right = /^(HTTP2_|UPSTREAM_CLOSED|RESPONSE_CUT)/
const framesOf = (peer: Peer, type: number): Frame[] =>
  peer.heard.flatMap((one) => (one.what === 'frame' && one.frame.type === type ? [one.frame] : []))
const resetOf = (peer: Peer, stream: number): number | undefined =>
  framesOf(peer, frameTypes.rstStream)
    .find((frame) => frame.stream === stream)
    ?.payload.readUInt32BE(0)
/** The error a peer was told with GOAWAY; an announcement is none. */
const errorOf = (peer: Peer): number | undefined => framesOf(peer, frameTypes.goaway).map(goawayCode).find(Boolean)
const named = (code: number | undefined): string =>
  Object.entries(codes).find(([, value]) => value === code)?.[0] ?? `code ${code}`

async function act(peer: Peer, steps: readonly FrameStep[]): Promise<void> {
  for (const step of steps)
    if (Buffer.isBuffer(step)) peer.send(step)
    else await within(step(peer), patientMs)
}

const lastPing = 'stands..'
const pinged = (peer: Peer): boolean =>
  framesOf(peer, frameTypes.ping).some(({ flags, payload }) => flags === 1 && String(payload) === lastPing)

/** Waits for the reaction, and tells it as text: `connection CODE`, `stream CODE`, `fine`, or what came instead. */
async function reactionOf(peer: Peer, react: Reaction, isDone: () => boolean): Promise<string> {
  const stream = 'stream' in react ? react.stream : 0
  if (react.kind === 'either') peer.send(ping(lastPing))
  const isFine = (): boolean => (react.kind === 'fine' && isDone()) || (react.kind === 'either' && pinged(peer))
  const isReset = (): boolean => react.kind !== 'connection' && resetOf(peer, stream) !== undefined
  await until(() => peer.closed || errorOf(peer) !== undefined || isReset() || isFine(), patientMs)
  if (errorOf(peer) !== undefined || (peer.closed && !isFine())) {
    await within(peer.gone, patientMs)
    return peer.closed
      ? `connection ${named(errorOf(peer))}`
      : `GOAWAY ${named(errorOf(peer))}, and the connection stands`
  }
  if (isReset()) return `stream ${named(resetOf(peer, stream))}`
  return isFine() ? 'fine' : 'nothing'
}

function allowed(react: Reaction): RegExp {
  const right = 'codes' in react ? react.codes.join('|') : ''
  if (react.kind === 'fine') return /^fine$/
  if (react.kind === 'connection') return new RegExp(`^connection (${right})$`)
  if (react.kind === 'stream') return new RegExp(`^(connection|stream) (${right})$`)
  return new RegExp(`^(fine|(connection|stream) (${right}))$`)
}

/** Answers each request as the case wants it. */
async function serve(peer: Peer, how: NonNullable<FrameCase['origin']>): Promise<void> {
  for (const seen = new Set<number>(); ; ) {
    const stream = await peer.find((one) => (one.what === 'head' && !seen.has(one.stream) ? one.stream : undefined))
    if (stream === undefined) return
    seen.add(stream)
    if (how === 'begins') peer.send(ok200(stream))
    if (how === 'answers') void peer.content(stream).then((content) => content && peer.send(ok200(stream, true)))
  }
}

/** The client errs, or does what is unusual. */
export async function fromClient(t: Test, house: WireHouse, one: FrameCase, way: Way): Promise<void> {
  const { react, passes, leaves } = one
  const origin = await startFrameOrigin((peer) => serve(peer, one.origin ?? 'answers'), { tls: way === 'tls' })
  const client = await openClient(house, way, origin.port, { bare: one.bare === true })
  await act(client, one.steps)
  const stream = 'stream' in react ? react.stream : 0
  const seen = await reactionOf(client, react, () => client.ended(stream))
  t.match(seen, allowed(react), `the reaction: ${seen}`)
  if (seen === 'fine' && react.kind === 'fine') t.equal((await client.head(stream))?.fields[0], ':status: 200')
  if (/^(stream|fine)/.test(seen)) {
    client.send(ping(lastPing))
    if (!leaves) t.ok(await until(() => pinged(client), patientMs), 'the connection stands')
  } else
    t.ok(await until(() => origin.peers.every((peer) => peer.closed), patientMs), 'what led to the origin ends with it')
  const isWhole = (peer: Peer): boolean => peer.heard.some((heard) => peer.ended(heard.stream))
  if (seen !== 'fine' && !passes) t.notOk(origin.peers.some(isWhole), 'no request reaches the origin in full')
  t.same(client.faults, [], 'all that the client got is right')
  t.same(
    origin.peers.flatMap(({ faults }) => faults),
    [],
    'all that the origin got is right',
  )
  client.raw.destroy()
  await origin.close()
}

/** The origin does, once it has a request. */
export async function fromOrigin(t: Test, house: WireHouse, one: FrameCase, way: Way): Promise<void> {
  const path = `/frames/${++count}`
  let reached: (peer: Peer) => void = () => {}
  const first = new Promise<Peer>((resolve) => {
    reached = resolve
  })
  const origin = await startFrameOrigin(
    async (peer) => {
      if (!(await peer.head(1))) return
      await act(peer, one.steps)
      reached(peer)
    },
    { tls: way === 'tls', bare: one.bare === true },
  )
  const client = await openClient(house, way, origin.port)
  client.send(request(1, origin.host, path))
  const peer = await within(first)
  if (!peer) throw new Error('the origin was never reached')
  const isDone = (): boolean => client.ended(1)
  const seen = await reactionOf(peer, one.react, isDone)
  t.match(seen, allowed(one.react), `the reaction: ${seen}`)
  t.ok(await until(() => client.closed || isDone() || resetOf(client, 1) !== undefined, patientMs), 'the client knows')
  const told = await house
    .find(({ request: { target }, outcome }) => target === path && /complete|failed/.test(outcome.state), patientMs)
    .then(
      ({ outcome }) => (outcome.state === 'failed' ? outcome.failure.code : outcome.state),
      () => 'nothing',
    )
  if (one.react.kind === 'either') t.ok(told === 'complete' || right.test(told), `recorded: ${told}`)
  else if (seen === 'fine') t.equal(told, 'complete')
  else {
    const answer = client.heard.findLast((heard) => heard.what === 'head')
    const status = answer?.what === 'head' ? answer.head.fields[0] : undefined
    t.notOk(isDone() && status !== ':status: 502', `the client never gets a clean end: ${status}`)
    t.match(told, right, `recorded: ${told}`)
  }
  t.same(client.faults, [], 'all that the client got is right')
  t.same(peer.faults, [], 'all that the origin got is right')
  client.raw.destroy()
  await origin.close()
}
