// What a file format is: how it is called, how exchanges are written in it, and how they are read from it.
import type { Exchange } from '../exchange/exchange.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import type { Hash } from '../http/secrets.ts'
import type { Placed } from './evidence-place.ts'

/** What a report says about one exchange; findings of the diagnosis fit as they are. */
export type ReportedFinding = {
  readonly ruleId: string
  readonly level: 'error' | 'warning' | 'note'
  readonly primary: boolean
  readonly title: string
  readonly explanation: string
  readonly evidence: readonly (Placed & { readonly value: string })[]
  readonly quote?: { readonly text: string }
  readonly fix?: { readonly text: string }
  readonly references: readonly { readonly title: string; readonly url: string }[]
}

/** One exchange on its way out. Octets are the kept ones, with the codings that `content.codings` names still on. */
export type ExportItem = {
  readonly exchange: Exchange
  readonly request?: Uint8Array | undefined
  readonly response?: Uint8Array | undefined
  /** May be a long list that is read from the store each time it is gone through. */
  readonly messages?: Iterable<SocketMessage> | undefined
  readonly findings?: readonly ReportedFinding[] | undefined
}

/** Undoes content codings; undefined where it cannot, or where the result would be too large. */
export type DecodeContent = (octets: Uint8Array, codings: readonly string[]) => Uint8Array | undefined

export type ExportContext = {
  /** Telltale's version, for the file's own note of its maker. */
  readonly version: string
  /** True: secrets stay in. False: everything written has been redacted with `hash`. */
  readonly secrets: boolean
  readonly hash: Hash
  readonly decode: DecodeContent
}

export type ImportContext = {
  /** The session the exchanges will belong to. */
  readonly sessionId: string
  /** Name of the file, for `origin`. */
  readonly file: string
  /** A fresh id for an exchange that began at this time (ms since 1970). Ids in files are never taken over. */
  readonly nextId: (time: number) => string
  /** `sha256-` and hex. */
  readonly digest: (octets: Uint8Array) => string
  /** ms since 1970, for entries that name no time. */
  readonly now: number
  /** Octets of content kept of one message. */
  readonly maxContent: number
}

/** One exchange read, with everything the store needs to keep it. */
export type Imported = {
  readonly exchange: Exchange
  readonly contents: readonly { readonly digest: string; readonly octets: Uint8Array }[]
  readonly messages: readonly SocketMessage[]
}

/** An entry (from 0) or line that could not be read, and why, in a sentence. */
export type Skipped = { readonly entry: number; readonly reason: string }

export type ReadResult = { readonly imported: Imported } | { readonly skipped: Skipped }

/**
 * `write` hands out pieces as exchanges arrive. `read` does not throw for anything inside the file except `FileProblem`s
 * (see `file-problem.ts`): the file as a whole is not of this format, or exceeds a limit.
 */
export type Format = {
  readonly id: string
  readonly title: string
  readonly mimeType: string
  /** Without a dot. */
  readonly extension: string
  readonly write?: (items: AsyncIterable<ExportItem>, context: ExportContext) => AsyncGenerator<string | Uint8Array>
  readonly read?: (octets: AsyncIterable<Uint8Array>, context: ImportContext) => AsyncGenerator<ReadResult>
  /** How sure this format is that a file beginning with this text is its own: 0 to 1. */
  readonly recognise?: (start: string) => number
}
