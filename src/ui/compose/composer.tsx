// Inside the composer: its parts around one draft with one undo, and the sending of it.
import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import { responseOf } from '../../exchange/exchange.ts'
import { fromCurl } from '../../formats/from-curl.ts'
import { isSecretParameter } from '../../http/secret-names.ts'
import { copy } from '../actions.ts'
import { fieldNames } from '../detail/field-notes.ts'
import { maskField } from '../detail/masking.ts'
import { Icon } from '../icons.tsx'
import { environment, say } from '../model.ts'
import { formatTime, plural } from '../units.ts'
import { dots } from '../viewers/secret-ranges.ts'
import { AuthSection } from './auth-section.tsx'
import { BodySection } from './body-section.tsx'
import { CurlPaste } from './curl-paste.tsx'
import { countEdits, type Draft, type DraftRow, draftOf, editedRows } from './draft.ts'
import { draftHistory } from './draft-history.ts'
import { missingValues, requestOf } from './draft-request.ts'
import { EnvironmentChoice } from './environment-choice.tsx'
import { HolesSection } from './holes-section.tsx'
import { ManyForm } from './many-form.tsx'
import { ResultSide, type Sending } from './result-side.tsx'
import { RowTable } from './row-table.tsx'
import { SaveForm } from './save-form.tsx'
import { finished, sendRequest } from './send-draft.ts'
import type { Start } from './start-draft.ts'
import { UrlRow } from './url-row.tsx'

type Extra = 'none' | 'curl' | 'save' | 'many'

const newBoundary = () => `telltale-${crypto.randomUUID()}`

export function Composer({ start, onClose }: { start: Start; onClose: () => void }) {
  const history = useMemo(() => draftHistory(start.draft), [start])
  const [before, setBefore] = useState<Draft>(start.draft)
  const [filled, setFilled] = useState<ReadonlyMap<string, string>>(new Map())
  const [sending, setSending] = useState<Sending>({ state: 'idle' })
  const [extra, setExtra] = useState<Extra>('none')
  const [curlProblem, setCurlProblem] = useState('')
  const running = useRef<AbortController | undefined>(undefined)
  const draft = history.draft.value
  const { original } = start
  const known = new Map(environment.value?.variables.map(({ name, value }) => [name, value]) ?? [])
  const values = new Map([...filled, ...known])
  const edits = countEdits(draft, before)

  useEffect(() => {
    // Where the work begins: at the value that is missing, or at the address.
    const frame = document.querySelector('.composer-frame')
    const first =
      frame?.querySelector<HTMLElement>('.holes input') ??
      frame?.querySelector<HTMLElement>('.url-field input, .url-field button')
    first?.focus()
    return () => running.current?.abort()
  }, [])

  const refuse = (why: string) => setSending({ state: 'refused', why })
  const ready = (): boolean => {
    const missing = missingValues(history.draft.peek(), values)
    if (missing.length > 0) {
      refuse(`${missing.length === 1 ? 'A value is' : 'Values are'} missing: ${missing.join(', ')}.`)
      document.querySelector<HTMLInputElement>('.holes input')?.focus()
      return false
    }
    return true
  }
  const send = async () => {
    if (sending.state === 'sending' || !ready()) return
    const own = new AbortController()
    running.current?.abort()
    running.current = own
    setSending({ state: 'sending', since: Date.now() })
    try {
      const id = await sendRequest(requestOf(history.draft.peek(), values, newBoundary()))
      const detail = await finished(id, () => {}, own.signal)
      if (detail) setSending({ state: 'done', detail })
    } catch (error) {
      if (!own.signal.aborted) refuse(error instanceof Error ? error.message : String(error))
    }
  }
  const sendOne = async (_: number, signal: AbortSignal) => {
    const id = await sendRequest(requestOf(history.draft.peek(), values, newBoundary()))
    const detail = await finished(id, () => {}, signal)
    return { status: detail?.row.status ?? 0, duration: detail?.row.duration ?? 0 }
  }
  const takeCurl = (text: string) => {
    const read = fromCurl(text)
    if ('error' in read) {
      setCurlProblem(read.error)
      setExtra('curl')
      return
    }
    const next = draftOf(read.request)
    history.change(next)
    setBefore(next)
    setExtra('none')
    setCurlProblem('')
    say(read.notes.length > 0 ? `Filled in from cURL. ${read.notes.join(' ')}` : 'Filled in from cURL')
  }
  const keyed = (event: KeyboardEvent) => {
    const control = event.ctrlKey || event.metaKey
    if (control && event.key === 'Enter') void send()
    else if (control && !event.shiftKey && event.key.toLowerCase() === 'z') history.undo()
    else if ((control && event.shiftKey && event.key.toLowerCase() === 'z') || (control && event.key === 'y'))
      history.redo()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  useEffect(() => {
    // On the window: the button that was pressed may be disabled by now, and the focus nowhere.
    addEventListener('keydown', keyed, true)
    return () => removeEventListener('keydown', keyed, true)
  })
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
        <button
          type="button"
          class="btn"
          aria-expanded={extra === 'save'}
          onClick={() => setExtra(extra === 'save' ? 'none' : 'save')}
        >
          <Icon name="save" />
          Save request
        </button>
        <button
          type="button"
          class="btn"
          aria-expanded={extra === 'curl'}
          onClick={() => setExtra(extra === 'curl' ? 'none' : 'curl')}
        >
          Paste cURL
        </button>
        <span class="sep" />
        <button type="button" class="btn icon" aria-label="Close" title="Close (Esc)" onClick={onClose}>
          <Icon name="x" />
        </button>
      </header>
      {extra === 'save' ? (
        <SaveForm
          request={() => requestOf(draft, new Map(), newBoundary())}
          suggested={path}
          onClose={() => setExtra('none')}
        />
      ) : null}
      {extra === 'curl' ? <CurlPaste problem={curlProblem} onText={takeCurl} onClose={() => setExtra('none')} /> : null}
      <UrlRow history={history} sending={sending.state === 'sending'} onSend={() => void send()} onCurl={takeCurl} />
      {start.notes.length > 0 ? <p class="content-note">{start.notes.join('. ')}</p> : null}
      <div class="two">
        <div class="c-left">
          <HolesSection
            draft={draft}
            known={known}
            filled={filled}
            onFill={(name, value) => setFilled(new Map(filled).set(name, value))}
          />
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
          {extra === 'many' ? (
            <section aria-label="Send many">
              <div class="sect">
                <h4>Send many</h4>
                <span class="grow" />
                <button type="button" class="btn icon" aria-label="Close send many" onClick={() => setExtra('none')}>
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
            onChange={(event) => history.change({ ...draft, followRedirects: event.currentTarget.checked })}
          />
          Follow redirects
        </label>
        <span class="grow" />
        <span>{edits > 0 ? plural(edits, 'edit') : 'Not edited'}</span>
        <button type="button" class="btn" disabled={history.undone.value === 0} onClick={history.undo}>
          Undo<kbd>Ctrl Z</kbd>
        </button>
        <button type="button" class="btn" disabled={edits === 0} onClick={() => history.change(before)}>
          {original ? 'Back to the original' : 'Back to the beginning'}
        </button>
        <button
          type="button"
          class="btn line-btn large"
          onClick={() => {
            if (ready()) setExtra(extra === 'many' ? 'none' : 'many')
          }}
        >
          Send many…
        </button>
      </footer>
    </div>
  )
}
