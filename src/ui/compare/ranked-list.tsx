// The differences that count, likeliest cause first; choosing one leads to its line.
import type { ComponentChildren } from 'preact'
import { shownLine } from './compare-block.tsx'
import type { Ranked } from './rank-differences.ts'

type Props = {
  readonly ranked: readonly Ranked[]
  readonly current: number
  readonly hide: readonly string[] | undefined
  readonly onGo: (at: number) => void
  readonly children: ComponentChildren
}

const most = 200
const short = (text: string) => (text.length > 80 ? `${text.slice(0, 77)}…` : text)

/** The value of a line without the name that stands above it. */
function value(text: string | undefined, { line }: Ranked): string {
  if (text === undefined) return ''
  const bare = text.trim().replace(/,$/, '').replace(/\{$/, '{…}').replace(/\[$/, '[…]')
  for (const lead of [`"${line.name}": `, `${line.name}: `, `${line.name} = `])
    if (line.name && bare.startsWith(lead)) return short(bare.slice(lead.length))
  return short(bare)
}

export function RankedList({ ranked, current, hide, onGo, children }: Props) {
  return (
    <nav class="ranked" aria-label="Differences by weight">
      <p class="caps">
        Most likely cause first
        <span class="grow" />
        weight
      </p>
      {ranked.length === 0 ? <p class="content-empty">Nothing that counts differs.</p> : null}
      <ol>
        {ranked.slice(0, most).map((entry, i) => {
          const { line, weight, why, block, at } = entry
          const a = value(shownLine(line.a, line.name, hide), entry)
          const b = value(shownLine(line.b, line.name, hide), entry)
          return (
            <li key={`${block} ${at}`}>
              {entry.consequence && !ranked[i - 1]?.consequence ? <p class="caps">What came back</p> : null}
              <button
                type="button"
                class="rank"
                aria-current={i === current ? 'true' : undefined}
                onClick={() => onGo(i)}
              >
                <span class="no">{i + 1}</span>
                <span>
                  <span class="line">
                    <code class="b cut">{line.pointer || line.name || block.replace('-', ' ')}</code>
                    <span class="grow" />
                    {entry.consequence ? null : (
                      <span class="weight" role="img" aria-label={`weight ${weight} of 5`}>
                        {[1, 2, 3, 4, 5].map((step) => (
                          <i key={step} class={step <= weight ? 'f' : ''} />
                        ))}
                      </span>
                    )}
                  </span>
                  <span class="ch">
                    {line.kind === 'added' ? <span class="q">only in B</span> : <span class="was">{a || 'empty'}</span>}
                    {line.kind === 'changed' ? <span class="qq">→</span> : null}
                    {line.kind === 'removed' ? (
                      <span class="q">only in A</span>
                    ) : (
                      <span class="now">{b || 'empty'}</span>
                    )}
                  </span>
                  {why ? <span class="rank-why">{why}</span> : null}
                </span>
              </button>
            </li>
          )
        })}
      </ol>
      {children}
    </nav>
  )
}
