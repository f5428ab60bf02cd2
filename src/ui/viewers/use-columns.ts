// Measures how many characters of the fixed-width face fit beside a gutter, and follows when the room changes.
import { useEffect, useRef, useState } from 'preact/hooks'

/** `height` in px, `columns` in characters; both 0 until measured. */
export type Room = { readonly columns: number; readonly height: number }

/** `gutter`: px that text cannot use. Give `box` to the scrolling element and `probe` to a span of 50 characters. */
export function useColumns(gutter: number) {
  const box = useRef<HTMLDivElement>(null)
  const probe = useRef<HTMLSpanElement>(null)
  const [room, setRoom] = useState<Room>({ columns: 0, height: 0 })
  useEffect(() => {
    const element = box.current
    if (!element) return
    const measure = () => {
      const width = (probe.current?.getBoundingClientRect().width ?? 0) / 50 || 7
      const columns = Math.max(20, Math.floor((element.clientWidth - gutter) / width))
      const height = element.clientHeight
      setRoom((old) => (old.columns === columns && old.height === height ? old : { columns, height }))
    }
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    measure()
    return () => observer.disconnect()
  }, [gutter])
  return { box, probe, room }
}

/** What makes a scrolling region reachable by keyboard and gives it a name. */
export function scrollRegion(label: string) {
  return { role: 'group', tabIndex: 0, 'aria-label': label } as const
}
