// A connection of ours in a test: its events as a list, its octets over a stream or in hand.
import type { Duplex } from 'node:stream'
import { Http2Connection } from '../../src/http2/connection.ts'
import type { IncomingHead } from '../../src/http2/handler.ts'
import type { Settings } from '../../src/http2/settings.ts'
import type { Http2Stream } from '../../src/http2/stream.ts'

export type Told =
  | { readonly what: 'head'; readonly stream: Http2Stream<string>; readonly head: IncomingHead }
  | { readonly what: 'data'; readonly stream: Http2Stream<string>; readonly octets: Buffer; readonly ended: boolean }
  | { readonly what: 'trailers'; readonly stream: Http2Stream<string>; readonly fields: readonly string[] }
  | { readonly what: 'closed'; readonly stream: Http2Stream<string>; readonly by: string; readonly code: number }
  | { readonly what: 'malformed'; readonly code: number; readonly why: string }
  | { readonly what: 'fault'; readonly code: number; readonly why: string }
  | { readonly what: 'goaway'; readonly code: number; readonly lastStream: number; readonly data: string }
  | { readonly what: 'settings'; readonly settings: Settings }
  | { readonly what: 'sent'; readonly octets: number }
  | { readonly what: 'left' }
  | { readonly what: 'idle' }

export type Spoken = {
  readonly connection: Http2Connection<string>
  readonly told: Told[]
  /** Everything written so far, taken away. */
  written(): Buffer
}

export type SpokenOptions = {
  readonly serves: boolean
  readonly settings?: Settings
  readonly stream?: number
  readonly concurrent?: number
  readonly clock?: () => number
  /** What comes is used up at once unless this says no. */
  readonly uses?: boolean
  readonly react?: (told: Told, connection: Http2Connection<string>) => void
  readonly over?: Duplex
}

export function speak(options: SpokenOptions): Spoken {
  const { serves, settings = {}, stream: window = 65_535, uses = true, react, over } = options
  const told: Told[] = []
  const out: Uint8Array[] = []
  const tell = (one: Told): void => {
    told.push(one)
    react?.(one, connection)
  }
  const connection: Http2Connection<string> = new Http2Connection<string>(
    {
      serves,
      settings: { initialWindowSize: window, ...settings },
      windows: { stream: window, connection: 1024 * 1024, held: 4 * 1024 * 1024 },
      headOctets: 512 * 1024,
      concurrent: options.concurrent ?? 100,
      clock: options.clock ?? (() => 0),
      write: (octets) => {
        if (!over) out.push(...octets.map((part) => Uint8Array.from(part)))
        else for (const part of octets) over.write(part)
        return !over?.writableNeedDrain
      },
      wake: () => queueMicrotask(() => connection.flush()),
    },
    {
      onHead: (stream, head) => tell({ what: 'head', stream, head }),
      onMalformed: (_fields, { code, why }) => tell({ what: 'malformed', code, why }),
      onData(stream, octets, ended) {
        if (uses) connection.use(stream, octets.length)
        tell({ what: 'data', stream, octets: Buffer.from(octets), ended })
      },
      onTrailers: (stream, { fields }) => tell({ what: 'trailers', stream, fields }),
      onSent: (_stream, octets) => tell({ what: 'sent', octets }),
      onOursEnded: () => tell({ what: 'left' }),
      onClosed: (stream, end) => tell({ what: 'closed', stream, by: end.by, code: 'code' in end ? end.code : -1 }),
      onSettings: (settings) => tell({ what: 'settings', settings }),
      onGoaway: ({ code, lastStream, data }) =>
        tell({ what: 'goaway', code, lastStream, data: Buffer.from(data ?? []).toString() }),
      onIdle: () => tell({ what: 'idle' }),
      onFault: ({ code, why }) => tell({ what: 'fault', code, why }),
    },
  )
  over?.on('data', (chunk: Buffer) => connection.receive(chunk))
  over?.on('drain', () => connection.drained())
  over?.once('close', () => connection.closed())
  return {
    connection,
    told,
    written() {
      connection.flush()
      return Buffer.concat(out.splice(0))
    },
  }
}

export const of = <W extends Told['what']>(told: readonly Told[], what: W): Extract<Told, { what: W }>[] =>
  told.filter((one): one is Extract<Told, { what: W }> => one.what === what)
