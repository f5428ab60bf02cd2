// The page's small set of icons, drawn once as symbols and used by name everywhere.
const stroke = {
  fill: 'none',
  stroke: 'currentColor',
  'stroke-width': 1.4,
  'stroke-linecap': 'round',
  'stroke-linejoin': 'round',
} as const

/** Outline icons: one path each, drawn with the same pen on a 16 px square. */
const outlines = {
  search: 'M11.2 7A4.2 4.2 0 1 1 2.8 7a4.2 4.2 0 0 1 8.4 0zM10.2 10.2l3.3 3.3',
  copy: 'M6.8 5.5h5.4c.7 0 1.3.6 1.3 1.3v5.4c0 .7-.6 1.3-1.3 1.3H6.8c-.7 0-1.3-.6-1.3-1.3V6.800c0-.7.6-1.300 1.300-1.300zM3.500 10.500h-.2a.8.8 0 0 1-.8-.8V3.300c0-.5.400-.8.800-.8h6.400c.500 0 .8.400.8.8v.2',
  pause: 'M5.500 3.500v9M10.500 3.500v9',
  replay: 'M3 8a5 5 0 1 0 1.700-3.700M3 2.500v2.800h2.800',
  edit: 'M10.500 3.200l2.300 2.300-7 7-2.900.6.600-2.900z',
  compare:
    'M3.300 3h2.400c.4 0 .8.400.8.800v8.400c0 .4-.4.8-.8.8H3.300a.8.8 0 0 1-.8-.8V3.800c0-.4.400-.8.800-.8zM9.800 3h2.400c.4 0 .8.400.8.800v8.400c0 .4-.4.8-.8.8H9.800a.8.8 0 0 1-.8-.8V3.800c0-.4.400-.8.800-.8z',
  right: 'M6 4l4 4-4 4',
  down: 'M4 6l4 4 4-4',
  up: 'M4 10l4-4 4 4',
  top: 'M8 13V3M4 7l4-4 4 4',
  mask: 'M2 8s2.200-4 6-4 6 4 6 4-2.200 4-6 4-6-4-6-4zM3 13L13 3',
  unmask: 'M2 8s2.200-4 6-4 6 4 6 4-2.200 4-6 4-6-4-6-4zM8 6.300a1.700 1.700 0 1 1 0 3.400 1.700 1.700 0 0 1 0-3.400z',
  columns: 'M3.500 3h9a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM6.200 3v10M9.800 3v10',
  lock: 'M4.800 7h6.400c.4 0 .8.400.8.800v4.400c0 .4-.4.8-.8.8H4.800a.8.8 0 0 1-.8-.8V7.800c0-.4.400-.8.800-.8zM5.700 7V5.300a2.300 2.300 0 0 1 4.600 0V7',
  plus: 'M8 3.500v9M3.500 8h9',
  x: 'M4 4l8 8M12 4l-8 8',
  out: 'M6 3.500H3.500v9h9V10M9 3h4v4M13 3L7.500 8.500',
  mute: 'M4.500 11V7.500a3.500 3.500 0 0 1 7 0V11l1 1.200h-9zM2.800 2.800l10.400 10.400',
  save: 'M8 3v7M5 7.500L8 10.500l3-3M3.500 13h9',
  star: 'M8 2.800l1.600 3.300 3.600.5-2.600 2.500.6 3.600L8 11l-3.200 1.700.6-3.600L2.800 6.600l3.600-.5z',
  pin: 'M6 2.500h4l-.5 4 2 2.500h-7l2-2.500zM8 9v4.500',
  trash: 'M3 4.500h10M6.500 4.500V3h3v1.500M4.500 4.500l.6 8.500h5.800l.6-8.500M6.800 7v3.500M9.200 7v3.500',
  swap: 'M3 5.500h9M9.500 3L12 5.500 9.500 8M13 10.500H4M6.500 8L4 10.500 6.500 13',
  dock: 'M3.500 3h9a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM9.500 3v10',
  below: 'M3.500 3h9a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1zM2.500 8.800h11',
  hosts: 'M3 3.500h4M3 3.500v9h4M3 8h4M9 3.500h4M9 8h4M9 12.500h4',
  folder: 'M2.500 4.500a1 1 0 0 1 1-1h3l1.500 1.800h4.500a1 1 0 0 1 1 1v5.200a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1z',
  pass: 'M3 8.500l3.300 3.300L13 4.800',
  undo: 'M3 6.500h6.500a3 3 0 0 1 0 6H6M5.500 4L3 6.500 5.500 9',
} as const

export type IconName =
  | keyof typeof outlines
  | 'logo'
  | 'error'
  | 'warning'
  | 'note'
  | 'more'
  | 'theme'
  | 'tune'
  | 'help'
  | 'grip'

/** All symbols, put into the page once; every `Icon` refers to one of them. */
export function IconSymbols() {
  return (
    <svg width="0" height="0" class="symbols" aria-hidden="true">
      <symbol id="i-logo" viewBox="0 0 20 20">
        <path d="M4 1.500v17" stroke="currentColor" stroke-width="2" stroke-linecap="round" />
        <path
          fill="currentColor"
          d="M5 3.400c2.600-1.300 4.700-.6 6.700.3 2 .9 3.900 1.200 6.300.2l-1.700 2.500L18 8.900c-2.400 1-4.300.7-6.300-.2-2-.9-4.100-1.600-6.700-.3z"
        />
        <path
          d="M5.500 13.200c2-.9 3.600-.5 5.200.2 1.400.6 2.800.8 4.300.3"
          stroke="currentColor"
          stroke-width="1.600"
          fill="none"
          stroke-linecap="round"
        />
      </symbol>
      <symbol id="i-error" viewBox="0 0 16 16">
        <path fill="currentColor" d="M5.200 1.500h5.600l3.700 3.700v5.600l-3.700 3.700H5.200l-3.700-3.700V5.200z" />
        <path
          d="M5.600 5.600l4.800 4.800m0-4.800l-4.800 4.800"
          stroke="var(--surface-0)"
          stroke-width="1.800"
          stroke-linecap="round"
        />
      </symbol>
      <symbol id="i-warning" viewBox="0 0 16 16">
        <path fill="currentColor" d="M8 1.600l6.900 12.400c.2.400-.1.800-.5.800H1.600c-.4 0-.7-.4-.5-.8z" />
        <path d="M8 6.200v3.600" stroke="var(--surface-0)" stroke-width="1.800" stroke-linecap="round" />
        <circle cx="8" cy="12.200" r="1" fill="var(--surface-0)" />
      </symbol>
      <symbol id="i-note" viewBox="0 0 16 16">
        <circle cx="8" cy="8" r="5.800" fill="none" stroke="currentColor" stroke-width="1.700" />
        <path d="M8 7.500v3" stroke="currentColor" stroke-width="1.700" stroke-linecap="round" />
        <circle cx="8" cy="5.200" r="1" fill="currentColor" />
      </symbol>
      <symbol id="i-theme" viewBox="0 0 16 16" {...stroke}>
        <circle cx="8" cy="8" r="5.500" />
        <path d="M8 2.500a5.500 5.500 0 0 1 0 11z" fill="currentColor" stroke="none" />
      </symbol>
      <symbol id="i-tune" viewBox="0 0 16 16" {...stroke}>
        <path d="M2.500 5h6M12 5h1.500M2.500 11H4M7.500 11h6" />
        <circle cx="10.200" cy="5" r="1.700" />
        <circle cx="5.800" cy="11" r="1.700" />
      </symbol>
      <symbol id="i-help" viewBox="0 0 16 16" {...stroke}>
        <path d="M5.800 6a2.200 2.200 0 1 1 3.200 2c-.7.400-1 .8-1 1.500" />
        <path d="M8 12h.01" stroke-width="2" />
      </symbol>
      <symbol id="i-more" viewBox="0 0 16 16" {...stroke}>
        <path d="M3.500 8h.01M8 8h.01M12.500 8h.01" stroke-width="2" />
      </symbol>
      <symbol id="i-grip" viewBox="0 0 16 16" {...stroke}>
        <path d="M6 4h.01M6 8h.01M6 12h.01M10 4h.01M10 8h.01M10 12h.01" stroke-width="1.800" />
      </symbol>
      {Object.entries(outlines).map(([name, path]) => (
        <symbol key={name} id={`i-${name}`} viewBox="0 0 16 16" {...stroke}>
          <path d={path} />
        </symbol>
      ))}
    </svg>
  )
}

/** One icon. With `label` it is an image with that name, without it decoration that assistive technology skips. */
export function Icon(props: { name: IconName; label?: string; small?: boolean; class?: string }) {
  const size = `${props.small ? 'i12' : 'i'} ${props.class ?? ''}`
  const shape = <use href={`#i-${props.name}`} />
  return props.label === undefined ? (
    <svg class={size} aria-hidden="true">
      {shape}
    </svg>
  ) : (
    <svg class={size} role="img" aria-label={props.label}>
      {shape}
    </svg>
  )
}
