// The saved requests, folder by folder: opened in the composer, renamed, moved, copied, deleted with a way back.
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { SavedRequest } from '../../api/contract.ts'
import { failed } from '../actions.ts'
import { call } from '../connection.ts'
import { maskUrls } from '../detail/masking.ts'
import { Icon } from '../icons.tsx'
import { masked, openDialog } from '../model.ts'
import { openMenuUnder } from '../shell/menu.tsx'
import { countSaved, savedCount } from '../shell/saved-count.ts'
import { plural } from '../units.ts'

type Renaming = { readonly id: string; readonly name: string; readonly folder: string }

const focusOnce = (element: HTMLInputElement | null) => element?.focus()
const byName = (a: SavedRequest, b: SavedRequest) => a.folder.localeCompare(b.folder) || a.name.localeCompare(b.name)

export function SavedList() {
  const [requests, setRequests] = useState<readonly SavedRequest[] | undefined>(undefined)
  const [deleted, setDeleted] = useState<SavedRequest | undefined>(undefined)
  const [renaming, setRenaming] = useState<Renaming | undefined>(undefined)
  const renamed = useRef<string | undefined>(undefined)
  useLayoutEffect(() => {
    // The form is gone: the focus returns to the row it stood for.
    if (renaming === undefined && renamed.current !== undefined)
      document.querySelector<HTMLElement>(`[data-saved="${CSS.escape(renamed.current)}"]`)?.focus()
    renamed.current = renaming?.id
  }, [renaming?.id])
  const open = openDialog.value === undefined
  useEffect(() => {
    // Read again when the composer closes, and when what it saved is there: that may be a moment later.
    if (open)
      call('GET /api/saved-requests').then(
        (answer) => setRequests(answer.requests),
        failed('Could not read the saved requests'),
      )
  }, [open, savedCount.value])
  const put = async (next: readonly SavedRequest[]) => {
    try {
      setRequests((await call('PUT /api/saved-requests', { body: { requests: next } })).requests)
      void countSaved()
    } catch (error) {
      failed('Could not save')(error)
    }
  }
  if (!requests) return null
  const remove = (request: SavedRequest) => {
    setDeleted(request)
    void put(requests.filter(({ id }) => id !== request.id))
  }
  const undo = deleted ? (
    <p class="saved-undo" role="status">
      Deleted {deleted.name}.{' '}
      <button
        type="button"
        class="link"
        onClick={() => {
          void put([...requests, deleted])
          setDeleted(undefined)
        }}
      >
        Take back
      </button>
    </p>
  ) : null
  if (requests.length === 0)
    return (
      <>
        {undo}
        <p class="content-empty">
          Nothing saved yet. Press <kbd>n</kbd> for a new request or <kbd>e</kbd> on a row of the traffic, then Save
          request.
        </p>
      </>
    )
  const folders = [...new Set([...requests].sort(byName).map(({ folder }) => folder))]
  return (
    <>
      {undo}
      {folders.map((folder) => {
        const inside = requests.filter((each) => each.folder === folder).sort(byName)
        return (
          <section key={folder} aria-label={folder || 'Without folder'}>
            <h2 class="sect">
              <Icon name="folder" />
              {folder || 'Without folder'}
              <span class="c">{plural(inside.length, 'request')}</span>
            </h2>
            <ul>
              {inside.map((saved) =>
                renaming?.id === saved.id ? (
                  <li key={saved.id}>
                    <form
                      class="save-form"
                      aria-label="Rename"
                      onSubmit={(event) => {
                        event.preventDefault()
                        const name = renaming.name.trim() || saved.name
                        void put(
                          requests.map((each) =>
                            each.id === saved.id ? { ...each, name, folder: renaming.folder.trim() } : each,
                          ),
                        )
                        setRenaming(undefined)
                      }}
                      onKeyDown={(event) => {
                        if (event.key !== 'Escape') return
                        event.stopPropagation()
                        setRenaming(undefined)
                      }}
                    >
                      <label class="field">
                        <span class="qq">Name</span>
                        <input
                          type="text"
                          ref={focusOnce}
                          value={renaming.name}
                          onInput={(event) => setRenaming({ ...renaming, name: event.currentTarget.value })}
                        />
                      </label>
                      <label class="field">
                        <span class="qq">Folder</span>
                        <input
                          type="text"
                          value={renaming.folder}
                          onInput={(event) => setRenaming({ ...renaming, folder: event.currentTarget.value })}
                        />
                      </label>
                      <button type="submit" class="btn line-btn large">
                        Save
                      </button>
                    </form>
                  </li>
                ) : (
                  <li key={saved.id} class="saved-row">
                    <button
                      type="button"
                      class="saved-open"
                      onClick={() => {
                        openDialog.value = { kind: 'compose', request: saved.request }
                      }}
                    >
                      <b>{saved.request.method}</b>
                      <span class="saved-name cut">{saved.name}</span>
                      <code class="qq cut grow">{masked.value ? maskUrls(saved.request.url) : saved.request.url}</code>
                    </button>
                    <button
                      type="button"
                      class="btn icon"
                      aria-label={`More for ${saved.name}`}
                      data-saved={saved.id}
                      aria-haspopup="menu"
                      onClick={(event) =>
                        openMenuUnder(event.currentTarget, saved.name, () => [
                          {
                            label: 'Rename or move',
                            icon: 'edit',
                            run: () => setRenaming({ id: saved.id, name: saved.name, folder: saved.folder }),
                          },
                          {
                            label: 'Copy',
                            icon: 'copy',
                            run: () =>
                              void put([
                                ...requests,
                                { ...saved, id: crypto.randomUUID(), name: `${saved.name} copy` },
                              ]),
                          },
                          'line',
                          { label: 'Delete', icon: 'trash', tone: 'error', run: () => remove(saved) },
                        ])
                      }
                    >
                      <Icon name="more" />
                    </button>
                  </li>
                ),
              )}
            </ul>
          </section>
        )
      })}
    </>
  )
}
