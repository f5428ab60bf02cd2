// Small pieces of DOM that the grid's cells are made of, written once and then only changed where they differ.
import type { IconName } from '../icons.tsx'

/**
 * What all rows on screen share: a common scale (ms since 1970), whether secrets are masked, the width of the path's cell (px)
 * and how wide a character is in it.
 */
export type Shared = {
  readonly from: number
  readonly to: number
  readonly masked: boolean
  readonly pathRoom: number
  readonly widthOf: (char: string) => number
}

const svg = 'http://www.w3.org/2000/svg'

/** Writes text into one text node that stays: a new node in every cell would be laid out anew with every frame of scrolling. */
export function textOf(element: HTMLElement): (text: string) => void {
  const node = document.createTextNode('')
  element.append(node)
  let last = ''
  return (text) => {
    if (text === last) return
    last = text
    node.data = text
  }
}

export function classOf(element: Element): (name: string) => void {
  let last: string | undefined
  return (name) => {
    if (name === last) return
    last = name
    element.setAttribute('class', name)
  }
}

export function child(parent: HTMLElement, name = '', tag = 'span'): HTMLElement {
  const element = document.createElement(tag)
  if (name) element.className = name
  parent.append(element)
  return element
}

/** An icon that can be changed or hidden (undefined). */
export function iconIn(
  parent: HTMLElement,
  tint = '',
): (name: IconName | undefined, label?: string, tone?: string) => void {
  const icon = document.createElementNS(svg, 'svg')
  const use = document.createElementNS(svg, 'use')
  icon.append(use)
  icon.setAttribute('role', 'img')
  icon.toggleAttribute('hidden', true)
  parent.append(icon)
  let last = ''
  const paint = classOf(icon)
  return (name, label = name ?? '', tone = tint) => {
    const next = `${name}|${label}|${tone}`
    if (next === last) return
    last = next
    icon.toggleAttribute('hidden', name === undefined)
    if (name === undefined) return
    paint(`i12 ${tone}`)
    icon.setAttribute('aria-label', label)
    use.setAttribute('href', `#i-${name}`)
  }
}
