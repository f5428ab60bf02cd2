// Protocol buffers and gRPC messages without their schema: field numbers, wire types and what the values look like.
import { useEffect, useState } from 'preact/hooks'
import { formatSize } from '../units.ts'
import { inflateGzip } from './inflate-gzip.ts'
import { type Material, wholeText } from './material.ts'
import { type GrpcFrame, type ProtoField, readGrpcFrames, readProtobuf } from './protobuf.ts'
import { maskText } from './secret-ranges.ts'
import type { Viewer, ViewProps } from './viewer.ts'

/** Fields drawn of one message. */
const most = 300

function Fields({ fields, masked, material }: { fields: readonly ProtoField[]; masked: boolean; material: Material }) {
  return (
    <ul class="proto">
      {fields.slice(0, most).map((field, i) => (
        <li key={i}>
          <code class="jk">{field.number}</code>
          <span class="qq">{field.type}</span>
          {field.type === 'message' ? (
            <Fields fields={field.fields} {...{ masked, material }} />
          ) : (
            <code class={field.type === 'text' ? 'js' : 'jn'}>
              {masked && field.type === 'text' ? maskText(field.value, material.echoes) : field.value}
            </code>
          )}
        </li>
      ))}
      {fields.length > most ? <li class="q">and more: see Hex</li> : null}
    </ul>
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

function Protobuf({ material, masked }: ViewProps) {
  const [shown, setShown] = useState<readonly Shown[]>([])
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
      {shown.map(({ title, fields, text }, i) => (
        <section key={i} class="part">
          <h4 class="caps">{title}</h4>
          {text === undefined ? null : <pre class="short-text">{masked ? maskText(text, material.echoes) : text}</pre>}
          {fields ? (
            <Fields {...{ fields, masked, material }} />
          ) : text === undefined ? (
            <p class="viewer-problem">These octets are no protocol buffer message.</p>
          ) : null}
        </section>
      ))}
      <p class="crumb q">Read without a schema: numbers are field numbers, types are what the wire shows</p>
    </div>
  )
}

export const protobufViewer: Viewer = {
  id: 'protobuf',
  label: 'Protobuf',
  searchable: false,
  suits: ({ mimeType, bytes }: Material) =>
    bytes.length > 0 && (isGrpc(mimeType) || /(?:x-)?(?:google-)?protobuf/.test(mimeType)) ? 85 : 0,
  View: Protobuf,
}
