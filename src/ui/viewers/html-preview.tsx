// HTML as a reader would see it, with its own styles: in a frame without script, forms, origin or network.
import { useEffect, useState } from 'preact/hooks'
import { call } from '../connection.ts'
import { formatSize } from '../units.ts'
import { harmless } from './harmless-html.ts'
import { looksLikeText, type Material, wholeText } from './material.ts'
import { maskText } from './secret-ranges.ts'
import type { Viewer, ViewProps } from './viewer.ts'

/** Characters of a document that are drawn. */
const largest = 4_000_000

/** The frame's document comes from the desk, because only a response can carry a policy of its own. */
function Preview({ material, masked }: ViewProps) {
  const [source, setSource] = useState('')
  const [problem, setProblem] = useState('')
  const { bytes, echoes } = material
  useEffect(() => {
    const leaving = new AbortController()
    setProblem('')
    const text = wholeText(material).slice(0, largest)
    const html = harmless(masked ? maskText(text, echoes) : text)
    call('POST /api/previews', { body: { html }, signal: leaving.signal }).then(
      ({ path }) => setSource(path),
      (error) => leaving.signal.aborted || setProblem(error instanceof Error ? error.message : String(error)),
    )
    return () => leaving.abort()
  }, [bytes, masked, echoes])
  return (
    <div class="viewer">
      {problem ? <p class="viewer-problem">The preview could not be shown: {problem} The HTML is under HTML.</p> : null}
      {source && !problem ? (
        <iframe key={source} class="preview" title="Preview of the HTML" sandbox="" src={source} />
      ) : null}
      <p class="crumb q">
        Its own styles and embedded images; without scripts, forms, links and network
        {bytes.length > largest ? `. The first ${formatSize(largest)}` : ''}
      </p>
    </div>
  )
}

export const htmlPreview: Viewer = {
  id: 'preview',
  label: 'Preview',
  searchable: false,
  suits: (material: Material) =>
    material.bytes.length > 0 && /^text\/html$|xhtml/.test(material.mimeType) && looksLikeText(material.bytes) ? 30 : 0,
  View: Preview,
}
