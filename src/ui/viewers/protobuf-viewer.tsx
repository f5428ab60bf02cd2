// Protocol buffers and gRPC messages without their schema: field numbers, wire types and what the values look like.
import { useEffect, useMemo, useState } from 'preact/hooks'
import { formatSize } from '../units.ts'
import { inflateGzip } from './inflate-gzip.ts'
import { Marked, useTextHits } from './marked-texts.tsx'
import { type Material, wholeText } from './material.ts'
import { type GrpcFrame, type ProtoField, readGrpcFrames, readProtobuf } from './protobuf.ts'
import { maskText } from './secret-ranges.ts'
import { useSplitSearch } from './split-search.ts'
import type { Search, Viewer, ViewProps } from './viewer.ts'

/** Fields drawn of all messages together, and characters of one value. */
const most = 1000
const longest = 2000

/** A field with its place: `depth` counts the messages around it. */
type Line = { readonly depth: number; readonly field: ProtoField; readonly value: string }

function linesOf(fields: readonly ProtoField[], hide: (text: string) => string, depth = 0, into: Line[] = []): Line[] {
  for (const field of fields) {
    if (into.length >= most) break
    const value = field.type === 'message' ? '' : field.type === 'text' ? hide(field.value) : field.value
    into.push({ depth, field, value: value.length > longest ? `${value.slice(0, longest)} … see Hex` : value })
    if (field.type === 'message') linesOf(field.fields, hide, depth + 1, into)
  }
  return into
}

function Fields({ lines, search }: { lines: readonly Line[]; search: Search | undefined }) {
  const texts = useMemo(() => lines.map(({ value }) => value), [lines])
  const { hitsOf } = useTextHits(search, texts)
  return (
    <ul class="proto">
      {lines.map(({ depth, field, value }, i) => (
        <li key={i} style={{ marginLeft: `${depth * 20}px` }} class={depth > 0 ? 'within' : undefined}>
          <code class="jk">{field.number}</code>
          <span class="qq">{field.type}</span>
          {field.type === 'message' ? null : (
            <code class={field.type === 'text' ? 'js' : 'jn'}>
              <Marked text={value} hits={hitsOf(i)} />
            </code>
          )}
        </li>
      ))}
      {lines.length >= most ? <li class="q">and more: see Hex</li> : null}
    </ul>
  )
}

function Trailers({ text, search }: { text: string; search: Search | undefined }) {
  const texts = useMemo(() => [text], [text])
  const { hitsOf } = useTextHits(search, texts)
  return (
    <pre class="short-text">
      <Marked text={text} hits={hitsOf(0)} />
    </pre>
  )
}

type Shown = { readonly title: string; readonly fields: readonly ProtoField[] | undefined; readonly text?: string }

async function describe(frame: GrpcFrame, index: number): Promise<Shown> {
  const cut = frame.bytes.length < frame.size ? `, only ${formatSize(frame.bytes.length)} kept` : ''
  const title = `${frame.trailers ? 'Trailers' : `Message ${index + 1}`}, ${formatSize(frame.size)}${frame.compressed ? ', gzip' : ''}${cut}`
  if (frame.trailers) return { title, fields: undefined, text: new TextDecoder().decode(frame.bytes) }
  const bytes = frame.compressed ? await inflateGzip(frame.bytes) : frame.bytes
  return bytes
    ? { title, fields: readProtobuf(bytes) }
    : { title: `${title}: cannot be decompressed`, fields: undefined }
}

const isGrpc = (mimeType: string) => /^application\/grpc/.test(mimeType)
const fromBase64 = (text: string) => Uint8Array.from(atob(text.replace(/[^\w+/]/g, '')), (char) => char.charCodeAt(0))

function Protobuf({ material, masked, search }: ViewProps) {
  const [shown, setShown] = useState<readonly Shown[]>([])
  const searches = useSplitSearch(search, shown.length)
  const lines = useMemo(() => {
    const hide = (text: string) => (masked ? maskText(text, material.echoes) : text)
    return shown.map(({ fields, text }) => ({
      fields: fields && linesOf(fields, hide),
      text: text === undefined ? undefined : hide(text),
    }))
  }, [shown, masked])
  useEffect(() => {
    let wanted = true
    const read = async (): Promise<readonly Shown[]> => {
      if (!isGrpc(material.mimeType)) return [{ title: 'Message', fields: readProtobuf(material.bytes) }]
      const bytes = material.mimeType.includes('web-text') ? fromBase64(wholeText(material)) : material.bytes
      return Promise.all(readGrpcFrames(bytes).slice(0, 200).map(describe))
    }
    read().then(
      (found) => wanted && setShown(found),
      () => wanted && setShown([{ title: 'Not readable as protocol buffers', fields: undefined }]),
    )
    return () => {
      wanted = false
    }
  }, [material.bytes])
  return (
    <div class="viewer scrolls">
      {shown.map(({ title }, i) => {
        const { fields, text } = lines[i] ?? {}
        return (
          <section key={i} class="part">
            <h4 class="caps">{title}</h4>
            {text === undefined ? null : <Trailers text={text} search={searches[i]} />}
            {fields ? (
              <Fields lines={fields} search={searches[i]} />
            ) : text === undefined ? (
              <p class="viewer-problem">These octets are no protocol buffer message.</p>
            ) : null}
          </section>
        )
      })}
      <p class="crumb q">Read without a schema: numbers are field numbers, types are what the wire shows</p>
    </div>
  )
}

export const protobufViewer: Viewer = {
  id: 'protobuf',
  label: 'Protobuf',
  searchable: true,
  suits: ({ mimeType, bytes }: Material) =>
    bytes.length > 0 && (isGrpc(mimeType) || /(?:x-)?(?:google-)?protobuf/.test(mimeType)) ? 85 : 0,
  View: Protobuf,
}
