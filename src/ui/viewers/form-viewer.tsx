// A submitted form as a table of names and values.
import { beginning, type Material } from './material.ts'
import { tableView } from './table-view.tsx'
import type { Viewer } from './viewer.ts'

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
  View: tableView('form', { label: 'Form fields', called: 'fields' }),
}
