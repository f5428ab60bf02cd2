// Inside the composer: its parts around one draft with one undo, and the sending of it.
import { useLayoutEffect, useMemo } from 'preact/hooks'
import { responseOf } from '../../exchange/exchange.ts'
import { isSecretParameter } from '../../http/secret-names.ts'
import { copy } from '../actions.ts'
import { fieldNames } from '../detail/field-notes.ts'
import { maskField } from '../detail/masking.ts'
import { Icon } from '../icons.tsx'
import { formatTime, plural } from '../units.ts'
import { dots } from '../viewers/secret-ranges.ts'
import { AuthSection } from './auth-section.tsx'
import { BodySection } from './body-section.tsx'
import { composing, type Extra } from './composing.ts'
import { CurlPaste } from './curl-paste.tsx'
import { countEdits, type DraftRow, editedRows } from './draft.ts'
import { EnvironmentChoice } from './environment-choice.tsx'
import { HolesSection } from './holes-section.tsx'
import { ManyForm } from './many-form.tsx'
import { ResultSide } from './result-side.tsx'
import { RowTable } from './row-table.tsx'
import { SaveForm } from './save-form.tsx'
import type { Start } from './start-draft.ts'
import { UrlRow } from './url-row.tsx'

export function Composer({ start, onClose }: { start: Start; onClose: () => void }) {
  const work = useMemo(() => composing(start), [start])
  const { history, extra, sendOne, send, takeCurl } = work
  const draft = history.draft.value
  const before = work.before.value
  const known = work.known.value
  const filled = work.filled.value
  const sending = work.sending.value
  const { original } = start
  const edits = countEdits(draft, before)
  const toggle = (which: Extra) => {
    extra.value = extra.peek() === which ? 'none' : which
  }
  const closeExtra = () => {
    const opener = document.querySelector<HTMLElement>(`.composer-frame [data-opens=${extra.peek()}]`)
    extra.value = 'none'
    opener?.focus()
  }

  useLayoutEffect(() => {
    // Where the work begins: at the value that is missing, or at the address.
    const frame = document.querySelector('.composer-frame')
    const first =
      frame?.querySelector<HTMLElement>('.holes input') ??
      frame?.querySelector<HTMLElement>('.url-field input, .url-field button')
    first?.focus()
    const keyed = (event: KeyboardEvent) => {
      if (!work.takeKey(event)) return
      event.preventDefault()
      event.stopPropagation()
    }
    // On the window: the button that was pressed may be disabled by now, and the focus nowhere.
    addEventListener('keydown', keyed, true)
    return () => {
      removeEventListener('keydown', keyed, true)
      work.stop()
    }
  }, [work])

  const setQuery = (query: readonly DraftRow[], field: string) =>
    history.change({ ...history.draft.peek(), query }, field)
  const setHeaders = (headers: readonly DraftRow[], field: string) =>
    history.change({ ...history.draft.peek(), headers }, field)
  const sent = draft.headers.filter(({ on }) => on).length
  const path = draft.base.replace(/^[a-z]+:\/\/[^/]*/i, '') || '/'

  return (
    <div class="composer-frame">
      <header>
        <h2>{original ? 'Edit and replay' : 'New request'}</h2>
        {original ? (
          <span class="q cut">
            from {original.request.method} {path}, {formatTime(original.startedDateTime)},{' '}
            {responseOf(original)?.status ?? 'failed'}
          </span>
        ) : null}
        <span class="grow" />
        <EnvironmentChoice />
        <button type="button" class="btn" aria-expanded={extra.value === 'save'} onClick={() => toggle('save')}>
          <Icon name="save" />
          Save request
        </button>
        <button type="button" class="btn" aria-expanded={extra.value === 'curl'} onClick={() => toggle('curl')}>
          Paste cURL
        </button>
        <span class="sep" />
        <button type="button" class="btn icon" aria-label="Close" title="Close (Esc)" onClick={onClose}>
          <Icon name="x" />
        </button>
      </header>
      {extra.value === 'save' ? (
        <SaveForm request={() => work.unfilled()} suggested={path} onClose={closeExtra} />
      ) : null}
      {extra.value === 'curl' ? (
        <CurlPaste problem={work.curlProblem.value} onText={takeCurl} onClose={closeExtra} />
      ) : null}
      <UrlRow history={history} sending={sending.state === 'sending'} onSend={() => void send()} onCurl={takeCurl} />
      {start.notes.length > 0 ? <p class="content-note">{start.notes.join('. ')}</p> : null}
      <div class="two">
        <div class="c-left">
          <HolesSection draft={draft} known={known} filled={filled} onFill={work.fill} />
          <section class="c-part" aria-label="Query">
            <div class="sect">
              <h4>Query</h4>
              <span class="c">{draft.query.length || ''}</span>
            </div>
            <RowTable
              label="Query"
              adds="Add parameter"
              rows={draft.query}
              edited={editedRows(draft.query, before.query)}
              mask={(name, value) => (isSecretParameter(name, value, []) ? dots : value)}
              onRows={setQuery}
            />
          </section>
          <AuthSection history={history} />
          <section class="c-part" aria-label="Headers">
            <div class="sect">
              <h4>Headers</h4>
              <span class="c">
                {sent} of {draft.headers.length} sent, in this order
              </span>
              <span class="grow" />
              <button
                type="button"
                class="btn icon"
                aria-label="Copy headers"
                title="Copy headers"
                onClick={() =>
                  copy(
                    draft.headers
                      .filter(({ on }) => on)
                      .map(({ name, value }) => `${name}: ${maskField(name, value)}`)
                      .join('\n'),
                    'the headers',
                  )
                }
              >
                <Icon name="copy" />
              </button>
            </div>
            <datalist id="field-names">
              {fieldNames.map((name) => (
                <option key={name} value={name} />
              ))}
            </datalist>
            <RowTable
              label="Headers"
              adds="Add header"
              names="field-names"
              rows={draft.headers}
              edited={editedRows(draft.headers, before.headers)}
              mask={maskField}
              onRows={setHeaders}
            />
          </section>
          <BodySection history={history} before={before} />
        </div>
        <div class="c-right">
          {extra.value === 'many' ? (
            <section aria-label="Send many">
              <div class="sect">
                <h4>Send many</h4>
                <span class="grow" />
                <button type="button" class="btn icon" aria-label="Close send many" onClick={closeExtra}>
                  <Icon name="x" />
                </button>
              </div>
              <ManyForm each={1} first={{ times: 10, atOnce: 1, pause: 0 }} send={sendOne} />
            </section>
          ) : null}
          <ResultSide sending={sending} original={original} />
        </div>
      </div>
      <footer>
        <label class="check">
          <input
            type="checkbox"
            checked={draft.followRedirects}
            onChange={(event) =>
              history.change({ ...history.draft.peek(), followRedirects: event.currentTarget.checked })
            }
          />
          Follow redirects
        </label>
        <span class="grow" />
        <span>{edits > 0 ? plural(edits, 'edit') : 'Not edited'}</span>
        <button type="button" class="btn" disabled={history.undone.value === 0} onClick={history.undo}>
          Undo<kbd>Ctrl Z</kbd>
        </button>
        <button type="button" class="btn" disabled={edits === 0} onClick={() => history.change(work.before.peek())}>
          {original ? 'Back to the original' : 'Back to the beginning'}
        </button>
        <button
          type="button"
          class="btn line-btn large"
          data-opens="many"
          onClick={() => {
            if (work.ready()) toggle('many')
          }}
        >
          Send many…
        </button>
      </footer>
    </div>
  )
}
