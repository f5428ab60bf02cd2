// Multipart content: every part with its fields, its octets shown by whatever viewer suits them.
import { useMemo } from 'preact/hooks'
import { isSecretParameter } from '../../http/secret-names.ts'
import { formatSize } from '../units.ts'
import { Marked, useTextHits } from './marked-texts.tsx'
import { type Material, mediaTypeOf } from './material.ts'
import { boundaryOf, type Part, readMultipart } from './multipart.ts'
import { dots, maskText } from './secret-ranges.ts'
import { useSplitSearch } from './split-search.ts'
import type { NestedProps, Search, Viewer, ViewProps } from './viewer.ts'

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

type PartProps = {
  readonly part: Part
  readonly index: number
  readonly material: Material
  readonly masked: boolean
  readonly heading: Search | undefined
  readonly content: Search | undefined
  readonly Nested: preact.ComponentType<NestedProps>
}

function PartView({ part, index, material, masked, heading, content, Nested }: PartProps) {
  const shown = useMemo(() => {
    const text = shortText(part)
    const hidden =
      text === undefined || !masked
        ? text
        : part.name && isSecretParameter(part.name, text, [])
          ? dots
          : maskText(text, material.echoes)
    return { name: part.name ?? `Part ${index + 1}`, file: part.fileName ?? '', text: hidden }
  }, [part, masked])
  const texts = useMemo(() => [shown.name, shown.file, shown.text ?? ''], [shown])
  const { hitsOf } = useTextHits(heading, texts)
  return (
    <section class="part">
      <h4 class="caps">
        <span>
          <Marked text={shown.name} hits={hitsOf(0)} />
        </span>
        {part.fileName === undefined ? null : (
          <span class="q">
            {' '}
            file <Marked text={shown.file} hits={hitsOf(1)} />
          </span>
        )}
        <span class="grow" />
        <span>
          {part.contentType || 'text'}, {formatSize(part.bytes.length)}
        </span>
      </h4>
      {shown.text !== undefined ? (
        <pre class="short-text">
          <Marked text={shown.text} hits={hitsOf(2)} />
        </pre>
      ) : content ? (
        <Nested material={material} search={content} />
      ) : null}
    </section>
  )
}

function Multipart({ material, masked, search, Nested }: ViewProps) {
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
  // A part's name is searched before its content.
  const searches = useSplitSearch(search, Math.min(parts.length, most) * 2)
  if (parts.length === 0)
    return (
      <p class="viewer-problem">No part was found: the boundary named in Content-Type does not occur in the content.</p>
    )
  return (
    <div class="viewer stack">
      {parts.slice(0, most).map((part, i) => {
        const material = inner[i]
        return material ? (
          <PartView
            key={i}
            index={i}
            heading={searches[i * 2]}
            content={searches[i * 2 + 1]}
            {...{ part, material, masked, Nested }}
          />
        ) : null
      })}
      {parts.length > most ? <p class="crumb q">{parts.length - most} more parts: see Raw or Hex</p> : null}
    </div>
  )
}

export const multipartViewer: Viewer = {
  id: 'multipart',
  label: 'Parts',
  searchable: true,
  suits: ({ mimeType, bytes }) => (bytes.length > 0 && mimeType.startsWith('multipart/') ? 85 : 0),
  View: Multipart,
}
