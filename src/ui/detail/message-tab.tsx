// The request or the response: its first line, field lines, trailers, query and content.
import { type ComponentChildren, Fragment } from 'preact'
import { useState } from 'preact/hooks'
import { type Exchange, responseOf } from '../../exchange/exchange.ts'
import type { FieldLine } from '../../exchange/message.ts'
import { isSecretParameter } from '../../http/secret-names.ts'
import { copy } from '../actions.ts'
import { Icon } from '../icons.tsx'
import { masked } from '../model.ts'
import { formatSize } from '../units.ts'
import { dots } from '../viewers/secret-ranges.ts'
import { ContentSection } from './content-section.tsx'
import { evidenceAt, followed } from './detail-state.ts'
import { fieldMarks, markedPieces } from './field-marks.tsx'
import { HeaderTable } from './header-table.tsx'
import { JwtRows } from './jwt-card.tsx'
import { maskField, maskUrls } from './masking.ts'

function Section(props: {
  title: string
  count?: string
  tools?: ComponentChildren
  children: ComponentChildren
  fills?: boolean
}) {
  const [open, setOpen] = useState(true)
  return (
    <section class={`msg-part${props.fills && open ? ' fills' : ''}`} aria-label={props.title}>
      <div class="sect">
        <button
          type="button"
          class="btn icon"
          aria-expanded={open}
          aria-label={`${props.title}: fold`}
          onClick={() => setOpen(!open)}
        >
          <Icon name={open ? 'down' : 'right'} small />
        </button>
        <h4>{props.title}</h4>
        {props.count ? <span class="c">{props.count}</span> : null}
        <span class="grow" />
        {props.tools}
      </div>
      {open ? props.children : null}
    </section>
  )
}

function CopyLines({ lines, what }: { lines: readonly FieldLine[]; what: string }) {
  const text = () =>
    lines.map(({ name, value }) => `${name}: ${masked.value ? maskField(name, value) : value}`).join('\n')
  return (
    <button
      type="button"
      class="btn icon"
      aria-label={`Copy ${what}`}
      title={`Copy ${what}`}
      onClick={() => copy(text(), what)}
    >
      <Icon name="copy" />
    </button>
  )
}

function Query({ exchange }: { exchange: Exchange }) {
  const { url } = exchange.request
  const parameters = URL.canParse(url) ? [...new URL(url).searchParams] : []
  const names = parameters.map(([name]) => name)
  const marks = fieldMarks('request.query', exchange.id)
  if (parameters.length === 0) return null
  return (
    <Section title="Query" count={`${parameters.length}`}>
      <table class="hdrs" aria-label="Query parameters">
        <tbody>
          {parameters.map(([name, value], i) => {
            const shown = masked.value && isSecretParameter(name, value, names) ? dots : value
            const mark = marks.find((each) => each.name === name)
            return (
              <Fragment key={i}>
                <tr class={mark ? 'on' : undefined}>
                  <th scope="row">{name}</th>
                  <td>
                    {mark ? markedPieces(shown, mark.value) : shown || <span class="qq">empty</span>}
                    {mark ? <span class="plain">{mark.note}</span> : null}
                  </td>
                  <td class="idx">{i + 1}</td>
                </tr>
                <JwtRows value={value} at={Date.parse(exchange.startedDateTime)} marked={mark !== undefined} />
              </Fragment>
            )
          })}
        </tbody>
      </table>
    </Section>
  )
}

const described = (mimeType: string | undefined, size: number, codings: readonly string[]): string =>
  [mimeType?.split(';')[0], formatSize(size), codings.length > 0 ? `${codings.join(', ')} on the wire` : '']
    .filter(Boolean)
    .join(', ')

type MessageProps = {
  readonly exchange: Exchange
  readonly side: 'request' | 'response'
  /** Leaves the first line and the fields out. */
  readonly contentOnly?: boolean
}

export function MessageTab({ exchange, side, contentOnly = false }: MessageProps) {
  const response = responseOf(exchange)
  const message = side === 'request' ? exchange.request : response
  if (!message)
    return (
      <p class="content-empty">
        {exchange.outcome.state === 'failed'
          ? `There is no response: ${exchange.outcome.failure.message}`
          : 'Waiting for the response'}
      </p>
    )
  const first = evidenceAt([side === 'request' ? 'request.line' : 'response.status'], exchange.id)[0]
  const line =
    side === 'request'
      ? `${exchange.request.method} ${masked.value ? maskUrls(exchange.request.target) : exchange.request.target} ${exchange.request.httpVersion}`
      : `${response?.httpVersion ?? ''} ${response?.status ?? ''} ${response?.statusText ?? ''}`
  const what = side === 'request' ? 'Request' : 'Response'
  const { content } = message
  const isFollowed = first !== undefined && followed.value?.evidence.location.at === first.evidence.location.at
  const contentPart = (
    <Section
      title="Content"
      count={content.bodySize > 0 ? described(content.mimeType, content.bodySize, content.codings) : ''}
      fills
    >
      <ContentSection exchange={exchange} side={side} message={message} />
    </Section>
  )
  if (contentOnly) return <div class="msg">{contentPart}</div>
  return (
    <div class="msg">
      {response && side === 'response' && response.interim.length > 0 ? (
        <p class="content-note">
          Before it:{' '}
          {response.interim
            .map((interim) => `${interim.status} ${interim.statusText} after ${Math.round(interim.at)} ms`)
            .join(', ')}
        </p>
      ) : null}
      <p class={`first-line${first ? ' on' : ''}`} data-followed={isFollowed || undefined}>
        {first ? <mark>{line}</mark> : line}
        {first ? <span class="plain">{first.finding.title}</span> : null}
      </p>
      {side === 'request' ? <Query exchange={exchange} /> : null}
      <Section
        title="Headers"
        count={`${message.headers.length}, as ${side === 'request' ? 'sent' : 'received'}`}
        tools={<CopyLines lines={message.headers} what={`the ${side} headers`} />}
      >
        <HeaderTable
          label={`${what} headers`}
          lines={message.headers}
          marks={fieldMarks(side === 'request' ? 'request.header' : 'response.header', exchange.id)}
          at={Date.parse(exchange.startedDateTime)}
        />
      </Section>
      {message.trailers.length > 0 ? (
        <Section
          title="Trailers"
          count={`${message.trailers.length}`}
          tools={<CopyLines lines={message.trailers} what="the trailers" />}
        >
          <HeaderTable
            label={`${what} trailers`}
            lines={message.trailers}
            marks={side === 'response' ? fieldMarks('response.trailer', exchange.id) : []}
            at={Date.parse(exchange.startedDateTime)}
          />
        </Section>
      ) : null}
      {contentPart}
    </div>
  )
}
