// The line between two panes: dragged, or moved with the arrow keys.

/** px that one press of an arrow key moves it by. */
const step = 16

export function Splitter(props: {
  name: string
  upright: boolean
  size: number
  smallest: number
  onSize: (size: number) => void
}) {
  const { upright, size, smallest, onSize } = props
  const largest = () => (upright ? innerWidth - 420 : innerHeight - 220)
  const set = (next: number) => onSize(Math.round(Math.max(smallest, Math.min(largest(), next))))
  return (
    // biome-ignore lint/a11y/useSemanticElements: a window splitter has no element of its own.
    <div
      class={`splitter ${upright ? 'upright' : 'level'}`}
      role="separator"
      aria-label={props.name}
      aria-orientation={upright ? 'vertical' : 'horizontal'}
      aria-valuenow={size}
      aria-valuemin={smallest}
      tabIndex={0}
      onPointerDown={(event) => {
        event.preventDefault()
        const handle = event.currentTarget
        const from = upright ? event.clientX : event.clientY
        handle.setPointerCapture(event.pointerId)
        const move = (moved: PointerEvent) => set(size + from - (upright ? moved.clientX : moved.clientY))
        handle.addEventListener('pointermove', move)
        handle.addEventListener('lostpointercapture', () => handle.removeEventListener('pointermove', move), {
          once: true,
        })
      }}
      onKeyDown={(event) => {
        const larger = upright ? 'ArrowLeft' : 'ArrowUp'
        const smaller = upright ? 'ArrowRight' : 'ArrowDown'
        if (event.key !== larger && event.key !== smaller) return
        event.preventDefault()
        event.stopPropagation()
        set(size + (event.key === larger ? step : -step))
      }}
    />
  )
}
