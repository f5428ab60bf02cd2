// One menu for the whole page: opened at a point or under a button, closed by choice, Esc or a press elsewhere.
import { signal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'
import { Icon, type IconName } from '../icons.tsx'

export type MenuItem =
  | {
      readonly label: string
      readonly icon?: IconName
      readonly key?: string
      readonly checked?: boolean
      readonly disabled?: boolean
      readonly tone?: 'error'
      /** A colour dot, 1 to 6. */
      readonly mark?: number
      readonly hint?: string
      readonly run: () => void
      /** The menu stays open, for several choices in a row. */
      readonly stays?: boolean
    }
  | { readonly heading: string }
  | 'line'

export type Menu = {
  readonly name: string
  readonly at: { readonly x: number; readonly y: number; readonly alignRight?: boolean }
  /** Computed on every draw, so that marks follow what they stand for. */
  readonly items: () => readonly MenuItem[]
}

const open = signal<Menu | undefined>(undefined)
let cameFrom: HTMLElement | undefined
export const menuOpen = { peek: () => open.peek() !== undefined }

export function openMenu(menu: Menu): void {
  cameFrom = document.activeElement instanceof HTMLElement ? document.activeElement : undefined
  open.value = menu
}

/** Opens a menu under a button. */
export function openMenuUnder(button: HTMLElement, name: string, items: Menu['items']): void {
  const box = button.getBoundingClientRect()
  const alignRight = box.left > innerWidth / 2
  openMenu({ name, at: { x: alignRight ? box.right : box.left, y: box.bottom + 4, alignRight }, items })
}

function closeMenu(): void {
  if (open.peek() === undefined) return
  open.value = undefined
  // Focus returns to where it came from, unless the choice moved it on purpose.
  const { activeElement } = document
  if (activeElement === document.body || activeElement?.closest('[role=menu]')) cameFrom?.focus()
}

export function MenuLayer() {
  const box = useRef<HTMLDivElement>(null)
  const menu = open.value

  useLayoutEffect(() => {
    const element = box.current
    if (!menu || !element) return
    const { width, height } = element.getBoundingClientRect()
    const left = menu.at.alignRight ? menu.at.x - width : menu.at.x
    element.style.left = `${Math.max(4, Math.min(left, innerWidth - width - 4))}px`
    element.style.top = `${Math.max(4, Math.min(menu.at.y, innerHeight - height - 4))}px`
    // A menu that stays open after a choice keeps the focus on that choice.
    // One without anything to choose has it itself, so that Escape closes it.
    if (!element.contains(document.activeElement))
      (element.querySelector<HTMLElement>('button:not(:disabled)') ?? element).focus()
    const away = (event: Event) => {
      if (!box.current?.contains(event.target as Node)) closeMenu()
    }
    addEventListener('pointerdown', away, true)
    addEventListener('resize', closeMenu)
    return () => {
      removeEventListener('pointerdown', away, true)
      removeEventListener('resize', closeMenu)
    }
  }, [menu])

  if (!menu) return null
  const step = (by: number) => {
    const buttons = [...(box.current?.querySelectorAll<HTMLElement>('button:not(:disabled)') ?? [])]
    const now = buttons.indexOf(document.activeElement as HTMLElement)
    buttons[(now + by + buttons.length) % buttons.length]?.focus()
  }
  return (
    <div
      ref={box}
      class="pop menu"
      role="menu"
      aria-label={menu.name}
      tabIndex={-1}
      onKeyDown={(event) => {
        event.stopPropagation()
        if (event.key === 'ArrowDown' || event.key === 'j') step(1)
        else if (event.key === 'ArrowUp' || event.key === 'k') step(-1)
        else if (event.key === 'Escape' || event.key === 'Tab') {
          closeMenu()
          cameFrom?.focus()
        } else return
        event.preventDefault()
      }}
    >
      {menu.items().map((item, index) =>
        item === 'line' ? (
          <hr key={index} />
        ) : 'heading' in item ? (
          <div key={index} class="heading" role="presentation">
            {item.heading}
          </div>
        ) : (
          <button
            key={index}
            type="button"
            {...(item.checked === undefined
              ? { role: 'menuitem' }
              : { role: 'menuitemcheckbox', 'aria-checked': item.checked })}
            disabled={item.disabled}
            class={item.tone ?? ''}
            onClick={() => {
              if (!item.stays) {
                open.value = undefined
                cameFrom?.focus()
              }
              item.run()
              if (item.stays) open.value = { ...menu }
            }}
          >
            {item.checked === undefined ? null : item.checked ? <Icon small name="pass" /> : <span class="i12" />}
            {item.icon && <Icon small name={item.icon} />}
            {item.mark !== undefined && <span class={`dot mark-${item.mark}`} />}
            <span class="grow cut">{item.label}</span>
            {item.hint && <span class="hint">{item.hint}</span>}
            {item.key && <kbd>{item.key}</kbd>}
          </button>
        ),
      )}
    </div>
  )
}
