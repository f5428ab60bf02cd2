// JSON as a tree that folds, with the path of the line one stands on.
import { useState } from 'preact/hooks'
import { copy } from '../actions.ts'
import { CodeView } from './code-view.tsx'
import { lineOfPointer, pointerAt, valueAt } from './json-pointer.ts'
import { beginning, looksLikeText, type Material } from './material.ts'
import { useListing } from './use-listing.ts'
import type { Viewer, ViewProps } from './viewer.ts'

const lines = /^application\/(?:x-)?(?:ndjson|jsonl|jsonlines|json-seq|stream\+json)$|^text\/jsonl$/

function suits(material: Material): number {
  const { mimeType, bytes } = material
  if (bytes.length === 0) return 0
  if (lines.test(mimeType)) return 80
  if (/[/+]json(?:$|[-+])/.test(mimeType)) return 80
  const start = looksLikeText(bytes) ? beginning(material, 64).trimStart() : ''
  if (mimeType === 'text/event-stream') return 0
  // Servers say text/plain or nothing at all for JSON often enough to look.
  return /^[{[]\s*(?:["{[\]}\d-]|true|false|null)/.test(start)
    ? /^(?:text\/(?:plain|html)|)$/.test(mimeType)
      ? 70
      : 20
    : 0
}

function Json({ material, masked, marks, search }: ViewProps) {
  const reading = useListing(material, lines.test(material.mimeType) ? 'json-lines' : 'json', masked)
  const [line, setLine] = useState(-1)
  if (!reading) return null
  const { listing, done } = reading
  const placed = marks
    .filter((mark) => mark.pointer !== undefined)
    .map((mark) => ({ line: lineOfPointer(listing, mark.pointer ?? ''), value: mark.value, note: mark.note }))
  const path = line >= 0 && line < listing.count ? pointerAt(listing, line) : undefined
  return (
    <div class="viewer">
      {listing.problem ? (
        <p class="viewer-problem" role="status">
          Not valid JSON: {listing.problem.message.toLowerCase()}, line {listing.problem.line}, column{' '}
          {listing.problem.column}. The text view shows all of it.
        </p>
      ) : null}
      <CodeView listing={listing} language="json" label="JSON" tree marks={placed} search={search} onLine={setLine} />
      <div class="crumb">
        <code class="cut">{path === '' ? '/' : (path ?? 'Click a line for its path')}</code>
        <span class="grow" />
        {done ? null : <span class="q">Reading the rest…</span>}
        {path === undefined ? null : (
          <>
            <button type="button" class="btn" onClick={() => copy(path, 'the path')}>
              Copy path
            </button>
            <button type="button" class="btn" onClick={() => copy(valueAt(listing, line), 'the value')}>
              Copy value
            </button>
          </>
        )}
      </div>
    </div>
  )
}

export const jsonViewer: Viewer = { id: 'tree', label: 'Tree', searchable: true, suits, View: Json }
