// Both messages as text, line by line as they stood on the wire, with the beginning of their content.
import { useEffect, useMemo, useState } from 'preact/hooks'
import { type Exchange, responseOf } from '../../exchange/exchange.ts'
import type { Content, FieldLine } from '../../exchange/message.ts'
import { copy } from '../actions.ts'
import { Icon } from '../icons.tsx'
import { masked } from '../model.ts'
import { formatSize } from '../units.ts'
import { CodeView } from '../viewers/code-view.tsx'
import { listLines } from '../viewers/list-lines.ts'
import { looksLikeText } from '../viewers/material.ts'
import { maskText } from '../viewers/secret-ranges.ts'
import type { Detail } from './detail-state.ts'
import { knownSecrets } from './known-secrets.ts'
import { loadContent } from './load-content.ts'
import { maskField, maskUrls } from './masking.ts'
import { SearchField, useSearch } from './search-field.tsx'

/** Characters of content shown; the Request and Response tabs show all of it. */
const most = 100_000

function useText(exchange: Exchange, side: 'request' | 'response', content: Content | undefined): string {
  const [text, setText] = useState('')
  const key = content && content.kept !== 'none' ? content.digest : ''
  useEffect(() => {
    setText('')
    if (!content || content.kept === 'none') return
    let wanted = true
    loadContent(exchange.id, side, content).then(
      ({ bytes }) => {
        if (!wanted) return
        const beginning = new TextDecoder().decode(bytes.subarray(0, most))
        const rest = bytes.length > most ? `\n[${formatSize(bytes.length - most)} more]` : ''
        setText(looksLikeText(bytes) ? beginning + rest : `[${formatSize(bytes.length)} of binary content]`)
      },
      (error) => wanted && setText(`[content could not be read: ${error instanceof Error ? error.message : error}]`),
    )
    return () => {
      wanted = false
    }
  }, [exchange.id, side, key])
  return text
}

function lines(fields: readonly FieldLine[], hide: boolean): string {
  return fields.map(({ name, value }) => `${name}: ${hide ? maskField(name, value) : value}\n`).join('')
}

export function RawTab({ exchange }: Detail) {
  const { request } = exchange
  const response = responseOf(exchange)
  const hide = masked.value
  const sent = useText(exchange, 'request', request.content)
  const received = useText(exchange, 'response', response?.content)
  const text = useMemo(() => {
    const hidden = (content: string) => (hide ? maskText(content, knownSecrets(exchange)) : content)
    const head = `${request.method} ${hide ? maskUrls(request.target) : request.target} ${request.httpVersion}\n${lines(request.headers, hide)}\n`
    const asked = head + (sent ? `${hidden(sent)}\n` : '') + lines(request.trailers, hide)
    if (!response)
      return exchange.outcome.state === 'failed' ? `${asked}\n[${exchange.outcome.failure.message}]` : asked
    const interim = response.interim
      .map((each) => `${response.httpVersion} ${each.status} ${each.statusText}\n${lines(each.headers, hide)}\n`)
      .join('')
    const answer = `${response.httpVersion} ${response.status} ${response.statusText}\n${lines(response.headers, hide)}\n`
    return `${asked}\n${interim}${answer}${received ? `${hidden(received)}\n` : ''}${lines(response.trailers, hide)}`
  }, [exchange, hide, sent, received])
  const listing = useMemo(() => listLines(text), [text])
  const search = useSearch()
  return (
    <div class="msg raw">
      <div class="sect">
        <h4>Both messages</h4>
        <span class="c cut">
          {request.httpVersion === 'HTTP/2'
            ? 'HTTP/2 is binary; shown in the words of HTTP/1'
            : 'as on the wire, content decoded'}
        </span>
        <SearchField search={search} label="Search in both" />
        <button
          type="button"
          class="btn icon"
          aria-label="Copy all"
          title="Copy all"
          onClick={() => copy(text, 'request and response')}
        >
          <Icon name="copy" />
        </button>
      </div>
      <CodeView listing={listing} language="none" label="Request and response as text" search={search} />
    </div>
  )
}
