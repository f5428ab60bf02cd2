// Writes an exchange's request as a cURL command for bash, cmd.exe or PowerShell.
import type { Exchange } from '../exchange/exchange.ts'
import { type FieldLine, fieldValue } from '../exchange/message.ts'
import { connectionFieldNames, isToken } from '../http/field-syntax.ts'
import { latin1Octets, toBase64, utf8Text } from '../http/octets.ts'
import { fitsCmd, quoteCmd, quotePosix } from './shell-quote.ts'

export { fromCurl } from './from-curl.ts'

export type Shell = 'bash' | 'cmd' | 'powershell'

/** One option; `value` absent for a flag. */
type Option = { readonly name: string; readonly value?: string }

/** Linux takes 128 KiB in one argument, cmd.exe 8 KiB in a whole line. */
const maxArgument = 100_000
const maxCmdLine = 7_000
/** curl refuses a longer line of its configuration (100 KiB before 8.5). */
const maxConfigLine = 40_000

/** Field values are octets; in a command they are written as the UTF-8 text they hold, or as latin1. */
function shownValue(value: string): string {
  const octets = latin1Octets(value)
  return (octets && utf8Text(octets)) ?? value
}

function headerOption({ name, value }: FieldLine): Option {
  // `Name:` would take the field away; curl's way to send it empty is a semicolon.
  return { name: '-H', value: value === '' ? `${name};` : `${name}: ${shownValue(value)}` }
}

/** Fields that curl makes by itself and this request did not have are taken away by `-H 'Name:'`. */
function headerOptions(exchange: Exchange, hasBody: boolean): Option[] {
  const { headers, url } = exchange.request
  const dropped = connectionFieldNames(headers).add('content-length')
  const host = URL.canParse(url) ? new URL(url).host : ''
  const sent = headers.filter(({ name, value }) => {
    const lower = name.toLowerCase()
    if (!isToken(name) || /[\r\n\0]/.test(value) || dropped.has(lower)) return false
    return lower !== 'host' || value.toLowerCase() !== host
  })
  const own = hasBody ? ['Accept', 'User-Agent', 'Content-Type'] : ['Accept', 'User-Agent']
  const unwanted = own.filter((name) => fieldValue(headers, name) === undefined)
  return [...sent.map(headerOption), ...unwanted.map((name) => ({ name: '-H', value: `${name}:` }))]
}

function methodOptions(method: string, hasBody: boolean): Option[] {
  if (method === 'HEAD' && !hasBody) return [{ name: '--head' }]
  if (method === (hasBody ? 'POST' : 'GET')) return []
  return [{ name: '-X', value: method }]
}

const isText = (text: string): boolean => !/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)

/** Everything but URL and body. */
function optionsFor(exchange: Exchange, hasBody: boolean): Option[] {
  const { method, url, headers } = exchange.request
  const announced = fieldValue(headers, 'content-length') === '0' && method !== 'GET' && method !== 'HEAD'
  return [
    ...methodOptions(method, hasBody || announced),
    ...headerOptions(exchange, hasBody || announced),
    ...(announced && !hasBody ? [{ name: '--data-raw', value: '' }] : []),
    ...(fieldValue(headers, 'accept-encoding') === undefined ? [] : [{ name: '--compressed' }]),
    // [] and {} would be ranges and lists to curl, and /../ be resolved.
    ...(/[[\]{}]/.test(url) ? [{ name: '--globoff' }] : []),
    ...(/\/\.\.?(\/|\?|$)/.test(url) ? [{ name: '--path-as-is' }] : []),
  ]
}

const line = (options: readonly Option[], url: string, quote: (text: string) => string, glue: string): string =>
  [
    `curl ${quote(url)}`,
    ...options.map(({ name, value }) => (value === undefined ? name : `${name} ${quote(value)}`)),
  ].join(glue)

function toBash(options: readonly Option[], url: string, body: Uint8Array): string {
  const command = (more: readonly Option[]) => line([...options, ...more], url, quotePosix, ' \\\n  ')
  if (body.length === 0) return command([])
  const text = utf8Text(body)
  // Octets that are no text, NUL above all, cannot stand in an argument.
  if (text === undefined || !isText(text))
    return `printf %s '${toBase64(body)}' | base64 -d | ${command([{ name: '--data-binary', value: '@-' }])}`
  if (body.length > maxArgument)
    return `printf %s ${quotePosix(text)} | ${command([{ name: '--data-binary', value: '@-' }])}`
  return command([{ name: '--data-raw', value: text }])
}

function toCmd(options: readonly Option[], url: string, body: Uint8Array, isFile: boolean): string {
  const typed = isFile ? 'in a batch file' : 'at the prompt'
  const quote = (text: string) => quoteCmd(fitsCmd(text) ? text : encodeURI(text), typed)
  const command = (more: readonly Option[]) => line([...options, ...more], url, quote, ' ^\n  ')
  const text = utf8Text(body)
  if (body.length === 0) return command([])
  if (text !== undefined && fitsCmd(text) && text.length < maxCmdLine)
    return command([{ name: '--data-raw', value: text }])
  // The alphabet of base64 is safe everywhere; 76 characters a line keep each below cmd.exe's limit.
  const lines = toBase64(body).match(/.{1,76}/g) ?? []
  return [
    `(${lines.map((part) => `echo ${part}`).join('&\n')}) > telltale-body.b64`,
    'certutil -f -decode telltale-body.b64 telltale-body.bin >nul',
    command([{ name: '--data-binary', value: '@telltale-body.bin' }]),
  ].join('\n')
}

const configText = (text: string): string =>
  `"${text.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`

/**
 * How PowerShell hands quotes to a program differs between 5.1 and 7.3, so the command is given to curl as a
 * configuration on standard input: a literal here-string, in which nothing is special.
 */
function toPowerShell(options: readonly Option[], url: string, body: Uint8Array): string {
  const long: Readonly<Record<string, string>> = { '-H': 'header', '-X': 'request' }
  const entry = ({ name, value }: Option): string => {
    const option = long[name] ?? name.replace(/^--/, '')
    return value === undefined ? option : `${option} = ${configText(value)}`
  }
  const text = utf8Text(body)
  // Windows PowerShell pipes ASCII; anything else goes through a file.
  const plain = text !== undefined && body.length < maxConfigLine && /^[\t\r\n\x20-\x7e]*$/.test(text)
  const file = 'telltale-body.bin'
  const data = plain ? { name: '--data-raw', value: text } : { name: '--data-binary', value: `@${file}` }
  const entries = [{ name: '--url', value: url }, ...options, ...(body.length > 0 ? [data] : [])].map(entry)
  const write = `[IO.File]::WriteAllBytes("$PWD/${file}", [Convert]::FromBase64String('${toBase64(body)}'))\n`
  const before = body.length > 0 && !plain ? write : ''
  const config = `@'\n${entries.join('\n')}\n'@`
  if (/^[\t\n\x20-\x7e]*$/.test(config)) return `${before}${config} | curl.exe --config -`
  // Beyond ASCII the same holds for the configuration; .NET writes UTF-8.
  return `${before}[IO.File]::WriteAllText("$PWD/telltale-curl.txt", ${config})\ncurl.exe --config telltale-curl.txt`
}

/**
 * `body`: the request's octets as sent (content coding and all), or undefined where there is none. Redact beforehand.
 * `isFile`: for a batch file, not to be pasted at the prompt.
 */
export function toCurl(
  exchange: Exchange,
  body: Uint8Array | undefined,
  options: { readonly shell: Shell; readonly isFile?: boolean },
): string {
  const octets = body ?? new Uint8Array(0)
  const { url } = exchange.request
  const list = optionsFor(exchange, octets.length > 0)
  if (options.shell === 'cmd') return toCmd(list, url, octets, options.isFile === true)
  return options.shell === 'powershell' ? toPowerShell(list, url, octets) : toBash(list, url, octets)
}
