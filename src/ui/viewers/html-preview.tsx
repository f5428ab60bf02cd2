// HTML as a reader would see it: in a frame without script, forms, origin or network.
import { useEffect, useState } from 'preact/hooks'
import { looksLikeText, type Material, wholeText } from './material.ts'
import { maskText } from './secret-ranges.ts'
import type { Viewer, ViewProps } from './viewer.ts'

/** The frame's own policy: nothing is loaded but what the document carries in itself. */
const policy = "default-src 'none'; img-src data:"
const forbidden =
  'script, link, meta[http-equiv], base, iframe, frame, frameset, object, embed, portal, template[shadowrootmode]'
/** Attributes that fetch or lead somewhere; what stays inside the document stays. */
const loads = /^(?:src|srcset|poster|data|background|href|xlink:href|ping|action|formaction|cite|manifest|longdesc)$/i
const largest = 4_000_000

/**
 * Three locks, each enough alone: the document is stripped while it is inert, its own policy forbids loading, and the
 * frame that shows it is sandboxed without any permission.
 */
export function harmless(source: string): string {
  // Taken out before parsing: even an inert document makes the browser apply, and complain about, what the page's own
  // policy forbids, and the frame inherits that policy: inline styles would do nothing there.
  const plain = source
    .slice(0, largest)
    .replace(/<style\b[\s\S]*?(?:<\/style\s*>|$)/gi, '')
    .replace(/([\s"'/])(on\w+|style)(\s*=)/gi, '$1data-$2$3')
  const inert = new DOMParser().parseFromString(plain, 'text/html')
  for (const element of inert.querySelectorAll(forbidden)) element.remove()
  for (const element of inert.querySelectorAll('*'))
    for (const { name, value } of [...element.attributes])
      if (loads.test(name) ? !/^(?:#|data:image\/)/i.test(value) : /^on/i.test(name) || /^\s*javascript:/i.test(value))
        element.removeAttribute(name)
  return `<!doctype html><meta http-equiv="Content-Security-Policy" content="${policy}"><meta name="referrer" content="no-referrer">${inert.documentElement.outerHTML}`
}

function Preview({ material, masked }: ViewProps) {
  const [source, setSource] = useState('')
  useEffect(() => {
    const text = wholeText(material)
    const blob = new Blob([harmless(masked ? maskText(text, material.echoes) : text)], {
      type: 'text/html; charset=utf-8',
    })
    const address = URL.createObjectURL(blob)
    setSource(address)
    return () => URL.revokeObjectURL(address)
  }, [material.bytes, masked])
  return (
    <div class="viewer">
      {source ? <iframe class="preview" title="Preview of the HTML" sandbox="" src={source} /> : null}
      <p class="crumb q">Text and structure only: without scripts, styles, forms and network</p>
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
