// Method, address, protocol and Send: the line every request begins with.
import { useState } from 'preact/hooks'
import { maskUrls } from '../detail/masking.ts'
import { masked } from '../model.ts'
import type { Draft } from './draft.ts'
import { row } from './draft.ts'
import type { DraftHistory } from './draft-history.ts'
import { SecretInput } from './secret-input.tsx'
import { joinAddress, splitAddress } from './url-text.ts'

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'QUERY']
const versions = [
  { version: 'auto', label: 'HTTP as offered' },
  { version: '1.1', label: 'HTTP/1.1' },
  { version: '2', label: 'HTTP/2' },
] as const

function addressText(draft: Draft): string {
  return joinAddress({ base: draft.base, query: draft.query.filter(({ on }) => on), fragment: draft.fragment })
}

/** The rows of a new address: those that say the same keep their place in the table, and those switched off stay. */
function withAddress(draft: Draft, text: string): Draft {
  const { base, query, fragment } = splitAddress(text)
  const left = draft.query.filter(({ on }) => on)
  const rows = query.map(({ name, value, raw }, at) => {
    const same = left[at]
    return same ? { ...row(name, value, true, raw), id: same.id } : row(name, value, true, raw)
  })
  return { ...draft, base, fragment, query: [...rows, ...draft.query.filter(({ on }) => !on)] }
}

type Props = {
  readonly history: DraftHistory
  readonly sending: boolean
  readonly onSend: () => void
  readonly onCurl: (text: string) => void
}

export function UrlRow({ history, sending, onSend, onCurl }: Props) {
  const draft = history.draft.value
  const [own, setOwn] = useState(() => !methods.includes(draft.method))
  const text = addressText(draft)
  return (
    <div class="urlrow">
      {own ? (
        <input
          class="sel method"
          aria-label="Method"
          value={draft.method}
          spellcheck={false}
          onInput={(event) =>
            history.change({ ...history.draft.peek(), method: event.currentTarget.value.toUpperCase() }, 'method')
          }
        />
      ) : (
        <select
          class="sel method"
          aria-label="Method"
          value={draft.method}
          onChange={(event) => {
            if (event.currentTarget.value === '') setOwn(true)
            else history.change({ ...history.draft.peek(), method: event.currentTarget.value })
          }}
        >
          {methods.map((method) => (
            <option key={method} value={method}>
              {method}
            </option>
          ))}
          <option value="">other…</option>
        </select>
      )}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the paste and Enter of the field inside are caught on their way up */}
      <div
        class="field url-field"
        onPaste={(event) => {
          const pasted = event.clipboardData?.getData('text') ?? ''
          if (!/^\s*curl(?:\.exe)?\s/i.test(pasted)) return
          event.preventDefault()
          onCurl(pasted)
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && event.target instanceof HTMLInputElement) onSend()
        }}
      >
        <SecretInput
          label="URL"
          value={text}
          shown={masked.value ? maskUrls(text) : text}
          placeholder="https://api.example.com/v1/…, or paste a cURL command"
          onValue={(value) => history.change(withAddress(history.draft.peek(), value), 'url')}
        />
      </div>
      <select
        class="sel"
        aria-label="HTTP version"
        value={draft.httpVersion}
        onChange={(event) => {
          const chosen = versions.find(({ version }) => version === event.currentTarget.value)
          if (chosen) history.change({ ...history.draft.peek(), httpVersion: chosen.version })
        }}
      >
        {versions.map(({ version, label }) => (
          <option key={version} value={version}>
            {label}
          </option>
        ))}
      </select>
      <button type="button" class="btn go" onClick={onSend} disabled={sending}>
        {sending ? 'Sending' : 'Send'}
        <kbd>Ctrl Enter</kbd>
      </button>
    </div>
  )
}
