// The copy menu of an exchange: as a command, as a report, as a file; without secrets while they are masked.
import type { Finding } from '../../diagnose/finding.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { Shell } from '../../formats/curl.ts'
import { copy, failed } from '../actions.ts'
import { exported } from '../connection.ts'
import { masked } from '../model.ts'
import type { MenuItem } from '../shell/menu.tsx'
import { download, fileName } from './download.ts'
import { loadContent } from './load-content.ts'
import { maskUrls } from './masking.ts'

async function bodyOf(exchange: Exchange): Promise<Uint8Array | undefined> {
  const { content } = exchange.request
  return content.kept === 'none' ? undefined : (await loadContent(exchange.id, 'request', content)).bytes
}

async function copyCurl(exchange: Exchange, shell: Shell): Promise<void> {
  try {
    const [{ toCurl }, { redactExchange }, { sha256Text }, request] = await Promise.all([
      import('../../formats/curl.ts'),
      import('../../http/secrets.ts'),
      import('../../http/sha256.ts'),
      bodyOf(exchange),
    ])
    const shown = masked.value ? redactExchange(exchange, { request }, sha256Text) : { exchange, bodies: { request } }
    await copy(
      toCurl(shown.exchange, shown.bodies.request, { shell }),
      masked.value ? 'as cURL, without secrets' : 'as cURL',
    )
  } catch (error) {
    failed('Could not make the command')(error)
  }
}

/** One exchange in a format of the desk's export. */
async function copyExport(exchange: Exchange, format: string, what: string): Promise<void> {
  try {
    const file = await exported(format, `id:${exchange.id}`, !masked.value)
    await copy(await file.text(), what)
  } catch (error) {
    failed(`Could not copy ${what}`)(error)
  }
}

async function saveExport(exchange: Exchange, format: string, extension: string): Promise<void> {
  try {
    const name = fileName(exchange.request.url, '').replace(/\.[^.]*$/, '')
    download(await exported(format, `id:${exchange.id}`, !masked.value), `${name}.${extension}`)
  } catch (error) {
    failed('Could not save')(error)
  }
}

export function copyItems(exchange: Exchange, findings: readonly Finding[]): readonly MenuItem[] {
  const hidden = masked.value
  const url = exchange.request.url
  return [
    { heading: hidden ? 'Copy, secrets left out' : 'Copy, with secrets' },
    { label: 'cURL for bash', icon: 'copy', run: () => void copyCurl(exchange, 'bash') },
    { label: 'cURL for cmd.exe', icon: 'copy', run: () => void copyCurl(exchange, 'cmd') },
    { label: 'cURL for PowerShell', icon: 'copy', run: () => void copyCurl(exchange, 'powershell') },
    { label: 'URL', icon: 'copy', run: () => void copy(hidden ? maskUrls(url) : url, 'the URL') },
    {
      label: findings.length > 0 ? 'Report with findings, Markdown' : 'Report, Markdown',
      icon: 'copy',
      run: () => void copyExport(exchange, 'markdown', 'the report'),
    },
    'line',
    { label: 'Save as HAR', icon: 'save', run: () => void saveExport(exchange, 'har', 'har') },
    { label: 'Save as NDJSON', icon: 'save', run: () => void saveExport(exchange, 'ndjson', 'ndjson') },
  ]
}
