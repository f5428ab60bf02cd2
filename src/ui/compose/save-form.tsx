// Saves the request under a name in a folder, to be found again under Saved.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { ComposedRequest, SavedRequest } from '../../api/contract.ts'
import { failed } from '../actions.ts'
import { call } from '../connection.ts'
import { say } from '../model.ts'
import { countSaved } from '../shell/saved-count.ts'

type Props = { readonly request: () => ComposedRequest; readonly suggested: string; readonly onClose: () => void }

export function SaveForm({ request, suggested, onClose }: Props) {
  const [name, setName] = useState(suggested)
  const [folder, setFolder] = useState('')
  const [saved, setSaved] = useState<readonly SavedRequest[]>([])
  const input = useRef<HTMLInputElement>(null)
  // With the drawing: later it would take the focus from whatever the user went on to.
  useLayoutEffect(() => input.current?.select(), [])
  useEffect(() => {
    call('GET /api/saved-requests').then(
      ({ requests }) => setSaved(requests),
      failed('Could not read the saved requests'),
    )
  }, [])
  const save = async () => {
    if (name.trim() === '') return
    try {
      const { of: _, ...kept } = request()
      const { requests } = await call('GET /api/saved-requests')
      const added: SavedRequest = { id: crypto.randomUUID(), name: name.trim(), folder: folder.trim(), request: kept }
      await call('PUT /api/saved-requests', { body: { requests: [...requests, added] } })
      void countSaved()
      say(`Saved as ${added.folder ? `${added.folder} / ` : ''}${added.name}`)
      onClose()
    } catch (error) {
      failed('Could not save the request')(error)
    }
  }
  return (
    <form
      class="save-form"
      aria-label="Save request"
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.preventDefault()
        event.stopPropagation()
        onClose()
      }}
    >
      <label class="field">
        <span class="qq">Name</span>
        <input
          ref={input}
          type="text"
          aria-label="Name of the request"
          value={name}
          onInput={(event) => setName(event.currentTarget.value)}
        />
      </label>
      <label class="field">
        <span class="qq">Folder</span>
        <input
          type="text"
          aria-label="Folder"
          list="saved-folders"
          value={folder}
          onInput={(event) => setFolder(event.currentTarget.value)}
        />
      </label>
      <datalist id="saved-folders">
        {[...new Set(saved.map((each) => each.folder).filter(Boolean))].map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
      <button type="submit" class="btn line-btn large" disabled={name.trim() === ''}>
        Save
      </button>
      <button type="button" class="btn large" onClick={onClose}>
        Cancel
      </button>
    </form>
  )
}
