// `telltale import FILE…`: HAR, NDJSON, cURL commands and Postman collections into the store, each whole or not at all.
import { createReadStream, statSync } from 'node:fs'
import { basename, resolve } from 'node:path'
import { createGunzip } from 'node:zlib'
import { findFormat, formats } from '../formats/formats.ts'
import { describeOptions, limits, type OptionName, readOptions, refusal } from '../options.ts'
import type { ImportAnswer } from './captures.ts'
import type { Command, CommandEnvironment } from './command.ts'
import { findCaptures } from './find-captures.ts'
import { createProgress } from './progress.ts'
import { shownSize } from './table.ts'
import { safeLine } from './terminal-text.ts'

const allowed: readonly OptionName[] = ['format', 'json', 'data-dir', 'help']

const readable = formats.filter((format) => format.read)

/** Reasons printed for one file. */
const mostReasons = 10

const usage = `usage: telltale import FILE… [OPTIONS]

Reads ${readable.map(({ title }) => title).join(', ')} (also gzipped;
- is standard input) into the store. What a file is, is seen by its beginning.
An entry that cannot be read is skipped with its reason; a file that cannot be
read changes nothing.

${describeOptions(allowed)}
`

/** Octets of the file; `read` is told how many left the disk, so that a compressed file has a true bar. */
async function* octetsOf(
  file: string,
  { cwd }: CommandEnvironment,
  read: (size: number) => void,
): AsyncGenerator<Uint8Array> {
  const source = file === '-' ? process.stdin : createReadStream(resolve(cwd, file))
  async function* counted(): AsyncGenerator<Uint8Array> {
    let size = 0
    for await (const piece of source) {
      size += piece.length
      read(size)
      yield piece
    }
  }
  if (!/\.gz$/i.test(file)) {
    yield* counted()
    return
  }
  const gunzip = createGunzip()
  const pump = (async () => {
    for await (const piece of counted())
      if (!gunzip.write(piece)) await new Promise((resume) => gunzip.once('drain', resume))
    gunzip.end()
  })()
  pump.catch((error: Error) => gunzip.destroy(error))
  yield* gunzip
}

function sizeOf(file: string, cwd: string): number | undefined {
  if (file === '-') return undefined
  try {
    const stat = statSync(resolve(cwd, file))
    if (stat.isDirectory()) throw refusal(`${file} is a folder.`, 2)
    if (stat.size > limits.importFile && !/\.gz$/i.test(file))
      throw refusal(`${file} is larger than ${shownSize(limits.importFile)}, the most that is taken.`)
    return stat.size
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') throw refusal(`There is no file ${file}.`)
    if (code === 'EACCES') throw refusal(`${file} cannot be read.`)
    throw error
  }
}

function report(file: string, answer: ImportAnswer, { stderr }: CommandEnvironment): void {
  const { imported, skipped } = answer
  const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
  const also = skipped.length > 0 ? `, ${plural(skipped.length, 'entry').replace('entrys', 'entries')} skipped` : ''
  stderr.write(`telltale: ${plural(imported, 'exchange')} imported from ${safeLine(file)}${also}.\n`)
  for (const { entry, reason } of skipped.slice(0, mostReasons)) stderr.write(`  entry ${entry}: ${safeLine(reason)}\n`)
  if (skipped.length > mostReasons) stderr.write(`  … and ${skipped.length - mostReasons} more\n`)
}

export const run: Command = async (args, environment) => {
  const { stdout, stderr, cwd } = environment
  const options = readOptions(args, allowed)
  if (options.flag('help')) {
    stdout.write(usage)
    return 0
  }
  const files = [...options.positionals, ...options.rest]
  if (files.length === 0) throw refusal('Say what to import: telltale import FILE…', 2)
  const format = options.text('format')
  if (format !== undefined && !findFormat(format)?.read)
    throw refusal(`--format is one of ${readable.map(({ id }) => id).join(', ')}, not ${JSON.stringify(format)}.`, 2)
  const sizes = new Map(files.map((file) => [file, sizeOf(file, cwd)]))
  const captures = await findCaptures(options, environment, true)
  if (!captures) return 1
  let status = 0
  try {
    for (const file of files) {
      const progress = createProgress(environment, `importing ${basename(file)}`, shownSize)
      const octets = octetsOf(file, environment, (size) => progress.show(size, sizes.get(file)))
      try {
        const answer = await captures.import(
          octets,
          format,
          basename(file === '-' ? 'standard input' : file.replace(/\.gz$/i, '')),
        )
        progress.clear()
        if (options.flag('json')) stdout.write(`${JSON.stringify({ file, ...answer })}\n`)
        else report(file, answer, environment)
      } catch (error) {
        progress.clear()
        // The other files may be good.
        status = 1
        stderr.write(`telltale: ${safeLine(`${file} was not imported: ${(error as Error).message}`)}\n`)
      }
    }
  } finally {
    await captures.close()
  }
  return status
}
