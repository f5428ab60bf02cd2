// `telltale export [FILTER] -o FILE`: captures as a file that others can read; secrets stay out unless asked for.
import { createWriteStream, existsSync, realpathSync, renameSync, rmSync, type Stats, statSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { findFormat, formats } from '../formats/formats.ts'
import { describeOptions, type OptionName, readOptions, refusal } from '../options.ts'
import { type Command, places } from './command.ts'
import { findCaptures } from './find-captures.ts'
import { createProgress } from './progress.ts'
import { filterOf, withTerms } from './read-filter.ts'
import { shownSize } from './table.ts'
import { safeText } from './terminal-text.ts'

const allowed: readonly OptionName[] = ['output', 'format', 'everywhere', 'with-secrets', 'json', 'data-dir', 'help']

/** What ends a command that somebody no longer waits for. */
const endings = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const writable = formats.filter((format) => format.write)

/** Names one after the other, in lines that any terminal has room for. */
function inLines(names: readonly string[]): string {
  return names.join(', ').replace(/(.{50,74},) /g, '$1\n')
}

const usage = `usage: telltale export [FILTER] -o FILE [OPTIONS]

Writes captured exchanges, oldest first. Credentials, cookies and other secrets
are replaced by placeholders (the same secret by the same one) unless
--with-secrets is given. The format is what FILE's ending says, or one of
${inLines(writable.map(({ id }) => id))}.

${describeOptions(allowed)}
`

/** By `--format`, by the file's ending, or HAR. */
function chosenFormat(name: string | undefined, file: string): string {
  if (name !== undefined) {
    if (!findFormat(name)?.write)
      throw refusal(`--format is one of ${writable.map(({ id }) => id).join(', ')}, not ${JSON.stringify(name)}.`, 2)
    return name
  }
  const lower = file.toLowerCase()
  const byEnding = writable.find(({ extension }) => lower.endsWith(`.${extension}`))
  if (byEnding) return byEnding.id
  if (/\.jsonl$/.test(lower)) return 'ndjson'
  if (file !== '-' && extname(lower) !== '' && !/\.json$/.test(lower))
    throw refusal(`No format ends in ${extname(file)}; say which with --format.`, 2)
  return 'har'
}

export const run: Command = async (args, environment) => {
  const { stdout, stderr, cwd } = environment
  const options = readOptions(withTerms(args), allowed)
  if (options.flag('help')) {
    stdout.write(usage)
    return 0
  }
  const output = options.text('output')
  if (output === undefined || output === '')
    throw refusal('Say where to: telltale export [FILTER] -o FILE, or -o - for standard output.', 2)
  const format = chosenFormat(options.text('format'), output)
  const filter = filterOf(options)
  const file = resolve(cwd, output)
  if (output !== '-' && statSync(file, { throwIfNoEntry: false })?.isDirectory())
    throw refusal(`${output} is a folder: say which file in it.`)
  const captures = await findCaptures(options, environment)
  if (!captures) throw refusal(`Nothing has been captured in ${places(options, environment).dataDir} yet.`)
  const progress = createProgress(environment, 'exporting', (done) => `${done} exchange${done === 1 ? '' : 's'}`)
  let size = 0
  const secrets = options.flag('with-secrets')
  try {
    const count = await captures.count(filter)
    const exported = await captures.export(format, filter, secrets)
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const piece of exported.pieces) {
        const octets = typeof piece === 'string' ? Buffer.from(piece) : piece
        size += octets.length
        const { done, total } = exported.progress()
        progress.show(done, total === 0 ? count : total, shownSize(size))
        yield octets
      }
    }
    if (output === '-') {
      await pipeline(stdout.isTTY ? harmless(counted()) : counted(), stdout, { end: false })
      return 0
    }
    try {
      const device = deviceAt(file)
      if (device) await pipeline(device.isCharacterDevice() ? harmless(counted()) : counted(), createWriteStream(file))
      else await writeWhole(counted(), existsSync(file) ? realpathSync(file) : file)
    } catch (error) {
      throw writeRefusal(error, output)
    }
    progress.clear()
    if (options.flag('json'))
      stdout.write(`${JSON.stringify({ file, format, exchanges: count, octets: size, secrets })}\n`)
    else
      stderr.write(
        `telltale: ${count} exchange${count === 1 ? '' : 's'} written to ${basename(file)} (${shownSize(size)}${secrets ? ', with secrets' : ''}).\n`,
      )
    return 0
  } finally {
    progress.clear()
    await captures.close()
  }
}

/** A file on a screen: what is captured must not steer the terminal (A04). */
async function* harmless(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const piece of pieces) yield safeText(decoder.decode(piece, { stream: true }))
  yield safeText(decoder.decode())
}

/** A pipe, a terminal, /dev/stdout: written to, never replaced. */
function deviceAt(file: string): Stats | undefined {
  const stat = statSync(file, { throwIfNoEntry: false })
  return stat?.isFile() ? undefined : stat
}

/** Whole or not at all: a file half written would be taken for an export. `file` is no link: that would be replaced. */
async function writeWhole(pieces: AsyncIterable<Uint8Array>, file: string): Promise<void> {
  const draft = `${file}.${process.pid}.part`
  const remove = () => rmSync(draft, { force: true })
  const stop = (signal: NodeJS.Signals): void => {
    remove()
    process.kill(process.pid, signal)
  }
  for (const signal of endings) process.once(signal, stop)
  try {
    await pipeline(pieces, createWriteStream(draft, { mode: 0o600, flags: 'wx' }))
    renameSync(draft, file)
  } catch (error) {
    remove()
    throw error
  } finally {
    for (const signal of endings) process.off(signal, stop)
  }
}

function writeRefusal(error: unknown, output: string): unknown {
  const { code } = error as NodeJS.ErrnoException
  const why = {
    ENOENT: 'its folder does not exist',
    EACCES: 'it cannot be written',
    EISDIR: 'it is a folder',
    ENOTDIR: 'a file stands in the place of its folder',
    ENOSPC: 'the disk is full',
    EROFS: 'it cannot be written',
  }[code ?? '']
  return why === undefined ? error : refusal(`${output} cannot be written: ${why}.`)
}
