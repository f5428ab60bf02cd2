// One exchange as text for the terminal: what was asked, what came back, what went wrong and what to do.
import { responseOf } from '../exchange/exchange.ts'
import type { Content, FieldLine, Message } from '../exchange/message.ts'
import type { SocketMessage } from '../exchange/socket-message.ts'
import { evidencePlace } from '../formats/evidence-place.ts'
import type { ExportItem, ReportedFinding } from '../formats/format.ts'
import { closeText } from '../http/close-code.ts'
import { latin1Octets, utf8Text } from '../http/octets.ts'
import { shownDuration, shownSize } from './table.ts'
import { type Paint, safeLine, safeText } from './terminal-text.ts'

/** Characters of a body shown before `--body` is recommended. */
const maxBody = 16_000
const maxMessages = 50

function fieldText({ name, value }: FieldLine, paint: Paint): string {
  const octets = latin1Octets(value)
  return `${paint('cyan', safeLine(name))}: ${safeLine((octets && utf8Text(octets)) ?? value)}`
}

const reasons = {
  empty: '',
  pending: '(still coming)',
  'too-large': '(not kept: too large)',
  overload: '(not kept: the recorder was overloaded)',
  evicted: '(no longer kept)',
} as const

function pretty(text: string, mimeType: string): string {
  if (!/[/+]json\b/i.test(mimeType) && !/^\s*[[{]/.test(text)) return text
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2)
  } catch {
    return text
  }
}

/** Numbers that JSON.parse would change are a reason to show the text as it came. */
function bodyText(content: Content, octets: Uint8Array | undefined, paint: Paint): string {
  if (content.kept === 'none')
    return reasons[content.why] === ''
      ? ''
      : `\n${paint('dim', `${reasons[content.why]} ${shownSize(content.bodySize)}`)}\n`
  const text = octets && utf8Text(octets)
  if (text === undefined || text.includes('\0'))
    return `\n${paint('dim', `(${shownSize(content.bodySize)} of ${safeLine(content.mimeType ?? 'binary data')}; --body writes it)`)}\n`
  const whole = /\d{16}|\d\.\d*0\b|\de/i.test(text) ? text : pretty(text, content.mimeType ?? '')
  const shown = safeText(whole.slice(0, maxBody))
  const more =
    whole.length > maxBody
      ? `\n${paint('dim', `(… ${whole.length - maxBody} more characters; --body writes all)`)}`
      : ''
  const cut =
    content.kept === 'truncated'
      ? `\n${paint('dim', `(cut off when recorded; ${shownSize(content.bodySize)} in all)`)}`
      : ''
  return `\n${shown}${more}${cut}\n`
}

function messageText(first: string, message: Message, body: string, paint: Paint): string {
  const trailers = message.trailers.map((line) => `${fieldText(line, paint)}\n`).join('')
  return `${first}\n${message.headers.map((line) => `${fieldText(line, paint)}\n`).join('')}${body}${trailers === '' ? '' : `\n${paint('dim', 'trailers')}\n${trailers}`}`
}

function findingText(finding: ReportedFinding, paint: Paint): string {
  const [mark, style] = { error: ['✖', 'red'], warning: ['▲', 'yellow'], note: ['●', 'blue'] }[finding.level] as [
    string,
    'red' | 'yellow' | 'blue',
  ]
  const lines = [
    `${paint(style, mark)} ${paint('bold', safeLine(finding.title))}  ${paint('dim', finding.ruleId)}`,
    `  ${safeLine(finding.explanation)}`,
    ...finding.evidence.map((one) => `  ${paint('dim', `${safeLine(evidencePlace(one))}:`)} ${safeLine(one.value)}`),
    ...(finding.quote ? [`  ${paint('dim', 'the server says:')} “${safeLine(finding.quote.text)}”`] : []),
    ...(finding.fix ? [`  ${paint('green', 'what to do:')} ${safeLine(finding.fix.text)}`] : []),
  ]
  return `${lines.join('\n')}\n`
}

function socketText(title: string, given: Iterable<SocketMessage>, paint: Paint): string {
  const messages = [...given]
  const lines = messages.slice(0, maxMessages).map((message) => {
    const { from, at, opcode, data, size } = message
    const arrow = from === 'client' ? paint('blue', '→') : paint('green', '←')
    const words = opcode === 'text' ? data : opcode === 'close' ? closeText(message) : undefined
    const shown = words === undefined ? paint('dim', `(${opcode}, ${shownSize(size)})`) : safeLine(words).slice(0, 200)
    return `${arrow} ${paint('dim', shownDuration(at).padStart(8))} ${shown}`
  })
  const more = messages.length > maxMessages ? [paint('dim', `(… ${messages.length - maxMessages} more)`)] : []
  return lines.length === 0 ? '' : `${[paint('bold', title), ...lines, ...more].join('\n')}\n`
}

export type Shown = 'all' | 'headers'

/** `item` must be decoded and, unless secrets were asked for, redacted. */
export function exchangeText(item: ExportItem, what: Shown, paint: Paint): string {
  const { exchange } = item
  const { request, outcome } = exchange
  const response = responseOf(exchange)
  const body = (content: Content, octets: Uint8Array | undefined): string =>
    what === 'all' ? bodyText(content, octets, paint) : ''
  const asked = messageText(
    `${paint('bold', safeLine(`${request.method} ${request.url}`))} ${safeLine(request.httpVersion)}`.trimEnd(),
    request,
    body(request.content, item.request),
    paint,
  )
  const answered = response
    ? messageText(
        paint('bold', safeLine(`${response.httpVersion} ${response.status} ${response.statusText}`.trim())),
        response,
        body(response.content, item.response),
        paint,
      )
    : ''
  const failed =
    outcome.state === 'failed'
      ? `${paint('red', 'Failed')} (${outcome.failure.phase}, ${safeLine(outcome.failure.code)}): ${safeLine(outcome.failure.message)}\n`
      : ''
  const running = outcome.state === 'waiting' || outcome.state === 'held' ? `${paint('dim', '(no answer yet)')}\n` : ''
  const findings =
    what === 'headers' ? [] : (item.findings ?? []).toSorted((a, b) => Number(b.primary) - Number(a.primary))
  return [
    ...findings.map((finding) => findingText(finding, paint)),
    asked,
    answered,
    failed,
    running,
    what === 'all' ? socketText(exchange.kind === 'http' ? 'Events' : 'Messages', item.messages ?? [], paint) : '',
  ]
    .filter((part) => part !== '')
    .join('\n')
}
