// A comparison as the page shows it: blocks of lines with long equal stretches packed, and the differences by weight.
import { type Exchange, responseOf } from '../../exchange/exchange.ts'
import type { Message } from '../../exchange/message.ts'
import { type Bodies, type Comparison, compareExchanges } from '../../replay/compare.ts'
import { formatSize } from '../units.ts'
import { type Block, blocksOf } from './compare-lines.ts'
import { cutLine } from './cut-line.ts'
import { largestCompared as largest } from './largest-compared.ts'
import { packEqual } from './pack-equal.ts'
import { type Ranked, rankDifferences } from './rank-differences.ts'

export type ComparisonRequest = {
  readonly a: Exchange
  readonly b: Exchange
  readonly bodies: { readonly a: Bodies; readonly b: Bodies }
  /** What the side that failed answered, in lower case; empty where neither did. */
  readonly failingText: string
}

export type MadeComparison = {
  readonly timing: Comparison['timing']
  readonly blocks: readonly Block[]
  readonly ranked: readonly Ranked[]
  /** Lines that differ and are noise. */
  readonly dimmed: number
  /** Differences that count. */
  readonly count: number
}

/** Ranked differences that are handed on; the list shows fewer, the keys go through them. */
const mostRanked = 2000

const tooLarge = (...messages: readonly (Message | undefined)[]): boolean =>
  messages.some((message) => message && message.content.kept !== 'none' && message.content.keptSize > largest)

export function makeComparison({ a, b, bodies, failingText }: ComparisonRequest): MadeComparison {
  const comparison = compareExchanges(a, b, bodies)
  const blocks = blocksOf(comparison).map((block) => {
    const beyond =
      block.id === 'request-content'
        ? tooLarge(a.request, b.request)
        : block.id === 'response-content' && tooLarge(responseOf(a), responseOf(b))
    const note = beyond ? `not compared: more than ${formatSize(largest)} on one side` : block.note
    return { ...block, note, lines: packEqual(block.lines).map(cutLine) }
  })
  const ranked = rankDifferences(blocks, failingText)
  return {
    timing: comparison.timing,
    blocks,
    ranked: ranked.slice(0, mostRanked),
    dimmed: blocks.flatMap(({ lines }) => lines).filter(({ noise }) => noise).length,
    count: ranked.length,
  }
}
