// cURL in the list of formats: a shell script of requests out, and in.

import { toCurl } from './curl.ts'
import { fileProblem } from './file-problem.ts'
import type { ExportItem, Format, ImportContext, ReadResult } from './format.ts'
import { curlCommands } from './from-curl.ts'
import { composedImport } from './imported-request.ts'
import { textPieces } from './json-elements.ts'
import { sentRequest } from './sent-request.ts'

/** A command is pasted, not streamed. */
const maxCommand = 16 * 1024 * 1024

async function* write(items: AsyncIterable<ExportItem>): AsyncGenerator<string> {
  yield '#!/usr/bin/env bash\n# Requests written by Telltale; each command stands for itself.\n'
  for await (const item of items) {
    const { exchange, body } = sentRequest(item)
    yield `\n# ${exchange.startedDateTime}\n${toCurl(exchange, body, { shell: 'bash' })}\n`
  }
}

async function* read(octets: AsyncIterable<Uint8Array>, context: ImportContext): AsyncGenerator<ReadResult> {
  let text = ''
  for await (const piece of textPieces(octets, maxCommand)) text += piece
  if (text.trim() === '') throw fileProblem('The file is empty.')
  let entry = 0
  for (const read of curlCommands(text)) {
    yield 'error' in read ? { skipped: { entry, reason: read.error } } : composedImport(read.request, entry, context)
    entry++
  }
  if (entry === 0) throw fileProblem('The file holds no curl command.')
}

export const curl: Format = {
  id: 'curl',
  title: 'cURL',
  mimeType: 'text/x-shellscript',
  extension: 'sh',
  write,
  read,
  recognise: (start) => (/^\s*(#.*\n\s*)*(\$\s*)?curl(\.exe)?\s/.test(start) ? 0.9 : 0),
}
