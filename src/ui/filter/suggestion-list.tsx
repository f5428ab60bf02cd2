// The list of suggestions, drawn under the filter field.
import { formatCount } from '../units.ts'
import { offer, offerCounts } from './completion.ts'
import { statusWords } from './status-words.ts'

/** A value of `status` says what it means; other suggestions bring their own words. */
function meaning(label: string, detail: string, isStatus: boolean): string {
  return (isStatus && statusWords(label)) || detail
}

export function SuggestionList({ text, onTake }: { text: string; onTake: (index: number) => void }) {
  const now = offer.value
  if (!now) return null
  const isStatus = /status(-code)?[:=]$/i.test(text.slice(0, now.from).split(/\s/).at(-1) ?? '')
  return (
    <div class="pop completion">
      <div id="suggestions" role="listbox" aria-label="Suggestions">
        {now.suggestions.map((each, index) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys; Tab and Enter take the chosen one.
          <div
            key={each.label}
            id={`suggestion-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === now.chosen}
            title={each.detail}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => onTake(index)}
          >
            <code>{each.label}</code>
            <span class="q cut grow">{meaning(each.label, each.detail, isStatus)}</span>
            {offerCounts.value.has(each.insert) && (
              <span class="num qq">{formatCount(offerCounts.value.get(each.insert) ?? 0)}</span>
            )}
          </div>
        ))}
      </div>
      <div class="hint">
        <span>
          <kbd>Tab</kbd> take
        </span>
        <span>
          <kbd>↑</kbd> <kbd>↓</kbd> choose
        </span>
        <span>
          <kbd>-</kbd> leave out
        </span>
        <span>
          <kbd>OR</kbd> either
        </span>
      </div>
    </div>
  )
}
