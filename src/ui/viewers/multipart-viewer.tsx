// Multipart content: every part with its fields, its octets shown by whatever viewer suits them.
import { useMemo } from 'preact/hooks'
import { isSecretParameter } from '../../http/secret-names.ts'
import { formatSize } from '../units.ts'
import { type Material, mediaTypeOf } from './material.ts'
import { boundaryOf, type Part, readMultipart } from './multipart.ts'
import { dots, maskText } from './secret-ranges.ts'
import type { Viewer, ViewProps } from './viewer.ts'

const most = 200
/** Text parts up to this size are shown in place of a viewer of their own. */
const short = 400

function shortText(part: Part): string | undefined {
  if (
    part.fileName !== undefined ||
    part.bytes.length > short ||
    (part.contentType !== '' && !part.contentType.startsWith('text/'))
  )
    return undefined
  return new TextDecoder().decode(part.bytes)
}

function Multipart({ material, masked, Nested }: ViewProps) {
  const parts = useMemo(() => {
    const boundary = boundaryOf(material.bytes, material.parameters.get('boundary'))
    return boundary === undefined ? [] : readMultipart(material.bytes, boundary)
  }, [material.bytes])
  const inner = useMemo(
    () =>
      parts.map(
        (part): Material => ({
          ...material,
          ...mediaTypeOf(part.contentType),
          headers: part.headers,
          bytes: part.bytes,
        }),
      ),
    [parts],
  )
  if (parts.length === 0)
    return (
      <p class="viewer-problem">No part was found: the boundary named in Content-Type does not occur in the content.</p>
    )
  return (
    <div class="viewer stack">
      {parts.slice(0, most).map((part, i) => {
        const text = shortText(part)
        const nested = inner[i]
        return (
          <section key={i} class="part">
            <h4 class="caps">
              {part.name === undefined ? `Part ${i + 1}` : part.name}
              {part.fileName === undefined ? null : <span class="q"> file {part.fileName}</span>}
              <span class="grow" />
              <span>
                {part.contentType || 'text'}, {formatSize(part.bytes.length)}
              </span>
            </h4>
            {text !== undefined ? (
              <pre class="short-text">
                {!masked
                  ? text
                  : part.name && isSecretParameter(part.name, text, [])
                    ? dots
                    : maskText(text, material.echoes)}
              </pre>
            ) : nested ? (
              <Nested material={nested} />
            ) : null}
          </section>
        )
      })}
    </div>
  )
}

export const multipartViewer: Viewer = {
  id: 'multipart',
  label: 'Parts',
  searchable: false,
  suits: ({ mimeType, bytes }) => (bytes.length > 0 && mimeType.startsWith('multipart/') ? 85 : 0),
  View: Multipart,
}
