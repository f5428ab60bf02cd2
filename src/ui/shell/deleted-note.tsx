// Says what was deleted while it can still be taken back, with the button and the key that do it.
import { Icon } from '../icons.tsx'
import { focusGrid } from '../list/exchange-grid.tsx'
import { leaving } from '../list/leaving.ts'
import { hold, letGo, undoDeletion } from './deleting.ts'

export function DeletedNote() {
  const deletion = leaving.value.findLast(({ offered }) => offered)
  if (!deletion) return null
  const stay = () => hold(deletion.key)
  const goOn = () => letGo(deletion.key)
  return (
    <p
      key={deletion.key}
      class="deleted-note"
      role="status"
      onPointerEnter={stay}
      onPointerLeave={goOn}
      onFocusIn={stay}
      onFocusOut={goOn}
    >
      <Icon small name="trash" />
      <span class="cut">Deleted {deletion.what}</span>
      <button
        type="button"
        class="btn line-btn"
        onClick={() => {
          undoDeletion()
          focusGrid()
        }}
      >
        Undo
        <kbd>z</kbd>
      </button>
    </p>
  )
}
