// What the store did not take before the end: one file in the data directory, taken into the store at the next start.
import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { toRow } from '../api/row.ts'
import type { Exchange, ExchangeId } from '../exchange/exchange.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import { isStoreFull, isStoreHeld } from '../store/database.ts'
import type { Batch, Entry, Store } from '../store/store.ts'
import type { Piece } from './backlog.ts'
import type { Left } from './recorder.ts'

export type Unwritten = {
  /** Made whole or not at all, in the place of an earlier one. Answers a sentence for the terminal if anything is left. */
  keep(left: Left): string | undefined
  /** One transaction, then the file goes; one that is broken is moved aside. `ids` have not been diagnosed. */
  takeIn(store: Store): { readonly ids: readonly ExchangeId[]; readonly notice?: string }
}

/** One a line, JSON; the last says how many came before it. */
type Line =
  | { readonly content: string; readonly octets: string }
  | { readonly exchange: Exchange }
  | { readonly message: SocketMessage }
  | { readonly lines: number }

const octetsOfWrite = 1024 * 1024

/** `hash` gives hex SHA-256; `now` ms since 1970. */
export function openUnwritten(
  dataDir: string,
  hash: (octets: Uint8Array) => string,
  now: () => number = Date.now,
): Unwritten {
  const file = join(dataDir, 'unwritten')
  const draft = `${file}.new`

  function write({ exchanges, contents, messages }: Piece): void {
    const fd = openSync(draft, 'w', 0o600)
    let lines = 0
    let text = ''
    const out = (line: Line): void => {
      lines += 1
      text += `${JSON.stringify(line)}\n`
      if (text.length < octetsOfWrite) return
      writeAll(fd, text)
      text = ''
    }
    try {
      for (const { digest, octets } of contents) out({ content: digest, octets: base64(octets) })
      for (const exchange of exchanges) out({ exchange })
      for (const message of messages) out({ message })
      out({ lines })
      writeAll(fd, text)
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
    renameSync(draft, file)
  }

  /** What can be read of it. */
  function read(): { readonly batch: Batch; readonly whole: boolean } {
    const contents: Batch['contents'][number][] = []
    const entries: Entry[] = []
    const messages: SocketMessage[] = []
    let lines = 0
    let isBroken = false
    let isEnded = false
    for (const text of linesOf(readFileSync(file))) {
      try {
        const line: Line = JSON.parse(text)
        if ('lines' in line) isEnded = line.lines === lines
        else if ('exchange' in line)
          entries.push({ exchange: line.exchange, findings: [], row: toRow(line.exchange, []) })
        else if ('message' in line) messages.push(line.message)
        else {
          const octets = Buffer.from(line.octets, 'base64')
          if (line.content === `sha256-${hash(octets)}`) contents.push({ digest: line.content, octets })
          else isBroken = true
        }
      } catch {
        isBroken = true
      }
      lines += 1
    }
    return { batch: { contents, entries, messages }, whole: isEnded && !isBroken }
  }

  function moveAside(): string {
    const date = new Date(now()).toISOString().slice(0, 19).replaceAll(':', '-')
    let aside = `${file}.corrupt-${date}`
    for (let i = 2; existsSync(aside); i++) aside = `${file}.corrupt-${date}-${i}`
    renameSync(file, aside)
    return basename(aside)
  }

  return {
    keep(left) {
      let count = 0
      let why = ''
      // Heads alone need less room.
      for (const octets of [undefined, 0])
        try {
          const piece = left(octets)
          // An import that was cut off is taken whole another time, or not at all.
          const exchanges = piece.exchanges.filter(({ origin }) => origin.by !== 'import')
          count = exchanges.length
          if (count === 0) return undefined
          write({ ...piece, exchanges })
          const without = octets === 0 ? ' without their contents' : ''
          return `${counted(count)} the store did not take ${wait(count)} in ${file}${without}, for the next start.`
        } catch (error) {
          const { code, message } = error as NodeJS.ErrnoException
          why = code === 'ENOSPC' ? 'the disk is full' : message
          rmSync(draft, { force: true })
        }
      return `${counted(count)} could not be kept and ${count === 1 ? 'is' : 'are'} lost: ${why}.`
    },
    takeIn(store) {
      rmSync(draft, { force: true })
      if (!lstatSync(file, { throwIfNoEntry: false })) return { ids: [] }
      let ids: readonly ExchangeId[] = []
      let isWhole = false
      try {
        const { batch, whole } = read()
        if (batch.entries.length > 0) store.write(batch)
        ids = batch.entries.map(({ exchange }) => exchange.id)
        isWhole = whole
      } catch (error) {
        if (isStoreFull(error) || isStoreHeld(error))
          return { ids, notice: `What waits in ${file} waits for another start: ${error.message}` }
      }
      const taken = `${counted(ids.length)} that the last end left in ${basename(file)} ${ids.length === 1 ? 'is' : 'are'} in the store now`
      if (!isWhole) return { ids, notice: `${taken}; the file is broken and was moved to ${moveAside()}.` }
      rmSync(file)
      return { ids, notice: `${taken}.` }
    },
  }
}

const counted = (count: number) => `${count} exchange${count === 1 ? '' : 's'}`
const wait = (count: number) => (count === 1 ? 'waits' : 'wait')
const base64 = ({ buffer, byteOffset, length }: Uint8Array) =>
  Buffer.from(buffer, byteOffset, length).toString('base64')

function* linesOf(octets: Buffer): Generator<string> {
  for (let from = 0; from < octets.length; ) {
    const end = octets.indexOf(0x0a, from)
    const to = end < 0 ? octets.length : end
    yield octets.toString('utf8', from, to)
    from = to + 1
  }
}

function writeAll(fd: number, text: string): void {
  const octets = Buffer.from(text)
  for (let from = 0; from < octets.length; ) from += writeSync(fd, octets, from)
}
