// The grid as assistive technology finds it before there is anything to draw: there, named, and empty.
// biome-ignore-all lint/a11y/useSemanticElements: it is the same grid that rows are later drawn in.
// biome-ignore-all lint/a11y/useFocusableInteractive: nothing in it can be used yet.
import { columns } from './columns.ts'

export function EmptyGrid() {
  return (
    <div class="vh" role="grid" aria-label="Exchanges" aria-rowcount={1}>
      <div role="row" aria-rowindex={1}>
        {columns
          .filter((column) => column.standard)
          .map((column) => (
            <span key={column.id} role="columnheader">
              {column.title}
            </span>
          ))}
      </div>
    </div>
  )
}
