// One message of a WebSocket or event of a stream, to be read: text laid out, octets in the viewer that suits them, tokens decoded.
import { useMemo } from 'preact/hooks'
import type { Exchange } from '../../exchange/exchange.ts'
import type { SocketMessage } from '../../exchange/socket-message.ts'
import { copy } from '../actions.ts'
import { Icon } from '../icons.tsx'
import { masked } from '../model.ts'
import { formatSize } from '../units.ts'
import { CodeView } from '../viewers/code-view.tsx'
import { findJwts } from '../viewers/jwt.ts'
import { type Material, mediaTypeOf } from '../viewers/material.ts'
import { layOut } from '../viewers/prepare-listing.ts'
import type { Search } from '../viewers/viewer.ts'
import { JwtCard } from './jwt-card.tsx'
import { knownSecrets } from './known-secrets.ts'
import { viewOf } from './message-view.ts'
import { NestedContent } from './nested-content.tsx'
import { SearchField, useSearch } from './search-field.tsx'

type Props = { readonly exchange: Exchange; readonly message: SocketMessage }

function Octets({ exchange, message, search }: Props & { readonly search: Search }) {
  const material = useMemo(
    (): Material => ({
      bytes: Uint8Array.from(atob(message.data), (char) => char.charCodeAt(0)),
      ...mediaTypeOf(''),
      side: message.from === 'client' ? 'request' : 'response',
      headers: [],
      url: exchange.request.url,
      echoes: knownSecrets(exchange),
      whole: !message.truncated,
    }),
    [exchange, message],
  )
  return <NestedContent material={material} search={search} />
}

export function MessageContent({ exchange, message, onClose }: Props & { readonly onClose: () => void }) {
  const { kind } = exchange
  const { text, name, notes } = viewOf(kind, message, masked.value)
  const called = kind === 'http' ? 'Event' : 'Message'
  const listing = useMemo(() => layOut(text, /^\s*[{[]/.test(text) ? 'json' : 'lines'), [text])
  const search = useSearch()
  const readable = listing.problem ? layOut(text, 'lines') : listing
  const jwts = useMemo(() => (message.opcode === 'text' ? findJwts(message.data) : []), [message])
  const at = Date.parse(exchange.startedDateTime) + message.at
  return (
    <section class="message-content" aria-label={called}>
      <div class="sect">
        <h4>
          {called} {message.seq + 1}
        </h4>
        <span class="c">
          {[...(kind === 'http' ? [name ?? 'message', ...notes] : [message.opcode]), formatSize(message.size)].join(
            ', ',
          )}
          {message.compressed ? ', compressed' : ''}
          {message.truncated ? ', only the first part kept' : ''}
        </span>
        <SearchField search={search} label={`Search in ${called.toLowerCase()}`} />
        {message.opcode === 'binary' ? null : (
          <button
            type="button"
            class="btn icon"
            aria-label={`Copy ${called.toLowerCase()}`}
            onClick={() => copy(text, `the ${called.toLowerCase()}`)}
          >
            <Icon name="copy" />
          </button>
        )}
        <button type="button" class="btn icon" aria-label={`Close ${called.toLowerCase()}`} onClick={onClose}>
          <Icon name="x" />
        </button>
      </div>
      {jwts.map((jwt, i) => (
        <div class="content-jwt" key={i}>
          <JwtCard jwt={jwt} at={at} />
        </div>
      ))}
      {message.opcode === 'binary' ? (
        <Octets {...{ exchange, message, search }} />
      ) : (
        <CodeView
          listing={readable}
          language={readable === listing ? 'json' : 'none'}
          label={called}
          search={search}
          tree={readable === listing && listing.count > 1}
        />
      )}
    </section>
  )
}
