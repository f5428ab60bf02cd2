// A submitted form as a table of names and values.
import { useMemo } from 'preact/hooks'
import { isSecretParameter } from '../../http/secret-names.ts'
import { Marked, useTextHits } from './marked-texts.tsx'
import { beginning, type Material, wholeText } from './material.ts'
import { dots, maskText } from './secret-ranges.ts'
import type { Viewer, ViewProps } from './viewer.ts'

/** Rows beyond this many, and characters of one value beyond these, are left to the raw view. */
const most = 500
const longest = 4000

function Form({ material, masked, search }: ViewProps) {
  const { fields, texts } = useMemo(() => {
    const all = [...new URLSearchParams(wholeText(material))]
    const names = all.map(([name]) => name)
    const hidden = (name: string, value: string) =>
      !masked ? value : isSecretParameter(name, value, names) ? dots : maskText(value, material.echoes)
    const shown = all.slice(0, most).flatMap(([name, value]) => [name, hidden(name, value).slice(0, longest)])
    return { fields: all, texts: shown }
  }, [material.bytes, masked])
  const { hitsOf } = useTextHits(search, texts)
  return (
    <div class="viewer scrolls">
      <table class="pairs" aria-label="Form fields">
        <tbody>
          {fields.slice(0, most).map(([, whole], i) => (
            <tr key={i}>
              <th scope="row">
                <Marked text={texts[i * 2] ?? ''} hits={hitsOf(i * 2)} />
              </th>
              <td>
                {whole === '' ? (
                  <span class="qq">empty</span>
                ) : (
                  <Marked text={texts[i * 2 + 1] ?? ''} hits={hitsOf(i * 2 + 1)} />
                )}
                {whole.length > longest ? (
                  <span class="plain">The first {longest} characters: Raw has all of it</span>
                ) : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {fields.length > most ? <p class="crumb q">{fields.length - most} more fields: see Raw</p> : null}
    </div>
  )
}

export const formViewer: Viewer = {
  id: 'form',
  label: 'Form',
  searchable: true,
  suits: (material: Material) =>
    material.mimeType === 'application/x-www-form-urlencoded' &&
    material.bytes.length > 0 &&
    !/^\s*[{<]/.test(beginning(material, 16))
      ? 80
      : 0,
  View: Form,
}
