// The body of the request, edited as what it is: JSON, form, parts with files, text, or octets kept as they are.
import { useState } from 'preact/hooks'
import { fromBase64, toBase64 } from '../../http/octets.ts'
import { isSecretParameter } from '../../http/secret-names.ts'
import { Icon } from '../icons.tsx'
import { masked } from '../model.ts'
import { lazyPart } from '../shell/lazy-part.tsx'
import { formatSize } from '../units.ts'
import { listJson } from '../viewers/list-json.ts'
import { dots, maskText } from '../viewers/secret-ranges.ts'
import { type BodyKind, type Draft, type DraftBody, type DraftPart, type DraftRow, editedRows, row } from './draft.ts'
import type { DraftHistory } from './draft-history.ts'
import { holesIn } from './draft-request.ts'
import { RowTable } from './row-table.tsx'
import { encodeQuery, splitAddress } from './url-text.ts'

const BodyEditor = lazyPart(async () => (await import('./body-editor.tsx')).BodyEditor)

const kinds: readonly { readonly kind: BodyKind; readonly label: string }[] = [
  { kind: 'none', label: 'None' },
  { kind: 'json', label: 'JSON' },
  { kind: 'form', label: 'Form' },
  { kind: 'multipart', label: 'Multipart' },
  { kind: 'text', label: 'Raw' },
  { kind: 'file', label: 'File' },
]
/** Files above this many octets do not fit through one call. */
const largestFile = 24_000_000

const maskPair = (name: string, value: string) => (isSecretParameter(name, value, []) ? dots : value)

/** Takes what was written along into the other form where that means something. */
function converted(body: DraftBody, kind: BodyKind): DraftBody {
  if (kind === 'form' && body.form.length === 0 && body.text.includes('='))
    return {
      ...body,
      kind,
      form: splitAddress(`?${body.text}`).query.map(({ name, value, raw }) => row(name, value, true, raw)),
    }
  if (kind === 'text' && body.kind === 'form')
    return {
      ...body,
      kind,
      text: body.form
        .filter(({ on }) => on)
        .map(({ name, value }) => `${encodeQuery(name)}=${encodeQuery(value)}`)
        .join('&'),
    }
  return { ...body, kind }
}

async function readFile(file: File): Promise<NonNullable<DraftPart['file']> | string> {
  if (file.size > largestFile)
    return `${file.name} has ${formatSize(file.size)}; the most is ${formatSize(largestFile)}`
  const octets = new Uint8Array(await file.arrayBuffer())
  return {
    name: file.name,
    mimeType: file.type || 'application/octet-stream',
    base64: toBase64(octets),
    size: octets.length,
  }
}

function FileButton({ label, onFile }: { label: string; onFile: (file: NonNullable<DraftPart['file']>) => void }) {
  const [problem, setProblem] = useState('')
  return (
    <>
      <label class="btn line-btn file-button">
        <Icon name="plus" small />
        {label}
        <input
          type="file"
          class="vh"
          onChange={async ({ currentTarget: input }) => {
            const file = input.files?.[0]
            if (!file) return
            const read = await readFile(file)
            if (typeof read === 'string') setProblem(read)
            else onFile(read)
            input.value = ''
          }}
        />
      </label>
      {problem ? <span class="et">{problem}</span> : null}
    </>
  )
}

/** What the head of the section says about the body. */
function standing({ kind, text, file, form, parts }: DraftBody): { readonly words: string; readonly wrong: boolean } {
  if (kind === 'json') {
    if (text.trim() === '') return { words: 'empty', wrong: false }
    const { problem } = listJson(text)
    if (problem && holesIn(text).length === 0)
      return { words: `line ${problem.line}, column ${problem.column}: ${problem.message.toLowerCase()}`, wrong: true }
    return { words: `valid, ${formatSize(new Blob([text]).size)}`, wrong: false }
  }
  if (kind === 'text') return { words: formatSize(new Blob([text]).size), wrong: false }
  if (kind === 'form') return { words: `${form.filter(({ on }) => on).length} fields`, wrong: false }
  if (kind === 'multipart') return { words: `${parts.filter(({ on }) => on).length} parts`, wrong: false }
  return { words: file && kind === 'file' ? `${file.name}, ${formatSize(file.size)}, kept as it is` : '', wrong: false }
}

function TextBody({ body, set }: { body: DraftBody; set: (next: DraftBody, field: string) => void }) {
  const [asked, setAsked] = useState(false)
  const hidden = masked.value && !asked ? maskText(body.text) : body.text
  if (hidden !== body.text)
    return (
      <div class="masked-body">
        <pre class="short-text">{hidden}</pre>
        <button type="button" class="btn line-btn" onClick={() => setAsked(true)}>
          <Icon name="unmask" />
          Show secrets to edit
        </button>
      </div>
    )
  return (
    <BodyEditor
      value={body.text}
      language={body.kind === 'json' ? 'json' : 'text'}
      label="Body"
      onValue={(text) => {
        setAsked(true)
        if (text !== body.text) set({ ...body, text }, 'body')
      }}
    />
  )
}

export function BodySection({ history, before }: { history: DraftHistory; before: Draft }) {
  const draft = history.draft.value
  const { body } = draft
  const set = (next: DraftBody, field = '') => history.change({ ...history.draft.peek(), body: next }, field)
  const { words, wrong } = standing(body)
  const pretty = () => {
    const listing = listJson(body.text)
    if (!listing.problem) set({ ...body, text: listing.text })
  }
  return (
    <section class="c-part c-body" aria-label="Body">
      <div class="sect">
        <h4>Body</h4>
        <span class={`c cut ${wrong ? 'et' : ''}`} role="status">
          {words}
        </span>
        <span class="grow" />
        {body.kind === 'json' && !wrong && body.text !== '' ? (
          <button type="button" class="btn" onClick={pretty}>
            Lay out
          </button>
        ) : null}
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would add a frame and a legend */}
        <div class="seg" role="group" aria-label="Kind of body">
          {kinds.map(({ kind, label }) => (
            <button
              key={kind}
              type="button"
              aria-pressed={body.kind === kind}
              onClick={() => set(converted(body, kind))}
            >
              {label}
            </button>
          ))}
        </div>
      </div>
      {body.kind === 'json' || body.kind === 'text' ? (
        <TextBody body={body} set={set} />
      ) : body.kind === 'form' ? (
        <RowTable
          label="Form"
          adds="Add field"
          rows={body.form}
          edited={editedRows(body.form, before.body.form)}
          mask={maskPair}
          onRows={(form, field) => set({ ...body, form: form as readonly DraftRow[] }, field)}
        />
      ) : body.kind === 'multipart' ? (
        <>
          <RowTable
            label="Parts"
            adds="Add text part"
            rows={body.parts}
            edited={editedRows(body.parts, before.body.parts)}
            mask={maskPair}
            onRows={(parts, field) => set({ ...body, parts }, field)}
            extra={({ file }) =>
              file ? (
                <span class="file-part">
                  {file.name}{' '}
                  <span class="qq">
                    {file.mimeType}, {formatSize(file.size)}
                  </span>
                </span>
              ) : undefined
            }
          />
          <p class="under-table">
            <FileButton
              label="Add file"
              onFile={(file) => set({ ...body, parts: [...body.parts, { ...row('file'), file }] })}
            />
          </p>
        </>
      ) : body.kind === 'file' ? (
        <p class="under-table">
          {body.file ? (
            <span>{formatSize(fromBase64(body.file.base64)?.length ?? 0)} of content, sent octet by octet. </span>
          ) : null}
          <FileButton
            label={body.file ? 'Replace by a file' : 'Choose a file'}
            onFile={(file) => set({ ...body, file })}
          />
        </p>
      ) : null}
    </section>
  )
}
