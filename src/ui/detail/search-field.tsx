// The search field above a view: hits are counted, Enter and the buttons go from one to the next and back.
import { type Signal, signal } from '@preact/signals'
import { useState } from 'preact/hooks'
import { Icon } from '../icons.tsx'
import { formatCount } from '../units.ts'
import { mostHits } from '../viewers/find-hits.ts'

export type SearchState = {
  readonly query: Signal<string>
  readonly found: Signal<number>
  readonly current: Signal<number>
}

/** A search that begins empty and stays the same while its view is shown. */
export function useSearch(): SearchState {
  const [search] = useState((): SearchState => ({ query: signal(''), found: signal(0), current: signal(0) }))
  return search
}

export function SearchField({ search, label = 'Search in content' }: { search: SearchState; label?: string }) {
  const found = search.found.value
  const step = (by: number) => {
    if (found > 0) search.current.value = (search.current.value + by + found) % found
  }
  const at = Math.min(search.current.value, found - 1) + 1
  return (
    <>
      <label class="field find">
        <Icon name="search" small />
        <input
          type="text"
          aria-label={label}
          placeholder={label}
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
            {found === 0
              ? 'No hit'
              : `${formatCount(at)} of ${found >= mostHits ? 'more than ' : ''}${formatCount(found)}`}
          </span>
          <button
            type="button"
            class="btn icon"
            aria-label="Previous hit"
            title="Previous hit (Shift Enter)"
            disabled={found === 0}
            onClick={() => step(-1)}
          >
            <Icon name="up" />
          </button>
          <button
            type="button"
            class="btn icon"
            aria-label="Next hit"
            title="Next hit (Enter)"
            disabled={found === 0}
            onClick={() => step(1)}
          >
            <Icon name="down" />
          </button>
        </>
      )}
    </>
  )
}
