// Code and commands for other shells in the list of formats, so that menus, API and --format offer them too.
import { snippets } from './code-snippets.ts'
import { type Shell, toCurl } from './curl.ts'
import type { ExportItem, Format } from './format.ts'
import { sentRequest } from './sent-request.ts'

const extensions: Readonly<Record<string, string>> = {
  javascript: 'mjs',
  python: 'py',
  go: 'go',
  java: 'java',
  php: 'php',
  ruby: 'rb',
  csharp: 'cs',
}

/** Each exchange is a program of its own; several stand one after the other. */
const each = (print: (item: ExportItem) => string): NonNullable<Format['write']> =>
  async function* (items) {
    let first = true
    for await (const item of items) {
      yield (first ? '' : '\n') + print(item)
      first = false
    }
  }

const curlFor = (shell: Shell, title: string, extension: string): Format => ({
  id: `curl-${shell}`,
  title,
  mimeType: 'text/plain',
  extension,
  write: each((item) => {
    const { exchange, body } = sentRequest(item)
    return `${toCurl(exchange, body, { shell, isFile: true })}\n`
  }),
})

export const codeFormats: readonly Format[] = [
  curlFor('cmd', 'cURL for cmd.exe', 'bat'),
  curlFor('powershell', 'cURL for PowerShell', 'ps1'),
  ...snippets.map(
    ({ id, title, language, write }): Format => ({
      id,
      title,
      mimeType: 'text/plain',
      extension: extensions[language] ?? 'txt',
      write: each(write),
    }),
  ),
]
