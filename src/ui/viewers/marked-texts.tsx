// Search hits in views that are made of short texts: tables, fields, messages.
import type { ComponentChild } from 'preact'
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks'
import { findHits } from './find-hits.ts'
import type { Search } from './viewer.ts'

/** The hits of one text, and which of them is looked at; -1 where it is none of these. */
export type TextHits = { readonly offsets: readonly number[]; readonly length: number; readonly current: number }

const none: TextHits = { offsets: [], length: 0, current: -1 }

/** Hits in several texts, counted in their order; `texts` must stay the same list while it says the same. */
export function useTextHits(search: Search | undefined, texts: readonly string[]) {
  const query = search?.query.value ?? ''
  const { found, total } = useMemo(() => {
    const hits = new Map<number, { readonly offsets: readonly number[]; readonly before: number }>()
    let sum = 0
    if (query !== '')
      texts.forEach((text, index) => {
        const offsets = findHits(text, query)
        if (offsets.length > 0) hits.set(index, { offsets, before: sum })
        sum += offsets.length
      })
    return { found: hits, total: sum }
  }, [texts, query])
  useLayoutEffect(() => {
    if (search) search.found.value = total
  }, [search, total])
  const at = search?.current.value ?? -1
  const hitsOf = (index: number): TextHits => {
    const hit = found.get(index)
    if (!hit) return none
    const current = at - hit.before
    const here = current >= 0 && current < hit.offsets.length
    return { offsets: hit.offsets, length: query.length, current: here ? current : -1 }
  }
  let current = -1
  if (total > 0 && at >= 0) for (const [index, { before }] of found) if (before <= at) current = index
  return { hitsOf, total, current }
}

function Current({ children }: { children: string }) {
  const mark = useRef<HTMLElement>(null)
  useLayoutEffect(() => mark.current?.scrollIntoView({ block: 'nearest' }), [])
  return (
    <mark ref={mark} class="found now">
      {children}
    </mark>
  )
}

/** A text with its hits marked; the one looked at comes into view. */
export function Marked({ text, hits }: { readonly text: string; readonly hits: TextHits }) {
  if (hits.offsets.length === 0) return <>{text}</>
  const pieces: ComponentChild[] = []
  let at = 0
  hits.offsets.forEach((from, i) => {
    const to = from + hits.length
    pieces.push(text.slice(at, from))
    pieces.push(
      i === hits.current ? (
        <Current key={`now ${from}`}>{text.slice(from, to)}</Current>
      ) : (
        <mark key={from} class="found">
          {text.slice(from, to)}
        </mark>
      ),
    )
    at = to
  })
  pieces.push(text.slice(at))
  return <>{pieces}</>
}
