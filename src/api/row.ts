// The row of the grid: what the list shows of an exchange, and nothing more.
import type { Finding } from '../diagnose/finding.ts'
import { type Exchange, responseOf } from '../exchange/exchange.ts'
import { type Content, fieldValue } from '../exchange/message.ts'
import { timings } from '../exchange/timings.ts'

/** `mark` is a user's colour (1 to 6) or 0; sizes in octets; durations in ms. */
export type Annotation = { readonly pinned: boolean; readonly mark: number }

export type Row = {
  readonly id: string
  readonly sessionId: string
  readonly startedDateTime: string
  readonly kind: Exchange['kind']
  readonly method: string
  readonly url: string
  readonly host: string
  readonly path: string
  readonly status: number
  readonly statusText: string
  readonly mimeType: string
  readonly requestSize: number
  readonly responseSize: number
  /** ms; null while running. */
  readonly duration: number | null
  /** ms of set-up, wait and receive for the bar in the grid. */
  readonly phases: readonly [setup: number, wait: number, receive: number]
  readonly protocol: string
  readonly outcome: Exchange['outcome']['state']
  /** Stable code of the failure, when there is one. */
  readonly failure?: string
  readonly origin: Exchange['origin']['by']
  readonly client: string
  readonly messageCount: number
  readonly unread?: string
  readonly shed: boolean
  readonly pinned: boolean
  readonly mark: number
  readonly findings: { readonly error: number; readonly warning: number; readonly note: number }
  readonly primary?: {
    readonly ruleId: string
    readonly title: string
    readonly brief: string
    readonly level: Finding['level']
  }
}

/** `node 22`, `curl 8.14`, `python-requests 2.34`: the first product of User-Agent, or the client's address. */
export function clientName(exchange: Exchange): string {
  if (exchange.origin.by === 'replay') return 'Telltale'
  const agent = fieldValue(exchange.request.headers, 'user-agent')
  if (!agent) return exchange.client.address
  const browser = agent.startsWith('Mozilla/') ? /(Firefox|Edg|OPR|Chrome|Version)\/(\d+)/.exec(agent) : null
  if (browser) return `${browser[1] === 'Version' ? 'Safari' : browser[1]} ${browser[2]}`
  const product = /^([^\s/]+)(?:\/v?(\d+(?:\.\d+)?))?/.exec(agent)
  return product ? [product[1], product[2]].filter(Boolean).join(' ') : agent.slice(0, 24)
}

const isShed = (content: Content): boolean => content.kept === 'none' && content.why === 'overload'

const none: Row['findings'] = { error: 0, warning: 0, note: 0 }

function countsOf(findings: readonly Finding[]): Row['findings'] {
  if (findings.length === 0) return none
  const counts = { ...none }
  for (const { level } of findings) counts[level] += 1
  return counts
}

export function toRow(
  exchange: Exchange,
  findings: readonly Finding[],
  annotation: Annotation = { pinned: false, mark: 0 },
): Row {
  const response = responseOf(exchange)
  const { outcome, request, marks } = exchange
  const url = URL.parse(request.url)
  const phase = timings(marks)
  const shown =
    findings.find((finding) => finding.primary) ?? findings.find((f) => f.level === 'warning') ?? findings[0]
  return {
    id: exchange.id,
    sessionId: exchange.sessionId,
    startedDateTime: exchange.startedDateTime,
    kind: exchange.kind,
    method: request.method,
    url: request.url,
    host: url?.host ?? exchange.server.host,
    path: url ? url.pathname + url.search : request.target,
    status: response?.status ?? 0,
    statusText: response?.statusText ?? '',
    mimeType: response?.content.mimeType?.split(';')[0]?.trim().toLowerCase() ?? '',
    requestSize: request.content.bodySize,
    responseSize: response?.content.bodySize ?? 0,
    duration: marks.end ?? null,
    phases: [
      Math.max(0, phase.blocked) +
        Math.max(0, phase.dns) +
        Math.max(0, phase.connect) +
        Math.max(0, phase.ssl) +
        Math.max(0, phase.send),
      Math.max(0, phase.wait),
      Math.max(0, phase.receive),
    ],
    protocol: response?.httpVersion || request.httpVersion,
    outcome: outcome.state,
    ...(outcome.state === 'failed' ? { failure: outcome.failure.code } : {}),
    origin: exchange.origin.by,
    client: clientName(exchange),
    messageCount: exchange.messageCount,
    ...(exchange.unread === undefined ? {} : { unread: exchange.unread }),
    shed: isShed(request.content) || (response !== undefined && isShed(response.content)),
    pinned: annotation.pinned,
    mark: annotation.mark,
    findings: countsOf(findings),
    ...(shown ? { primary: { ruleId: shown.ruleId, title: shown.title, brief: shown.brief, level: shown.level } } : {}),
  }
}
