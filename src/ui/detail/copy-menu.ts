// The copy menu of an exchange: as a command, as a report, as a file; without secrets while they are masked.
import type { Finding } from '../../diagnose/finding.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import { type Shell, toCurl } from '../../formats/curl.ts'
import { formats } from '../../formats/formats.ts'
import { sentRequest } from '../../formats/sent-request.ts'
import { keyedHash } from '../../http/keyed-hash.ts'
import { redactExchange } from '../../http/secrets.ts'
import { sha256Text } from '../../http/sha256.ts'
import { copy, failed } from '../actions.ts'
import { exported } from '../connection.ts'
import { masked, status } from '../model.ts'
import type { MenuItem } from '../shell/menu.tsx'
import { download, fileName } from './download.ts'
import { loadContent } from './load-content.ts'
import { maskUrls } from './masking.ts'

async function bodyOf(exchange: Exchange): Promise<Uint8Array | undefined> {
  const { content } = exchange.request
  return content.kept === 'none' ? undefined : (await loadContent(exchange.id, 'request', content)).bytes
}

export async function copyCurl(exchange: Exchange, shell: Shell): Promise<void> {
  try {
    const request = await bodyOf(exchange)
    const keyed = keyedHash(status.value?.redactionKey ?? '', sha256Text)
    const shown = masked.value ? redactExchange(exchange, { request }, keyed) : { exchange, bodies: { request } }
    const { content } = shown.exchange.request
    // The body was loaded decoded: the command must not say that it is coded.
    const plain = { ...shown.exchange, request: { ...shown.exchange.request, content: { ...content, codings: [] } } }
    const sent = sentRequest({ exchange: plain, request: shown.bodies.request })
    await copy(toCurl(sent.exchange, sent.body, { shell }), masked.value ? 'as cURL, without secrets' : 'as cURL')
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

const shells: Readonly<Record<string, Shell>> = { curl: 'bash', 'curl-cmd': 'cmd', 'curl-powershell': 'powershell' }
/** Formats that hold many exchanges and are opened by other programs: saved rather than pasted. */
const files = new Set(['har', 'ndjson', 'postman'])

/** Every format of the list that can be written; a new one is offered here without a change. */
export function copyItems(exchange: Exchange, findings: readonly Finding[]): readonly MenuItem[] {
  const hidden = masked.value
  const url = exchange.request.url
  const written = formats.filter(({ write }) => write !== undefined)
  const copies = written.filter(({ id }) => !files.has(id))
  return [
    { heading: hidden ? 'Copy, secrets left out' : 'Copy, with secrets' },
    { label: 'URL', icon: 'copy', run: () => void copy(hidden ? maskUrls(url) : url, 'the URL') },
    ...copies.map(({ id, title }): MenuItem => {
      const shell = shells[id]
      if (shell)
        return {
          label: id === 'curl' ? 'cURL for bash' : title,
          icon: 'copy',
          run: () => void copyCurl(exchange, shell),
        }
      const label = id === 'markdown' && findings.length > 0 ? `${title} with findings` : title
      return { label, icon: 'copy', run: () => void copyExport(exchange, id, title) }
    }),
    'line',
    ...written
      .filter(({ id }) => files.has(id))
      .map(
        ({ id, title, extension }): MenuItem => ({
          label: `Save as ${title}`,
          icon: 'save',
          run: () => void saveExport(exchange, id, extension),
        }),
      ),
  ]
}
