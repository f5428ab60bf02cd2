// An image, from a blob: address that lives as long as it is shown, with its true size.
import { useEffect, useState } from 'preact/hooks'
import { formatSize } from '../units.ts'
import type { Viewer, ViewProps } from './viewer.ts'

/** What browsers draw without running anything; SVG as an image runs no script and loads nothing. */
const drawn = /^image\/(?:png|jpeg|jpg|gif|webp|avif|bmp|x-icon|vnd\.microsoft\.icon|svg\+xml)$/

function Image({ material }: ViewProps) {
  const [source, setSource] = useState('')
  const [told, setTold] = useState('')
  useEffect(() => {
    const address = URL.createObjectURL(new Blob([material.bytes.slice()], { type: material.mimeType }))
    setSource(address)
    setTold('')
    return () => URL.revokeObjectURL(address)
  }, [material.bytes, material.mimeType])
  return (
    <div class="viewer">
      <div class="image-stage">
        {source ? (
          <img
            src={source}
            alt={`Content of the ${material.side}`}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
              setTold(`${naturalWidth} × ${naturalHeight} px`)
            }
            onError={() => setTold('These octets do not make a whole image of the type they claim to be')}
          />
        ) : null}
      </div>
      <p class="crumb q">
        {told ? `${told}, ` : ''}
        {material.mimeType}, {formatSize(material.bytes.length)}
      </p>
    </div>
  )
}

export const imageViewer: Viewer = {
  id: 'image',
  label: 'Image',
  searchable: false,
  suits: ({ mimeType, bytes }) => (bytes.length > 0 && drawn.test(mimeType) ? 90 : 0),
  View: Image,
}
