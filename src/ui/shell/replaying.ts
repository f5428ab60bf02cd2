// The replay key: safe methods go at once; one that may change data is asked about; several open the replay dialog.
import { changesData, replay } from '../actions.ts'
import { openDialog, rowOf, selection } from '../model.ts'
import { openMenu } from './menu.tsx'

export function replaySelected(): void {
  const ids = [...selection.value]
  const first = ids[0]
  if (first === undefined) return
  if (ids.length > 1) {
    openDialog.value = { kind: 'replay-many', ids }
    return
  }
  const row = rowOf(first)
  if (row && changesData(row.method)) {
    openMenu({
      name: 'Send again?',
      at: { x: innerWidth / 2 - 140, y: innerHeight / 3 },
      items: () => [
        { heading: `${row.method} may change data on ${row.host}. Send it again?` },
        { label: `Send ${row.method} again`, icon: 'replay', run: () => void replay(first) },
        { label: 'Do not send', icon: 'x', key: 'Esc', run: () => {} },
      ],
    })
  } else void replay(first)
}
