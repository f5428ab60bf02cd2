// One row of a listing: line number, fold, and the text with its tints and marks.
import { Icon } from '../icons.tsx'
import { visible } from '../visible.ts'
import { type Piece, paintLine, type Stroke } from './paint-line.ts'
import { type Language, tintLine } from './tint-line.ts'

export type CodeRowProps = {
  readonly at: number
  readonly text: string
  readonly from: number
  readonly to: number
  readonly depth: number
  readonly language: Language
  readonly tree: boolean
  readonly strokes: readonly Stroke[]
  readonly continues: boolean
  readonly opens: boolean
  readonly folded: boolean
  readonly items: number
  readonly preview: (() => string) | undefined
  readonly marked: boolean
  readonly current: boolean
  readonly onToggle: () => void
  readonly onStand: () => void
}

/** In a tree names stand without quotes and values without the comma that follows them. */
function treeText(piece: Piece, last: boolean): string {
  if (piece.tint === 'jk') return piece.text.replace(/^"|"$/g, '')
  return last && piece.tint === 'jp' ? piece.text.replace(/,$/, '') : piece.text
}

function Text({ piece, text }: { piece: Piece; text: string }) {
  const shown = visible(text)
  const tinted = piece.tint ? <span class={piece.tint}>{shown}</span> : shown
  if (piece.mark === 'none') return tinted
  return (
    <mark class={piece.mark === 'evidence' ? undefined : piece.mark === 'current' ? 'found now' : 'found'}>
      {tinted}
    </mark>
  )
}

export function CodeRow(props: CodeRowProps) {
  const { at, text, tree, folded, opens, items } = props
  const pieces = paintLine(text, props.from, props.to, tintLine(text, props.language), props.strokes)
  const array = text.trimEnd().endsWith('[')
  const count = `${items} ${items === 1 ? 'item' : 'items'}`
  const summary = () => {
    const preview = props.preview?.() ?? ''
    if (array) return ` ${count} ]`
    return tree ? ` ${preview} }` : ` … ${count}`
  }
  const role =
    tree && !props.continues
      ? {
          role: 'treeitem' as const,
          'aria-level': props.depth + 1,
          'aria-selected': props.current,
          'aria-expanded': opens ? !folded : undefined,
          id: `code-line-${at}`,
        }
      : {}
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the listing itself takes the keys for the row one stands on
    // biome-ignore lint/a11y/noStaticElementInteractions: it has the role of a tree item where it is one
    <div class={`l${props.marked ? ' on' : ''}${props.current ? ' cur' : ''}`} {...role} onClick={props.onStand}>
      <span class="ln">{props.continues ? '' : at + 1}</span>
      <span class="tx" style={{ paddingLeft: `calc(${Math.min(props.depth, 40) * 2}ch + 14px)` }}>
        {opens ? (
          // biome-ignore lint/a11y/useKeyWithClickEvents: arrow keys fold and unfold
          // biome-ignore lint/a11y/noStaticElementInteractions: arrow keys fold and unfold
          <span
            class="fold-at"
            style={{ left: `${Math.min(props.depth, 40) * 2}ch` }}
            onClick={(event) => {
              event.stopPropagation()
              props.onToggle()
            }}
          >
            <Icon name={folded ? 'right' : 'down'} small />
          </span>
        ) : null}
        {pieces.map((piece, i) => (
          <Text key={i} piece={piece} text={tree ? treeText(piece, i === pieces.length - 1) : piece.text} />
        ))}
        {opens && folded ? <span class="jp">{summary()}</span> : null}
        {opens && !folded && tree && array ? <span class="jp"> {count}</span> : null}
      </span>
    </div>
  )
}
