// The filter's text field: checked as it is typed, completed from what was really captured, sent when it is valid.
import { effect, signal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { parseFilter } from '../../filter/parse-filter.ts'
import { Icon } from '../icons.tsx'
import { focusGrid } from '../list/exchange-grid.tsx'
import { reading } from '../list/list-state.ts'
import { openDialog } from '../model.ts'
import { clearings, everywhere, filterText } from './active-filter.ts'
import { closeOffer, moveOffer, offer, openOffer } from './completion.ts'
import { FilterProblemNote } from './filter-problem-note.tsx'
import { SuggestionList } from './suggestion-list.tsx'
import { taken, withoutTerm } from './taken.ts'

/** ms after the last key before the list is asked; a text with a mistake is complained about only after the longer time. */
const pause = 30
const patience = 600
/** A value that is only half written matches nothing: while values are offered, the terms around it filter for so long. */
const halfWritten = 1200

/** The text as it stands in the field, and the mistake in it once typing has stopped. */
const typed = signal('')
const mistake = signal<{ readonly message: string; readonly position: number; readonly length: number } | undefined>(
  undefined,
)

/** What this field put in force last: any other filter text came from elsewhere. */
let own = ''

let sending: ReturnType<typeof setTimeout> | undefined
let complaining: ReturnType<typeof setTimeout> | undefined

function check(text: string, now: boolean): void {
  clearTimeout(sending)
  clearTimeout(complaining)
  const parsed = parseFilter(text)
  if ('error' in parsed) {
    const { error } = parsed
    complaining = setTimeout(() => (mistake.value = error), now ? 0 : patience)
    return
  }
  mistake.value = undefined
  const apply = (wanted: string) => {
    own = wanted.trim()
    filterText.value = own
  }
  const rest = now ? undefined : withoutTerm(text, offer.peek())
  if (rest !== undefined && 'filter' in parseFilter(rest)) {
    apply(rest)
    sending = setTimeout(apply, halfWritten, text)
  } else sending = setTimeout(apply, now ? 0 : pause, text)
}

// The text also changes from elsewhere: a menu, a saved filter, Clear. Taken over at once, never after a drawing: by then
// somebody may have typed on.
let cleared = 0
effect(() => {
  if (filterText.value === own && clearings.value === cleared) return
  own = filterText.value
  cleared = clearings.value
  clearTimeout(sending)
  clearTimeout(complaining)
  closeOffer()
  typed.value = own
  mistake.value = undefined
})

export function FilterField() {
  const input = useRef<HTMLInputElement>(null)
  const refused = reading.value.state === 'refused' ? reading.value.why : undefined

  const set = (text: string, now: boolean) => {
    typed.value = text
    check(text, now)
  }

  const take = (index: number) => {
    const completion = offer.peek()
    if (!completion || !input.current) return
    const result = taken(typed.peek(), completion, index)
    input.current.value = result.text
    input.current.setSelectionRange(result.caret, result.caret)
    openOffer(result.text, result.caret)
    set(result.text, false)
  }

  /** Keys of the suggestions first, then those of the field. */
  const takesKey = (key: string, field: HTMLInputElement): boolean => {
    const completion = offer.peek()
    if (completion && (key === 'ArrowDown' || key === 'ArrowUp')) moveOffer(key === 'ArrowDown' ? 1 : -1)
    else if (completion && (key === 'Tab' || (key === 'Enter' && completion.moved))) take(completion.chosen)
    else if (completion && key === 'Escape') closeOffer()
    else if (key === 'ArrowDown') openOffer(field.value, field.selectionStart ?? 0)
    else if (key === 'Enter') {
      closeOffer()
      if ('error' in parseFilter(field.value)) check(field.value, true)
      else {
        check(field.value, true)
        focusGrid()
      }
    } else if (key === 'Escape') focusGrid()
    else return false
    return true
  }

  const now = offer.value
  return (
    <div class="filter-field">
      <label class={`field ${mistake.value || refused ? 'wrong' : ''}`}>
        <Icon name="search" class="qq" />
        <input
          ref={input}
          type="search"
          aria-label="Filter"
          aria-invalid={mistake.value !== undefined || refused !== undefined}
          aria-describedby={mistake.value || refused ? 'filter-problem' : undefined}
          placeholder="Filter: words, or status:4xx domain:api.example"
          autocomplete="off"
          autocapitalize="off"
          spellcheck={false}
          value={typed.value}
          aria-autocomplete="list"
          aria-controls={now ? 'suggestions' : undefined}
          aria-activedescendant={now ? `suggestion-${now.chosen}` : undefined}
          onInput={(event) => {
            openOffer(event.currentTarget.value, event.currentTarget.selectionStart ?? 0)
            set(event.currentTarget.value, false)
          }}
          onBlur={() => {
            closeOffer()
            check(typed.peek(), true)
          }}
          onKeyDown={(event) => {
            if (!takesKey(event.key, event.currentTarget)) return
            event.preventDefault()
            event.stopPropagation()
          }}
        />
        <kbd>/</kbd>
      </label>
      <button
        type="button"
        class="chip"
        aria-pressed={everywhere.value}
        title={
          everywhere.value
            ? 'Words are looked for in URLs, headers, content and messages. Press for URLs only.'
            : 'Words are looked for in URLs. Press to look in headers, content and messages too.'
        }
        onClick={() => (everywhere.value = !everywhere.value)}
      >
        Everywhere
      </button>
      <button
        type="button"
        class="btn icon filter-help"
        aria-label="Filter language"
        title="What can be typed here"
        onClick={() => (openDialog.value = { kind: 'filter-help' })}
      >
        <Icon name="help" />
      </button>
      {now ? (
        <SuggestionList text={typed.value} onTake={take} />
      ) : mistake.value ? (
        <FilterProblemNote text={typed.value} {...mistake.value} />
      ) : refused ? (
        <p id="filter-problem" class="pop filter-error" role="alert">
          {refused}
        </p>
      ) : null}
    </div>
  )
}
