// A component that is loaded the first time it is shown; until then nothing, and after a while one quiet line.
import { type Signal, signal } from '@preact/signals'
import type { ComponentType } from 'preact'

/** Loading that takes less than this shows nothing, ms. */
const patience = 150

export function lazyPart<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
): (props: Props) => preact.JSX.Element | null {
  const loaded: Signal<ComponentType<Props> | undefined> = signal(undefined)
  const slow = signal('')
  let asked = false
  return function Part(props: Props) {
    if (!asked) {
      asked = true
      const timer = setTimeout(() => (slow.value = 'Loading'), patience)
      load()
        .then((component) => {
          loaded.value = component
          slow.value = ''
        })
        .catch(() => {
          asked = false
          slow.value = 'This part of the page could not be loaded. Is Telltale still running?'
        })
        .finally(() => clearTimeout(timer))
    }
    const Loaded = loaded.value
    return Loaded ? <Loaded {...props} /> : slow.value ? <p class="loading">{slow.value}</p> : null
  }
}
