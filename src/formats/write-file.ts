// Writes exchanges in a format, redacted unless secrets were asked for.
import { type Exchange, responseOf } from '../exchange/exchange.ts'
import type { Content } from '../exchange/message.ts'
import { redactExchange } from '../http/secrets.ts'
import type { ExportContext, ExportItem, Format } from './format.ts'

/** Decoded octets and what the content then is; undefined octets where nobody could look inside. */
function opened(content: Content | undefined, octets: Uint8Array | undefined, { decode }: ExportContext) {
  if (!octets || !content || content.kept === 'none' || content.codings.length === 0) return { octets, content }
  const plain = decode(octets, content.codings)
  if (plain) return { octets: plain, content: { ...content, codings: [], keptSize: plain.length } }
  // Unreadable means unredacted: it stays out.
  const { bodySize, mimeType, codings } = content
  const facts = { bodySize, codings, ...(mimeType === undefined ? {} : { mimeType }) }
  return { octets: undefined, content: { ...facts, kept: 'none', why: 'evicted' } as const }
}

function withContents(exchange: Exchange, request: Content, response: Content | undefined): Exchange {
  const { outcome } = exchange
  const answered = outcome.state === 'waiting' ? undefined : outcome.response
  const next = answered && response ? { ...outcome, response: { ...answered, content: response } } : outcome
  return { ...exchange, request: { ...exchange.request, content: request }, outcome: next as Exchange['outcome'] }
}

/** The item as it may be given away; `known` carries secrets from one item to the next. */
export function redactItem(item: ExportItem, context: ExportContext, known = new Set<string>()): ExportItem {
  const request = opened(item.exchange.request.content, item.request, context)
  const response = opened(responseOf(item.exchange)?.content, item.response, context)
  const plain = withContents(item.exchange, request.content ?? item.exchange.request.content, response.content)
  const bodies = { request: request.octets, response: response.octets, messages: item.messages }
  const redacted = redactExchange(plain, bodies, context.hash, known)
  const findings = item.findings?.map((finding) => retold(finding, redacted.text))
  return { exchange: redacted.exchange, ...redacted.bodies, findings }
}

/** A copy in which every text was passed through `tell`; findings are plain data of a few levels. */
function retold<Value>(value: Value, tell: (text: string) => string): Value {
  const copy = (inner: unknown): unknown => {
    if (typeof inner === 'string') return tell(inner)
    if (Array.isArray(inner)) return inner.map(copy)
    if (typeof inner !== 'object' || inner === null) return inner
    return Object.fromEntries(Object.entries(inner).map(([name, member]) => [name, copy(member)]))
  }
  return copy(value) as Value
}

export async function* writeFile(
  format: Format,
  items: AsyncIterable<ExportItem> | Iterable<ExportItem>,
  context: ExportContext,
): AsyncGenerator<string | Uint8Array> {
  const known = new Set<string>()
  async function* prepared() {
    for await (const item of items) yield context.secrets ? item : redactItem(item, context, known)
  }
  if (format.write) yield* format.write(prepared(), context)
}
