// A Markdown report of one exchange for a ticket: what was asked, what came back, and why it failed.
import { responseOf } from '../exchange/exchange.ts'
import type { Content, FieldLine, Message } from '../exchange/message.ts'
import { timings } from '../exchange/timings.ts'
import { latin1Octets, utf8Text } from '../http/octets.ts'
import { toCurl } from './curl.ts'
import { evidencePlace } from './evidence-place.ts'
import type { ExportContext, ExportItem, Format, ReportedFinding } from './format.ts'
import { sentRequest } from './sent-request.ts'

/** Characters of a body shown; a ticket is no archive. */
const maxBody = 4_000

/** Terminal escapes, bidi overrides and other invisible characters made visible. */
const visible = (text: string): string =>
  text.replace(
    /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** Text inside a paragraph or a table: Markdown and HTML in it stay text. */
function escaped(text: string): string {
  return visible(text.replace(/\s+/g, ' ')).replace(/[\\`*_[\]<>|#&!~]/g, (char) =>
    char === '<' ? '&lt;' : char === '>' ? '&gt;' : char === '&' ? '&amp;' : `\\${char}`,
  )
}

/** Inline code that may itself hold backticks. */
function code(text: string): string {
  const shown = visible(text.replace(/\s+/g, ' '))
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return longest === 0 && shown !== '' ? `\`${shown}\`` : `${fence} ${shown} ${fence}`
}

/** A fenced block whose fence is longer than any in the text. */
function block(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}${language}\n${visible(text.replace(/\r\n?/g, '\n'))}\n${fence}\n`
}

const shownField = ({ name, value }: FieldLine): string => {
  const octets = latin1Octets(value)
  return `${name}: ${(octets && utf8Text(octets)) ?? value}`
}

function bodyBlock(content: Content, octets: Uint8Array | undefined, context: ExportContext): string {
  if (content.kept === 'none' && content.why === 'empty') return ''
  const plain = octets && content.codings.length > 0 ? context.decode(octets, content.codings) : octets
  const text = plain && utf8Text(plain)
  if (!plain) return `\n*${content.bodySize} octets, not kept.*\n`
  if (text === undefined || text.includes('\0'))
    return `\n*${content.bodySize} octets of ${escaped(content.mimeType ?? 'no declared type')}.*\n`
  const language = /json/i.test(content.mimeType ?? '') ? 'json' : /xml|html/i.test(content.mimeType ?? '') ? 'xml' : ''
  const cut = text.length > maxBody
  const note = cut
    ? `*The first ${maxBody} of ${text.length} characters.*\n`
    : content.kept === 'truncated'
      ? `*Cut off when it was recorded; ${content.bodySize} octets in all.*\n`
      : ''
  return `\n${block(language, text.slice(0, maxBody).toWellFormed())}${note}`
}

function messageBlock(
  title: string,
  first: string,
  message: Message,
  octets: Uint8Array | undefined,
  context: ExportContext,
): string {
  const lines = [first, ...message.headers.map(shownField)]
  const trailers =
    message.trailers.length > 0 ? `\nTrailers:\n\n${block('http', message.trailers.map(shownField).join('\n'))}` : ''
  return `## ${title}\n\n${block('http', lines.join('\n'))}${bodyBlock(message.content, octets, context)}${trailers}\n`
}

/** Only web addresses become links. */
function referenceLine({ title, url }: ReportedFinding['references'][number]): string {
  const web = /^https?:\/\/[^\s<>]+$/.test(url)
  return web ? `- [${escaped(title)}](<${url}>)` : `- ${escaped(title)}`
}

function findingBlock(finding: ReportedFinding): string {
  const { title, explanation, evidence, quote, fix, references, ruleId, level } = finding
  return [
    `### ${escaped(title)}`,
    `${level === 'note' ? 'Note' : level === 'warning' ? 'Warning' : 'Error'} · ${code(ruleId)}${finding.primary ? ' · primary cause' : ''}`,
    escaped(explanation),
    ...(quote ? [`The server's own words:\n\n> ${escaped(quote.text)}`] : []),
    ...(evidence.length > 0
      ? [evidence.map((one) => `- ${escaped(evidencePlace(one))}: ${code(one.value)}`).join('\n')]
      : []),
    ...(fix ? [`**What to do:** ${escaped(fix.text)}`] : []),
    ...(references.length > 0 ? [references.map(referenceLine).join('\n')] : []),
  ].join('\n\n')
}

function timingLine(item: ExportItem): string {
  const { marks } = item.exchange
  const phases = Object.entries(timings(marks)).filter(([, length]) => length >= 0)
  const shown = phases.map(([name, length]) => `${name} ${Math.round(length * 10) / 10} ms`).join(', ')
  return marks.end === undefined ? '' : `Took ${Math.round(marks.end)} ms${shown === '' ? '' : ` (${shown})`}.\n\n`
}

export function markdownReport(item: ExportItem, context: ExportContext): string {
  const { exchange } = item
  const { request, outcome } = exchange
  const response = responseOf(exchange)
  const sent = sentRequest(item)
  const host = URL.canParse(request.url) ? new URL(request.url).host : exchange.server.host
  const answer = response ? `${response.status} ${response.statusText}`.trim() : outcome.state
  const facts = [
    exchange.startedDateTime,
    ...(request.httpVersion ? [escaped(request.httpVersion)] : []),
    ...(exchange.client.address ? [`client ${escaped(exchange.client.address)}`] : []),
    `server ${escaped(exchange.server.address ?? exchange.server.host)}`,
  ]
  const findings = (item.findings ?? []).toSorted((a, b) => Number(b.primary) - Number(a.primary))
  return [
    `# ${escaped(`${request.method} ${host}${request.target.split('?', 1)[0] ?? ''} → ${answer}`)}\n\n`,
    `${facts.join(', ')}.\n\n`,
    timingLine(item),
    outcome.state === 'failed'
      ? `**Failed** (${outcome.failure.phase}, ${code(outcome.failure.code)}): ${escaped(outcome.failure.message)}\n\n`
      : '',
    findings.length > 0 ? `## Findings\n\n${findings.map(findingBlock).join('\n\n')}\n\n` : '',
    messageBlock('Request', `${request.method} ${request.url}`, request, item.request, context),
    response
      ? messageBlock(
          'Response',
          `${response.httpVersion} ${response.status} ${response.statusText}`.trim(),
          response,
          item.response,
          context,
        )
      : '',
    exchange.kind === 'http'
      ? `## To repeat it\n\n${block('sh', toCurl(sent.exchange, sent.body, { shell: 'bash' }))}\n`
      : '',
    context.secrets ? '' : '*Secrets were replaced by placeholders; the same secret has the same placeholder.*\n',
  ].join('')
}

async function* write(items: AsyncIterable<ExportItem>, context: ExportContext): AsyncGenerator<string> {
  let first = true
  for await (const item of items) {
    yield (first ? '' : '\n---\n\n') + markdownReport(item, context)
    first = false
  }
}

export const markdown: Format = {
  id: 'markdown',
  title: 'Markdown report',
  mimeType: 'text/markdown',
  extension: 'md',
  write,
}
