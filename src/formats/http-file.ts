// The .http file of editors (REST Client, JetBrains): requests one after the other, divided by ###.
import type { FieldLine } from '../exchange/message.ts'
import { connectionFieldNames, isToken } from '../http/field-syntax.ts'
import { latin1Octets, toBase64, utf8Text } from '../http/octets.ts'
import type { ExportItem, Format } from './format.ts'
import { sentRequest } from './sent-request.ts'

/** Field values as UTF-8 text where they hold it. */
function shown({ name, value }: FieldLine): string {
  const octets = latin1Octets(value)
  return `${name}: ${((octets && utf8Text(octets)) ?? value).replace(/[\r\n\0]/g, ' ')}`
}

/** What an editor would take for something else than a line of the body: a divider, a file to include, a script, a variable. */
const special = /^(###|<@?\s|<>|>>?!?\s|>\s*\{%|@\w+\s*=)/m

function bodyText(body: Uint8Array): string {
  if (body.length === 0) return ''
  const text = utf8Text(body)
  if (text === undefined || text.includes('\0'))
    return `\n# The body is binary, ${body.length} octets, in base64:\n# ${toBase64(body)}\n`
  if (special.test(text))
    return `\n# The body has lines that an editor would act on; here it is as a JSON string:\n# ${JSON.stringify(text)}\n`
  return `\n${text}\n`
}

export function httpRequest(item: ExportItem): string {
  const { exchange, body } = sentRequest(item)
  const { request } = exchange
  const dropped = connectionFieldNames(request.headers).add('content-length')
  const host = URL.canParse(request.url) ? new URL(request.url).host : ''
  const fields = request.headers.filter(({ name, value }) => {
    const lower = name.toLowerCase()
    return isToken(name) && !dropped.has(lower) && !(lower === 'host' && value.toLowerCase() === host)
  })
  const url = request.url.replace(/[\s\0-\x20]/g, (char) => encodeURIComponent(char))
  const head = [`${request.method} ${url}`, ...fields.map(shown)].join('\n')
  return `${head}\n${bodyText(body)}`
}

async function* write(items: AsyncIterable<ExportItem>): AsyncGenerator<string> {
  for await (const item of items) {
    const { request, startedDateTime } = item.exchange
    yield `### ${request.method} ${request.target.replace(/\s/g, ' ').slice(0, 120)} (${startedDateTime})\n\n${httpRequest(item)}\n`
  }
}

export const httpFile: Format = {
  id: 'http',
  title: '.http file',
  mimeType: 'text/plain',
  extension: 'http',
  write,
}
