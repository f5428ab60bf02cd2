// An input for a value that may be a secret: dots while secrets are masked, until this one is asked for.
import { useState } from 'preact/hooks'
import { holePieces } from '../detail/edit-lines.ts'
import { Icon } from '../icons.tsx'
import { masked } from '../model.ts'
import { dots } from '../viewers/secret-ranges.ts'

type Props = {
  readonly label: string
  readonly value: string
  /** What is drawn while masked; equal to the value where nothing is secret about it. */
  readonly shown: string
  readonly placeholder?: string
  readonly list?: string
  readonly onValue: (value: string) => void
}

export function SecretInput({ label, value, shown, placeholder, list, onValue }: Props) {
  const [asked, setAsked] = useState(false)
  const [focused, setFocused] = useState(false)
  const hides = masked.value && shown !== value && !asked && !value.includes('{{')
  if (hides)
    return (
      <button
        type="button"
        class="secret-value"
        // What is drawn is part of the name, so that it can be spoken to by what is seen.
        aria-label={`${label}: hidden, ${shown || dots}, show to edit`}
        title="Show to edit"
        onClick={() => setAsked(true)}
      >
        <span class="cut">{shown || dots}</span>
        <Icon name="mask" small />
      </button>
    )
  const pieces = value.includes('{{') && !focused ? holePieces(value) : undefined
  return (
    <span class="value-input">
      <input
        type="text"
        aria-label={label}
        value={value}
        placeholder={placeholder}
        list={list}
        spellcheck={false}
        autocomplete="off"
        // biome-ignore lint/a11y/noAutofocus: the button that was pressed gave its place to this field
        autoFocus={asked}
        class={pieces ? 'behind' : undefined}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        onInput={(event) => {
          // What the user types is no secret to the user.
          setAsked(true)
          onValue(event.currentTarget.value)
        }}
      />
      {pieces ? (
        <span class="painted" aria-hidden="true">
          {pieces.map((piece, i) =>
            piece.hole ? (
              <span key={i} class="var">
                {piece.text}
              </span>
            ) : (
              piece.text
            ),
          )}
        </span>
      ) : null}
    </span>
  )
}
