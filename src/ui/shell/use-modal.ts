// A dialog element shown above the page as long as its component lives; focus goes back where it came from.
import type { RefObject } from 'preact'
import { useLayoutEffect, useRef } from 'preact/hooks'

/** `onClose` is also told when the browser closes the dialog by itself, as it may do at the second Esc. */
export function useModal(onClose: () => void): RefObject<HTMLDialogElement | null> {
  const box = useRef<HTMLDialogElement>(null)
  const told = useRef(onClose)
  told.current = onClose
  // With the drawing, not some frames later: what is typed next belongs to the dialog.
  useLayoutEffect(() => {
    const element = box.current
    if (!element) return
    const closed = () => told.current()
    element.addEventListener('close', closed)
    element.showModal()
    return () => {
      element.removeEventListener('close', closed)
      // Everything else is inert while the dialog is open, and what is inert takes no focus: the dialog is closed before it
      // is taken away, which gives the focus back. Where that place is gone too, the list has it.
      element.close()
      if (document.activeElement === document.body) document.getElementById('exchanges')?.focus()
    }
  }, [])
  return box
}
