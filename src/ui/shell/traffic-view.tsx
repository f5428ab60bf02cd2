// The traffic view under its filter bar: tree, list and details, or what to do when there is nothing to list.
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks'
import { setPageSetting } from '../actions.ts'
import { clearFilter, isFiltered } from '../filter/active-filter.ts'
import { FilterBar } from '../filter/filter-bar.tsx'
import { Icon } from '../icons.tsx'
import { ExchangeGrid } from '../list/exchange-grid.tsx'
import { storeCount } from '../list/leaving.ts'
import { reading, ready, searching, total } from '../list/list-state.ts'
import { detailPlacement, pageSetting, selectedId, status } from '../model.ts'
import { treeFolded, treeOverlay } from '../tree/folding.ts'
import { HostTree } from '../tree/host-tree.tsx'
import { plural } from '../units.ts'
import { FirstRun } from './first-run.tsx'
import { lazyPart } from './lazy-part.tsx'
import { toggleRecording } from './recording.ts'
import { refusedOnly } from './refused-only.ts'
import { Splitter } from './splitter.tsx'

const loadDetails = async () => (await import('../detail/detail-pane.tsx')).DetailPane
const DetailPane = lazyPart(loadDetails)
/** Ahead of the first click: when it comes, Telltale may be away, and what was read is to be readable still. */
const loadAhead = () => void loadDetails().catch(() => {})

/** The details' width until the user drags it: enough for a finding without scrolling, more where there is more, px. */
function roomyWidth(): number {
  return Math.round(Math.max(448, Math.min(720, innerWidth * 0.3)))
}

/** Nothing matches: say how much is hidden, and offer the way back. */
function NothingMatches() {
  const hidden = storeCount.value
  return (
    <div class="nothing" role="status">
      <p class="b">No exchange matches</p>
      <p>
        {plural(hidden, 'exchange')} {hidden === 1 ? 'is' : 'are'} hidden by the filter.
      </p>
      <button type="button" class="btn line-btn" onClick={clearFilter}>
        Clear the filter
        <kbd>x</kbd>
      </button>
    </div>
  )
}

/** A recorder that stopped by itself is said where the data would come, with what still works and one button. */
function RecorderNote() {
  const now = status.value
  if (now?.recording !== 'stopped') return null
  return (
    <p class="recorder-note" role="alert">
      <Icon name="error" label="error" class="error" />
      <span class="grow">
        {now.reason ?? 'The recorder stopped.'} Traffic still flows.{' '}
        {now.waiting
          ? `${plural(now.waiting, 'exchange')} ${now.waiting === 1 ? 'waits' : 'wait'} to be kept; contents are given up first.`
          : 'Nothing since then is kept.'}
      </span>
      <button type="button" class="btn line-btn" onClick={() => void toggleRecording()}>
        Start recording again
      </button>
    </p>
  )
}

export function TrafficView() {
  const frame = useRef<HTMLDivElement>(null)
  const below = detailPlacement.value === 'below' || treeFolded.value
  const open = selectedId.value !== undefined
  const size = below
    ? pageSetting('detailHeight', Math.round(innerHeight * 0.5))
    : pageSetting('detailWidth', roomyWidth())

  useEffect(() => {
    if (ready.value) globalThis.requestIdleCallback?.(loadAhead)
  }, [ready.value])

  useLayoutEffect(() => {
    frame.current?.style.setProperty('--detail', `${size}px`)
  })

  if ((ready.value && total.value === 0 && !isFiltered.value) || refusedOnly.value.length > 0) return <FirstRun />
  return (
    <main class="traffic">
      <FilterBar />
      <div
        ref={frame}
        class={`panes ${below ? 'below' : 'right'} ${open ? 'open' : ''} ${treeFolded.value ? 'folded' : ''}`}
      >
        {(!treeFolded.value || treeOverlay.value) && <HostTree />}
        <div class="middle">
          <RecorderNote />
          <ExchangeGrid />
          {ready.value &&
            total.value === 0 &&
            isFiltered.value &&
            (searching.value ? <p class="nothing">Searching …</p> : <NothingMatches />)}
          {reading.value.state === 'refused' && total.value === 0 && <p class="nothing">{reading.value.why}</p>}
        </div>
        {open && (
          <>
            <Splitter
              name="Size of the details"
              upright={!below}
              size={size}
              smallest={below ? 160 : 320}
              onSize={(next) => setPageSetting(below ? 'detailHeight' : 'detailWidth', next)}
            />
            <DetailPane />
          </>
        )}
      </div>
    </main>
  )
}
