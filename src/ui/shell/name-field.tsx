// Asks for one name in a small overlay: a session's, a saved filter's.
import { signal } from '@preact/signals'
import { useRef } from 'preact/hooks'
import { Overlay } from './overlay.tsx'

type Question = { readonly title: string; readonly value: string; readonly answer: (name: string | undefined) => void }
const question = signal<Question | undefined>(undefined)

/** Resolves to the name, or undefined when the user thought better of it. */
export function askName(title: string, value: string): Promise<string | undefined> {
  return new Promise((answer) => {
    question.value = { title, value, answer }
  })
}

export function NameField() {
  const input = useRef<HTMLInputElement>(null)
  const asked = question.value
  if (!asked) return null
  const done = (name: string | undefined) => {
    question.value = undefined
    asked.answer(name?.trim() || undefined)
  }
  return (
    <Overlay name={asked.title} class="small" onClose={() => done(undefined)}>
      <form
        method="dialog"
        class="name-field"
        onSubmit={(event) => {
          event.preventDefault()
          done(input.current?.value)
        }}
      >
        <label class="field">
          <input ref={input} aria-label={asked.title} defaultValue={asked.value} autofocus maxLength={80} />
        </label>
        <button type="submit" class="btn go large">
          Save
        </button>
      </form>
    </Overlay>
  )
}
