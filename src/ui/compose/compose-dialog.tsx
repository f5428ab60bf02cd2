// The composer: a request written or edited on the left, what came of it on the right.
import '../styles/compose.css'
import '../styles/detail.css'
import '../styles/viewers.css'
import { useEffect, useState } from 'preact/hooks'
import { failed } from '../actions.ts'
import { isRefusal } from '../connection.ts'
import { type Dialog, openDialog } from '../model.ts'
import { useModal } from '../shell/use-modal.ts'
import { Composer } from './composer.tsx'
import { draftOf } from './draft.ts'
import { ReplayMany } from './replay-many.tsx'
import { draftOfExchange, emptyStart, type Start } from './start-draft.ts'

type Compose = Extract<Dialog, { kind: 'compose' }>

async function begin({ of, edits, request }: Compose): Promise<Start> {
  if (of !== undefined) return draftOfExchange(of, edits ?? [])
  return request ? { draft: draftOf(request), notes: [] } : emptyStart()
}

function ComposeFrame({ dialog }: { dialog: Compose }) {
  const [start, setStart] = useState<Start | undefined>(undefined)
  const close = () => {
    // Only this dialog: another may have been opened meanwhile.
    if (openDialog.peek() === dialog) openDialog.value = undefined
  }
  const box = useModal(close)
  useEffect(() => {
    let wanted = true
    begin(dialog).then(
      (begun) => wanted && setStart(begun),
      (error) => {
        if (!wanted) return
        close()
        failed(
          isRefusal(error) && error.problem.status === 404 ? 'This exchange is gone' : 'Could not open the editor',
        )(error)
      },
    )
    return () => {
      wanted = false
    }
  }, [dialog])
  return (
    <dialog
      ref={box}
      class="composer"
      aria-label="Compose"
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
    >
      {start ? <Composer start={start} onClose={close} /> : null}
    </dialog>
  )
}

export function ComposeDialog() {
  const dialog = openDialog.value
  if (dialog?.kind === 'replay-many') return <ReplayMany ids={dialog.ids} />
  return dialog?.kind === 'compose' ? <ComposeFrame dialog={dialog} /> : null
}
