// Two exchanges side by side: what differs, likeliest cause first, then every part with noise dimmed.
import '../styles/compare.css'
import '../styles/detail.css'
import '../styles/viewers.css'
import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { responseOf } from '../../exchange/exchange.ts'
import type { Bodies } from '../../replay/compare.ts'
import { compare, edit, failed } from '../actions.ts'
import { call } from '../connection.ts'
import type { Detail } from '../detail/detail-state.ts'
import { knownSecrets } from '../detail/known-secrets.ts'
import { PhaseBars } from '../detail/timing-tab.tsx'
import { Icon } from '../icons.tsx'
import { comparedFrom, comparing, masked, openDialog, view } from '../model.ts'
import { formatDuration, plural } from '../units.ts'
import { looksLikeText } from '../viewers/material.ts'
import { scrollRegion } from '../viewers/use-columns.ts'
import { CompareBlock } from './compare-block.tsx'
import type { Part } from './compare-lines.ts'
import { CompareSide } from './compare-side.tsx'
import { bodiesOf } from './load-bodies.ts'
import type { MadeComparison } from './make-comparison.ts'
import { RankedList } from './ranked-list.tsx'
import { requestComparison } from './request-comparison.ts'

type Loaded = { readonly a: Detail; readonly b: Detail; readonly bodies: { readonly a: Bodies; readonly b: Bodies } }
type Result = { readonly of: Loaded; readonly made: MadeComparison | undefined; readonly problem: string }
type Shown = 'all' | Part | 'timing'

async function load(a: string, b: string): Promise<Loaded> {
  const read = (id: string) => call('GET /api/exchanges/:id', { params: { id } })
  const [left, right] = await Promise.all([read(a), read(b)])
  const [one, two] = await Promise.all([bodiesOf(left.exchange), bodiesOf(right.exchange)])
  return { a: left, b: right, bodies: { a: one, b: two } }
}

/** What the side that failed answered, for finding the names it complains about. */
function failingText({ a, b, bodies }: Loaded): string {
  const bad = ({ exchange, findings }: Detail) =>
    (responseOf(exchange)?.status ?? 599) >= 400 || findings.some(({ level }) => level === 'error')
  const octets = bad(b) ? bodies.b.response : bad(a) ? bodies.a.response : undefined
  return octets && looksLikeText(octets) ? new TextDecoder().decode(octets.subarray(0, 20_000)).toLowerCase() : ''
}

export function CompareView() {
  const pair = comparing.value
  const [loaded, setLoaded] = useState<Loaded | undefined>(undefined)
  const [shown, setShown] = useState<Shown>('all')
  const [only, setOnly] = useState(false)
  const [noise, setNoise] = useState(false)
  const [current, setCurrent] = useState(-1)
  useEffect(() => {
    if (!pair) return
    let wanted = true
    setCurrent(-1)
    load(pair.a, pair.b).then(
      (got) => wanted && setLoaded(got),
      (error) => {
        if (!wanted) return
        view.value = 'traffic'
        failed('Could not compare')(error)
      },
    )
    return () => {
      wanted = false
    }
  }, [pair])
  const [result, setResult] = useState<Result | undefined>(undefined)
  const [slow, setSlow] = useState(false)
  useLayoutEffect(() => {
    if (!loaded) return
    // Under 150 ms nothing is said: words that flash up only disturb.
    const timer = setTimeout(() => setSlow(true), 150)
    const { a: left, b: right, bodies } = loaded
    const stop = requestComparison(
      { a: left.exchange, b: right.exchange, bodies, failingText: failingText(loaded) },
      (made, problem) => {
        clearTimeout(timer)
        setSlow(false)
        setResult({ of: loaded, made, problem })
      },
    )
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [loaded])
  const made = result?.of === loaded ? result?.made : undefined
  const ranked = made?.ranked ?? []
  const go = (to: number) => {
    if (ranked.length === 0) return
    setShown('all')
    setCurrent((to + ranked.length) % ranked.length)
  }
  // From the newest place, not from the one last drawn: keys may be pressed faster than that.
  const step = (by: 1 | -1) => {
    const { length } = ranked
    if (length === 0) return
    setShown('all')
    setCurrent((from) => (from < 0 ? (by === 1 ? 0 : length - 1) : (from + by + length) % length))
  }
  const swap = () => pair && compare(pair.b, pair.a)
  // With every drawing, not some frames after it: the keys act on what is on show.
  useLayoutEffect(() => {
    const keyed = (event: KeyboardEvent) => {
      const typing =
        event.target instanceof HTMLElement &&
        event.target.closest('input, textarea, select, [contenteditable], dialog')
      if (typing || openDialog.peek() || event.ctrlKey || event.metaKey || event.altKey) return
      if (event.key === ']') step(1)
      else if (event.key === '[') step(-1)
      else if (event.key === 's') swap()
      else return
      event.preventDefault()
    }
    addEventListener('keydown', keyed)
    return () => removeEventListener('keydown', keyed)
  })

  if (!loaded || !made)
    return (
      <main class="cmpview" aria-label="Compare" aria-busy="true">
        <p class="content-empty" role="status">
          {result && result.of === loaded
            ? `Could not be compared: ${result.problem}`
            : slow
              ? 'Comparing the content'
              : ''}
        </p>
      </main>
    )
  const { a, b } = loaded
  const { blocks, dimmed, count } = made
  const target = ranked[current]
  const hide = masked.value ? [...knownSecrets(a.exchange), ...knownSecrets(b.exchange)] : undefined
  const parts = blocks.filter(({ part }) => shown === 'all' || shown === part)
  const [was, is] = made.timing.total
  const total = Math.max(1, was ?? 0, is ?? 0)
  return (
    <main class="cmpview" aria-label="Compare">
      <div class="sides">
        <div>
          <h1 class="line">
            <button
              type="button"
              class="btn icon"
              aria-label={comparedFrom.value === 'traffic' ? 'Back to the traffic' : 'Back to the sessions'}
              title="Back (Esc)"
              onClick={() => (view.value = comparedFrom.value)}
            >
              <Icon name="right" class="turned" />
            </button>
            Compare
            <span class="grow" />
            <button type="button" class="btn" onClick={swap}>
              <Icon name="swap" />
              Swap<kbd>s</kbd>
            </button>
          </h1>
          <p class="q">
            {count === 0 ? 'No difference counts' : plural(count, 'difference counts', 'differences count')}
            {dimmed === 0 ? '' : `, ${plural(dimmed, 'is noise and dimmed', 'are noise and dimmed')}`}.
          </p>
        </div>
        <CompareSide letter="A" detail={a} other={b} onChange={(id) => compare(id, b.exchange.id)} />
        <CompareSide letter="B" detail={b} other={a} onChange={(id) => compare(a.exchange.id, id)} />
      </div>
      <div class="cmpbody">
        <RankedList ranked={ranked} current={current} hide={hide} onGo={go}>
          {dimmed > 0 ? (
            <p class="rank-foot">
              <span class="q">{dimmed} dimmed as noise: ids, dates, traces, counters.</span>
              <button type="button" class="link" aria-pressed={noise} onClick={() => setNoise(!noise)}>
                {noise ? 'Dim noise' : 'Show noise'}
              </button>
            </p>
          ) : null}
        </RankedList>
        <section class="cmpmain" aria-label="Side by side">
          <div class="viewbar">
            {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would add a frame and a legend */}
            <div class="seg" role="group" aria-label="Parts">
              {(['all', 'request', 'response', 'timing'] as const).map((each) => (
                <button key={each} type="button" aria-pressed={shown === each} onClick={() => setShown(each)}>
                  {each === 'all' ? 'All parts' : each.charAt(0).toUpperCase() + each.slice(1)}
                </button>
              ))}
            </div>
            <button type="button" class="btn" aria-pressed={only} onClick={() => setOnly(!only)}>
              Only differences
            </button>
            <span class="grow" />
            <span class="q hits" role="status">
              {ranked.length === 0
                ? 'No difference that counts'
                : current < 0
                  ? plural(count, 'difference')
                  : `${current + 1} of ${count}`}
            </span>
            <button type="button" class="btn" disabled={ranked.length === 0} onClick={() => step(-1)}>
              Previous<kbd>[</kbd>
            </button>
            <button type="button" class="btn" disabled={ranked.length === 0} onClick={() => step(1)}>
              Next<kbd>]</kbd>
            </button>
            <span class="sep" />
            <button type="button" class="btn line-btn" onClick={() => edit(b.exchange.id)}>
              <Icon name="edit" />
              Edit and replay B
            </button>
          </div>
          <div class="cmpscroll" {...scrollRegion('Differences')}>
            {parts.map((block) => (
              <CompareBlock
                key={`${block.id} ${a.exchange.id} ${b.exchange.id}`}
                block={block}
                only={only}
                noise={noise}
                hide={hide}
                target={target?.block === block.id ? target.at : -1}
              />
            ))}
            {shown === 'all' || shown === 'timing' ? (
              <section class="cmp-block" aria-label="Timing">
                <div class="sect">
                  <h2>Timing</h2>
                  <span class="c">
                    {was === undefined || is === undefined
                      ? 'still running'
                      : was === is
                        ? 'the same'
                        : `B ${formatDuration(Math.abs(is - was))} ${is < was ? 'faster' : 'slower'}`}
                  </span>
                </div>
                <div class="cmp-timing">
                  <PhaseBars exchange={a.exchange} total={total} />
                  <PhaseBars exchange={b.exchange} total={total} />
                </div>
              </section>
            ) : null}
          </div>
        </section>
      </div>
    </main>
  )
}
