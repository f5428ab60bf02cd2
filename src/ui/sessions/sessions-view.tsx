// Two sessions compared: every endpoint that differs, what is wrong first, each leading to its exchanges.
import '../styles/compare.css'
import '../styles/detail.css'
import '../styles/sessions.css'
import '../styles/viewers.css'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { EndpointDifference } from '../../api/session-comparison.ts'
import { Icon } from '../icons.tsx'
import { openDialog, view } from '../model.ts'
import { formatCount, plural } from '../units.ts'
import { scrollRegion } from '../viewers/use-columns.ts'
import { parts } from './change-words.ts'
import { comparedSessions, openedEndpoint } from './compared-sessions.ts'
import { sessions } from './session-list.ts'
import { SessionRow } from './session-row.tsx'
import { SessionSide } from './session-side.tsx'
import { useDifferences } from './use-differences.ts'

/** Rows drawn before more are asked for. */
const rowsAtOnce = 300

const fits = ({ changes }: EndpointDifference, part: string): boolean =>
  part === '' || parts.some(({ name, kinds }) => name === part && changes.some((kind) => kinds.includes(kind)))

export function SessionsView() {
  const { before, after } = comparedSessions.value ?? { before: '', after: '' }
  const { comparison, slow, problem, again } = useDifferences(before, after)
  const [part, setPart] = useState('')
  const [most, setMost] = useState(rowsAtOnce)
  const body = useRef<HTMLTableSectionElement>(null)
  const [one, other] = [before, after].map((id) => sessions.value.find((session) => session.id === id))
  const choose = (next: { before?: string; after?: string }) => {
    comparedSessions.value = { before, after, ...next }
  }
  const swap = () => choose({ before: after, after: before })
  useLayoutEffect(() => {
    const keyed = (event: KeyboardEvent) => {
      const { target } = event
      const typing = target instanceof HTMLElement && target.closest('input, textarea, select, [role=menu], dialog')
      if (typing || openDialog.peek() || event.ctrlKey || event.metaKey || event.altKey) return
      const by = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key]
      if (event.key === 's') swap()
      else if (by !== undefined) stepRow(body.current, by)
      else return
      event.preventDefault()
    }
    addEventListener('keydown', keyed)
    return () => removeEventListener('keydown', keyed)
  })
  const isThere = comparison !== undefined && one !== undefined && other !== undefined
  useLayoutEffect(() => {
    if (!isThere || openedEndpoint.name === '') return
    body.current?.querySelector<HTMLElement>(`[data-endpoint="${CSS.escape(openedEndpoint.name)}"]`)?.focus()
    openedEndpoint.name = ''
  }, [isThere])
  const all = comparison?.differences ?? []
  const shown = all.filter((difference) => fits(difference, part))
  return (
    <main class="cmpview" aria-label="Compare sessions" aria-busy={!comparison && problem === ''}>
      <div class="sides">
        <div>
          <h1 class="line">
            <button
              type="button"
              class="btn icon"
              aria-label="Back to the traffic"
              title="Back (Esc)"
              onClick={() => (view.value = 'traffic')}
            >
              <Icon name="right" class="turned" />
            </button>
            Compare sessions
            <span class="grow" />
            <button type="button" class="btn" onClick={swap}>
              <Icon name="swap" />
              Swap<kbd class="narrow-hides">s</kbd>
            </button>
          </h1>
          <p class="q" role="status">
            {comparison
              ? `${plural(all.length, 'endpoint differs', 'endpoints differ')}, ${formatCount(comparison.same)} ${comparison.same === 1 ? 'does' : 'do'} not.`
              : ''}
          </p>
          {comparison && comparison.shapesLeftOut > 0 ? (
            <p class="q">Contents of {plural(comparison.shapesLeftOut, 'endpoint')} were left out, being too many.</p>
          ) : null}
        </div>
        <SessionSide letter="A" name="Before" session={one} onChange={(id) => choose({ before: id })} />
        <SessionSide letter="B" name="After" session={other} onChange={(id) => choose({ after: id })} />
      </div>
      <section class="cmpmain" aria-label="Endpoints">
        <div class="viewbar">
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would add a frame and a legend */}
          <div class="seg" role="group" aria-label="Show">
            <button type="button" aria-pressed={part === ''} onClick={() => setPart('')}>
              All <span class="num">{formatCount(all.length)}</span>
            </button>
            {parts.map(({ name }) => {
              const count = all.filter((difference) => fits(difference, name)).length
              return (
                <button
                  key={name}
                  type="button"
                  aria-pressed={part === name}
                  disabled={count === 0 && part !== name}
                  onClick={() => setPart(part === name ? '' : name)}
                >
                  {name} <span class="num">{formatCount(count)}</span>
                </button>
              )
            })}
          </div>
          <span class="grow" />
          <button type="button" class="btn" onClick={again}>
            <Icon name="replay" />
            Compare again
          </button>
        </div>
        <div class="cmpscroll" {...scrollRegion('Endpoints that differ')}>
          {shown.length > 0 && one && other ? (
            <table class="stable">
              <thead>
                <tr>
                  <th scope="col">Change</th>
                  <th scope="col">Endpoint</th>
                  <th scope="col">Before</th>
                  <th scope="col">After</th>
                  <th scope="col">What changed</th>
                </tr>
              </thead>
              <tbody ref={body}>
                {shown.slice(0, most).map((difference) => (
                  <SessionRow key={difference.endpoint} difference={difference} before={one} after={other} />
                ))}
              </tbody>
            </table>
          ) : (
            <p class="content-empty" role="status">
              {problem !== ''
                ? `Could not be compared: ${problem}`
                : comparison
                  ? before === after
                    ? 'That is one and the same session: choose another.'
                    : 'Nothing differs: the same endpoints, answers, findings and content, in about the same time.'
                  : slow
                    ? 'Comparing the sessions'
                    : ''}
            </p>
          )}
          {shown.length > most ? (
            <p class="content-empty">
              <button type="button" class="link" onClick={() => setMost(most + rowsAtOnce)}>
                Show {formatCount(Math.min(rowsAtOnce, shown.length - most))} more of {formatCount(shown.length - most)}
              </button>
            </p>
          ) : null}
        </div>
      </section>
    </main>
  )
}

/** The row below or above the one that has the focus. */
function stepRow(body: HTMLElement | null, by: number): void {
  const openers = [...(body?.querySelectorAll<HTMLElement>('.sopen') ?? [])]
  const at = openers.findIndex((each) => each.closest('tr')?.contains(document.activeElement))
  const next = openers[at === -1 ? (by > 0 ? 0 : openers.length - 1) : at + by]
  next?.focus()
}
