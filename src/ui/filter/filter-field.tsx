// The filter's text field: a searchbox that is sent a moment after typing stops.
import { useEffect, useRef } from 'preact/hooks'
import { Icon } from '../icons.tsx'
import { focusGrid } from '../list/exchange-grid.tsx'
import { reading } from '../list/exchange-list.ts'
import { filterText } from './active-filter.ts'

/** ms after the last key before the list is asked. */
const pause = 120

export function FilterField() {
  const input = useRef<HTMLInputElement>(null)
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined)
  const refused = reading.value.state === 'refused' ? reading.value : undefined

  // The text also changes from elsewhere (a menu, a saved filter, Clear).
  useEffect(() => {
    if (input.current && input.current.value.trim() !== filterText.value) input.current.value = filterText.value
  }, [filterText.value])

  return (
    <div class="filter-field">
      <label class={`field ${refused ? 'wrong' : ''}`}>
        <Icon name="search" class="qq" />
        <input
          ref={input}
          type="search"
          aria-label="Filter"
          aria-invalid={refused !== undefined}
          placeholder="Filter: words, or status:4xx domain:api.example"
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => {
            const text = event.currentTarget.value.trim()
            clearTimeout(timer.current)
            timer.current = setTimeout(() => (filterText.value = text), pause)
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') {
              clearTimeout(timer.current)
              filterText.value = event.currentTarget.value.trim()
            }
            if (event.key === 'Escape' || event.key === 'Enter') focusGrid()
          }}
        />
        <kbd>/</kbd>
      </label>
      {refused && (
        <p class="pop filter-error" role="alert">
          {refused.why}
        </p>
      )}
    </div>
  )
}
