// Any text, line by line as received or laid out by its language; the view behind Text and Raw.
import type { ComponentType } from 'preact'
import { CodeView } from './code-view.tsx'
import { lineOfPointer } from './json-pointer.ts'
import { looksLikeText, type Material } from './material.ts'
import type { Layout } from './prepare-listing.ts'
import type { Language } from './tint-line.ts'
import { useListing } from './use-listing.ts'
import type { Viewer, ViewProps } from './viewer.ts'

export function languageOf(mimeType: string): Language {
  if (/json/.test(mimeType)) return 'json'
  if (/xml|html|svg/.test(mimeType)) return 'markup'
  if (/css/.test(mimeType)) return 'css'
  if (/(?:java|ecma|type)script/.test(mimeType)) return 'script'
  return /graphql/.test(mimeType) ? 'graphql' : 'none'
}

function textView(layoutOf: (material: Material) => Layout, label: string): ComponentType<ViewProps> {
  return ({ material, masked, marks, search }) => {
    const layout = layoutOf(material)
    const reading = useListing(material, layout, masked)
    if (!reading) return null
    const { listing, done } = reading
    const placed = marks.flatMap((mark) => {
      const note = mark.note
      if (mark.pointer !== undefined && layout.startsWith('json'))
        return [{ line: lineOfPointer(listing, mark.pointer), value: mark.value, note }]
      if (mark.line !== undefined && layout === 'lines') return [{ line: mark.line - 1, value: mark.value, note }]
      return []
    })
    const unsure = listing.problem && (layout === 'script' || layout === 'css') ? listing.problem : undefined
    if (listing.problem && layout === 'json' && layoutOf(material) === 'json')
      placed.unshift({ line: listing.count - 1, value: '', note: `${listing.problem.message}; Raw shows the rest` })
    return (
      <div class="viewer">
        <CodeView {...{ listing, label, search }} marks={placed} language={languageOf(material.mimeType)} />
        {unsure ? (
          <p class="crumb q">
            {unsure.message}, line {unsure.line}, column {unsure.column}: shown as received
          </p>
        ) : null}
        {done ? null : <p class="crumb q">Reading the rest…</p>}
      </div>
    )
  }
}

function codeLayout({ mimeType }: Material): Layout {
  const language = languageOf(mimeType)
  return language === 'script' || language === 'css' ? language : 'lines'
}

const text = (material: Material) => material.bytes.length > 0 && looksLikeText(material.bytes)

export const prettyJsonViewer: Viewer = {
  id: 'pretty',
  label: 'Text',
  searchable: true,
  suits: (material) => (text(material) && /[/+]json$/.test(material.mimeType) ? 40 : 0),
  View: textView(() => 'json', 'Pretty text'),
}

export const xmlViewer: Viewer = {
  id: 'xml',
  label: 'XML',
  searchable: true,
  suits: (material) => (text(material) && /(?:[/+]xml|image\/svg\+xml)$/.test(material.mimeType) ? 75 : 0),
  View: textView(() => 'xml', 'XML'),
}

export const htmlViewer: Viewer = {
  id: 'html',
  label: 'HTML',
  searchable: true,
  suits: (material) => (text(material) && /^text\/html$|xhtml/.test(material.mimeType) ? 65 : 0),
  View: textView(() => 'html', 'HTML'),
}

/** Laid out by white space alone; what cannot be read for sure is left as it is. */
export const codeViewer: Viewer = {
  id: 'code',
  label: 'Pretty',
  searchable: true,
  suits: (material) => (text(material) && codeLayout(material) !== 'lines' ? 65 : 0),
  View: textView(codeLayout, 'Pretty code'),
}

/** The text exactly as received; also the floor for everything that reads as text. */
export const rawViewer: Viewer = {
  id: 'raw',
  label: 'Raw',
  searchable: true,
  suits: (material) => (text(material) ? 10 : 0),
  View: textView(() => 'lines', 'Raw text'),
}
