// The differences of a comparison as a list, the likeliest cause first: what the failing answer itself names leads.
import type { Block, CompareLine } from './compare-lines.ts'

export type Ranked = {
  readonly block: string
  readonly at: number
  readonly line: CompareLine
  /** 1 to 5. */
  readonly weight: number
  readonly why: string
  /** It stands in what came back: a consequence, not a cause. */
  readonly consequence: boolean
}

function weigh(
  block: Block,
  line: CompareLine,
  failingText: string,
): { readonly weight: number; readonly why: string } {
  if (block.part === 'response') return { weight: 1, why: '' }
  const words = line.name.toLowerCase()
  if (words.length > 2 && failingText.includes(words)) return { weight: 5, why: 'The failing answer names it.' }
  if (block.id === 'request-line') return { weight: 4, why: 'A different call.' }
  if (/^(?:authorization|cookie|x-api-key|proxy-authorization)$/.test(words))
    return { weight: 4, why: 'Credentials decide what is allowed.' }
  if (block.id === 'query' || block.id === 'request-content') return { weight: 3, why: 'Part of what was asked.' }
  return { weight: 2, why: '' }
}

/** Brackets say nothing, and what lies inside something that exists on one side only is said by its name. */
function speaks(block: Block, line: CompareLine): boolean {
  const text = line.a ?? line.b ?? ''
  if (/^[\s{}[\],]*$/.test(text)) return false
  return !(block.id === 'response-content' && line.kind !== 'changed' && /^ {3}/.test(text))
}

/** `failingText`: what the failing side answered, in lower case; empty where neither failed. */
export function rankDifferences(blocks: readonly Block[], failingText: string): Ranked[] {
  return blocks
    .flatMap((block) =>
      block.lines.flatMap((line, at) =>
        line.kind === 'same' || line.noise || !speaks(block, line)
          ? []
          : [{ block: block.id, at, line, consequence: block.part === 'response', ...weigh(block, line, failingText) }],
      ),
    )
    .sort((a, b) => Number(a.consequence) - Number(b.consequence) || b.weight - a.weight)
}
