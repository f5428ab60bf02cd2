// The search field above a viewer: hits are counted, Enter and the arrow buttons go from one to the next.
import { useRef } from 'preact/hooks'
import { Icon } from '../icons.tsx'
import type { Search } from '../viewers/viewer.ts'

export function SearchField({ search }: { search: Search }) {
  const input = useRef<HTMLInputElement>(null)
  const found = search.found.value
  const step = (by: number) => {
    if (found > 0) search.current.value = (search.current.value + by + found) % found
  }
  return (
    <>
      <label class="field find">
        <Icon name="search" small />
        <input
          ref={input}
          type="text"
          aria-label="Search in content"
          placeholder="Search in content"
          spellcheck={false}
          value={search.query.value}
          onInput={(event) => {
            search.current.value = 0
            search.query.value = event.currentTarget.value
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') step(event.shiftKey ? -1 : 1)
            else if (event.key === 'Escape' && search.query.value !== '') search.query.value = ''
            else return
            event.preventDefault()
            event.stopPropagation()
          }}
        />
      </label>
      {search.query.value === '' ? null : (
        <>
          <span class="q hits" role="status">
            {found === 0 ? 'No hit' : `${search.current.value + 1} of ${found}`}
          </span>
          <button type="button" class="btn icon" aria-label="Next hit" disabled={found === 0} onClick={() => step(1)}>
            <Icon name="down" />
          </button>
        </>
      )}
    </>
  )
}
