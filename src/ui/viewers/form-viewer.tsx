// A submitted form as a table of names and values.
import { isSecretParameter } from '../../http/secret-names.ts'
import { beginning, type Material, wholeText } from './material.ts'
import { dots, maskText } from './secret-ranges.ts'
import { useFound } from './use-found.ts'
import type { Viewer, ViewProps } from './viewer.ts'

/** Rows beyond this many are left to the raw view. */
const most = 1000

function Form({ material, masked, search }: ViewProps) {
  const fields = [...new URLSearchParams(wholeText(material))]
  const names = fields.map(([name]) => name)
  const query = search.query.value.toLowerCase()
  const hit = (text: string) => query !== '' && text.toLowerCase().includes(query)
  const shown = fields.slice(0, most).map(([name, value]) => ({
    name,
    value: !masked ? value : isSecretParameter(name, value, names) ? dots : maskText(value, material.echoes),
  }))
  useFound(search, shown.filter(({ name, value }) => hit(name) || hit(value)).length)
  return (
    <div class="viewer scrolls">
      <table class="pairs" aria-label="Form fields">
        <tbody>
          {shown.map(({ name, value }, i) => (
            <tr key={i}>
              <th scope="row">{hit(name) ? <mark class="found">{name}</mark> : name}</th>
              <td>{hit(value) ? <mark class="found">{value}</mark> : value || <span class="qq">empty</span>}</td>
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
