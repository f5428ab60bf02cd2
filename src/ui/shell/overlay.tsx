// A dialog over the page: keeps focus inside, closes with Esc or a press beside it, gives focus back where it came from.
import type { ComponentChildren } from 'preact'
import { Icon } from '../icons.tsx'
import { openDialog } from '../model.ts'
import { useModal } from './use-modal.ts'

export function Overlay(props: { name: string; class?: string; onClose?: () => void; children: ComponentChildren }) {
  const close = props.onClose ?? (() => (openDialog.value = undefined))
  const box = useModal(close)

  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the key for closing is Esc, which a modal dialog turns into `cancel`.
    <dialog
      ref={box}
      class={`overlay ${props.class ?? ''}`}
      aria-label={props.name}
      onCancel={(event) => {
        event.preventDefault()
        close()
      }}
      onClick={(event) => {
        if (event.target === box.current) close()
      }}
    >
      <header>
        <h2>{props.name}</h2>
        <button type="button" class="btn icon" aria-label="Close" onClick={close}>
          <Icon name="x" />
        </button>
      </header>
      <div class="overlay-body">{props.children}</div>
    </dialog>
  )
}
