// The values that are still missing: one field for each `{{name}}` no environment fills.

import type { Draft } from './draft.ts'
import { draftTexts, holesIn } from './draft-request.ts'

type Props = {
  readonly draft: Draft
  /** What the active environment fills. */
  readonly known: ReadonlyMap<string, string>
  readonly filled: ReadonlyMap<string, string>
  readonly onFill: (name: string, value: string) => void
}

export function HolesSection({ draft, known, filled, onFill }: Props) {
  const names = [...new Set(draftTexts(draft).flatMap(holesIn))].filter((name) => !known.has(name))
  if (names.length === 0) return null
  return (
    <section class="c-part holes" aria-label="Missing values">
      <div class="sect">
        <h4>Missing values</h4>
        <span class="c">{names.every((name) => filled.get(name)) ? 'all filled in' : 'needed before sending'}</span>
      </div>
      <div class="auth">
        {names.map((name) => (
          <label key={name} class="hole-row">
            <span class="hole">{name}</span>
            <span class="field">
              <input
                type="text"
                aria-label={name}
                value={filled.get(name) ?? ''}
                placeholder="Type or paste the value"
                spellcheck={false}
                autocomplete="off"
                onInput={(event) => onFill(name, event.currentTarget.value)}
              />
            </span>
          </label>
        ))}
      </div>
    </section>
  )
}
