// One part of a comparison, side by side: signs in the gutter, changed words tinted, long equal stretches folded.
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import { maskField, maskUrls } from '../detail/masking.ts'
import { Icon } from '../icons.tsx'
import { formatCount, plural } from '../units.ts'
import { maskText } from '../viewers/secret-ranges.ts'
import type { Block, CompareLine } from './compare-lines.ts'
import { withoutMargins } from './cut-line.ts'
import { foldEqual } from './fold-equal.ts'

/** Rows drawn at a time. */
const step = 300

/** A line as it may be drawn; fields are judged by their name, everything else by its text. */
/** `hide`: the secrets to look for besides names and shapes; undefined while nothing is masked. */
export function shownLine(
  text: string | undefined,
  name: string,
  hide: readonly string[] | undefined,
): string | undefined {
  if (text === undefined || !hide) return text
  for (const glue of [': ', ' = '])
    if (name && text.startsWith(name + glue)) {
      const value = text.slice(name.length + glue.length)
      return (
        name + glue + (glue === ' = ' ? maskUrls(`?${name}=${value}`).slice(name.length + 2) : maskField(name, value))
      )
    }
  return maskUrls(maskText(text, hide))
}

/** Where two texts begin and cease to differ, so that only those words are tinted. */
function changedSpan(a: string, b: string): readonly [from: number, aTo: number, bTo: number] {
  let from = 0
  while (from < a.length && from < b.length && a[from] === b[from]) from++
  let tail = 0
  while (tail < a.length - from && tail < b.length - from && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  return [from, a.length - tail, b.length - tail]
}

function Side({
  line,
  side,
  hide,
  noise,
}: {
  line: CompareLine
  side: 'a' | 'b'
  hide: readonly string[] | undefined
  noise: boolean
}) {
  const drawn = (of: 'a' | 'b') => {
    const shown = shownLine(line[of], line.name, hide)
    return shown === undefined ? undefined : withoutMargins(shown, line.cut, of)
  }
  const text = drawn(side)
  const other = drawn(side === 'a' ? 'b' : 'a')
  const number = side === 'a' ? line.aLine : line.bLine
  if (text === undefined) return <div class="void" />
  const dim = line.noise && !noise
  const tone = dim || line.kind === 'same' ? '' : line.kind === 'changed' ? 'chg' : side === 'a' ? 'del' : 'add'
  const sign = dim || line.kind === 'same' ? '' : line.kind === 'changed' ? '~' : side === 'a' ? '-' : '+'
  let content: preact.ComponentChild = text
  if (tone === 'chg' && other !== undefined) {
    const [from, aTo, bTo] = changedSpan(side === 'a' ? text : other, side === 'a' ? other : text)
    const to = side === 'a' ? aTo : bTo
    content =
      to > from ? (
        <>
          {text.slice(0, from)}
          <span class={side === 'a' ? 'dl' : 'ad'}>{text.slice(from, to)}</span>
          {text.slice(to)}
        </>
      ) : (
        text
      )
  }
  return (
    <div class={tone}>
      <span class="ln">{number ?? ''}</span>
      <span class="g">{sign}</span>
      <span class={`tx ${dim ? 'dim' : ''}`}>
        {content}
        {line.cut ? <span class="qq"> a line of {formatCount(line.cut[side])} characters, in part</span> : null}
      </span>
    </div>
  )
}

type Props = {
  readonly block: Block
  readonly only: boolean
  readonly noise: boolean
  readonly hide: readonly string[] | undefined
  readonly target: number
}

export function CompareBlock({ block, only, noise, hide, target }: Props) {
  const [open, setOpen] = useState(true)
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set())
  const line = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    if (target >= 0) line.current?.scrollIntoView({ block: 'center' })
  }, [target])
  const shown = open || target >= 0
  const rows = useMemo(() => (shown ? foldEqual(block.lines, opened, only) : []), [shown, block.lines, opened, only])
  const [asked, setAsked] = useState(step)
  // A difference beyond what is drawn brings its own rows: all before it could be thousands.
  const row = target >= 0 ? rows.findIndex((each) => each.kind === 'line' && each.at === target) : -1
  const from = row >= asked ? Math.max(0, row - (step >> 1)) : 0
  const to = from === 0 ? asked : from + step
  return (
    <section class="cmp-block" aria-label={block.title}>
      <div class="sect">
        <button
          type="button"
          class="btn icon"
          aria-expanded={shown}
          aria-label={`${block.title}: fold`}
          onClick={() => setOpen(!open)}
        >
          <Icon name={shown ? 'down' : 'right'} small />
        </button>
        <h2>{block.title}</h2>
        <span class="c">{block.note}</span>
      </div>
      <div class="sbs">
        {rows.slice(from, to).map((row) =>
          row.kind === 'skipped' ? (
            <button
              key={`s${row.from}`}
              type="button"
              class="skip"
              onClick={() => setOpened(new Set(opened).add(row.from))}
            >
              {plural(row.count, 'equal line')}
            </button>
          ) : (
            <div key={row.at} class={`pair ${row.at === target ? 'target' : ''}`} ref={row.at === target ? line : null}>
              <Side line={row.line} side="a" hide={hide} noise={noise} />
              <Side line={row.line} side="b" hide={hide} noise={noise} />
            </div>
          ),
        )}
      </div>
      {rows.length > to || from > 0 ? (
        <p class="content-note">
          {from > 0 ? `Lines ${formatCount(from + 1)} to ` : ''}
          {formatCount(Math.min(to, rows.length))} of {formatCount(rows.length)} lines{' '}
          <button type="button" class="btn line-btn" onClick={() => setAsked(to + step)}>
            {rows.length > to ? `Show ${Math.min(step, rows.length - to)} more` : 'Show all before'}
          </button>
        </p>
      ) : null}
    </section>
  )
}
