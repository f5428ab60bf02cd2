// A comparison as lines side by side, in blocks, with the differences numbered in the order in which they stand.

import type { BodyComparison, Comparison } from '../../replay/compare.ts'
import type { FieldDifference } from '../../replay/compare-fields.ts'
import type { TextRun } from '../../replay/compare-text.ts'
import { pointerAt } from '../viewers/json-pointer.ts'
import { listJson } from '../viewers/list-json.ts'

export type LineKind = 'same' | 'changed' | 'added' | 'removed'
/** A part of a very long line, from `from` on; `a` and `b` are the characters of the whole lines. */
export type LineCut = { readonly from: number; readonly a: number; readonly b: number }

export type CompareLine = {
  readonly kind: LineKind
  readonly noise: boolean
  /** The name of a field or member; masking needs it. */
  readonly name: string
  /** The place in JSON content. */
  readonly pointer?: string
  readonly a?: string
  readonly b?: string
  readonly aLine?: number
  readonly bLine?: number
  /** This line stands for so many equal ones, and this is their text. */
  readonly count?: number
  readonly packed?: string
  /** Only a part of the line is here. */
  readonly cut?: LineCut
}
export type Part = 'request' | 'response'
export type Block = {
  readonly id: string
  readonly part: Part
  readonly title: string
  readonly note: string
  readonly lines: readonly CompareLine[]
}

/** What belongs to one connection only (RFC 9110 §7.6.1) differs between a client and a replay of its call. */
const hopByHop = /^(?:connection|keep-alive|proxy-connection|transfer-encoding|te|upgrade)$/i

function fieldLines(differences: readonly FieldDifference[], glue: string): CompareLine[] {
  return differences.map(({ name, kind, before, after, noise }, i) => ({
    kind,
    noise: (noise || hopByHop.test(name)) && kind !== 'same',
    name,
    ...(before === undefined ? {} : { a: `${name}${glue}${before}`, aLine: i + 1 }),
    ...(after === undefined ? {} : { b: `${name}${glue}${after}`, bLine: i + 1 }),
  }))
}

const memberName = (line: string): string => /^\s*"((?:[^"\\]|\\.)*)":/.exec(line)?.[1] ?? ''

/** A comma that only says whether another line follows. */
const bare = (line: string): string => line.replace(/,$/, '')

type Side = { readonly text: string; readonly number: number; readonly name: string }

const sideOf = (run: TextRun | undefined, number: (run: TextRun) => number): Side[] =>
  (run?.lines ?? []).map((text, k) => ({ text, number: (run ? number(run) : 0) + k, name: memberName(text) }))

/** Lines of the same member are two sides of one change; lines of different members are not, wherever they stand. */
function pairUp(removed: readonly Side[], added: readonly Side[], isNoise: (name: string) => boolean): CompareLine[] {
  const lines: CompareLine[] = []
  let next = 0
  const alone = (kind: 'added' | 'removed', { text, number, name }: Side) =>
    lines.push({
      kind,
      noise: isNoise(name),
      name,
      ...(kind === 'removed' ? { a: text, aLine: number } : { b: text, bLine: number }),
    })
  for (const one of removed) {
    const at = added.findIndex((other, i) => i >= next && other.name === one.name)
    const other = added[at]
    if (!other) {
      alone('removed', one)
      continue
    }
    for (const between of added.slice(next, at)) alone('added', between)
    next = at + 1
    lines.push({
      kind: bare(one.text) === bare(other.text) ? 'same' : 'changed',
      noise: isNoise(one.name),
      name: one.name,
      a: one.text,
      aLine: one.number,
      b: other.text,
      bLine: other.number,
    })
  }
  for (const rest of added.slice(next)) alone('added', rest)
  return lines
}

/** Runs of removed lines followed by added ones are the two sides of the same change. */
function textLines(runs: readonly TextRun[], isNoise: (name: string) => boolean): CompareLine[] {
  const lines: CompareLine[] = []
  for (let i = 0; i < runs.length; i++) {
    const run = runs[i]
    if (!run) break
    if (run.op === 'same') {
      run.lines.forEach((text, k) => {
        lines.push({
          kind: 'same',
          noise: false,
          name: memberName(text),
          a: text,
          b: text,
          aLine: run.a + k,
          bLine: run.b + k,
        })
      })
      continue
    }
    const following = runs[i + 1]
    const removed = run.op === 'removed' ? run : undefined
    const added = run.op === 'added' ? run : following?.op === 'added' ? following : undefined
    if (removed && added) i++
    lines.push(
      ...pairUp(
        sideOf(removed, ({ a }) => a),
        sideOf(added, ({ b }) => b),
        isNoise,
      ),
    )
  }
  return lines
}

/** Differing lines that are told where they stand; it costs a walk for each. */
const mostPlaced = 400

/** Gives differing lines of JSON content their pointers, of the side they exist on (B first). */
function placed(lines: readonly CompareLine[], runs: readonly TextRun[]): CompareLine[] {
  const side = (without: TextRun['op']) =>
    listJson(runs.flatMap((run) => (run.op === without ? [] : run.lines)).join('\n'))
  const [a, b] = [side('added'), side('removed')]
  let left = mostPlaced
  return lines.map((line) => {
    if (line.kind === 'same' || left-- <= 0) return line
    const pointer = line.bLine !== undefined ? pointerAt(b, line.bLine - 1) : pointerAt(a, (line.aLine ?? 1) - 1)
    return { ...line, pointer }
  })
}

function bodyBlock(part: Part, body: BodyComparison): Block[] {
  const id = `${part}-content`
  const title = part === 'request' ? 'Request content' : 'Response content'
  const block = (note: string, lines: readonly CompareLine[]): Block[] => [{ id, part, title, note, lines }]
  switch (body.kind) {
    case 'same':
      return block('the same', [])
    case 'empty':
      return []
    case 'unknown':
      return block(body.why, [])
    case 'octets':
      return block(`octets differ from ${body.firstAt} on`, [
        { kind: 'changed', noise: false, name: '', a: `${body.before} octets`, b: `${body.after} octets` },
      ])
    case 'text':
      return block(
        'by line',
        textLines(body.text, () => false),
      )
    case 'json': {
      const names = (noise: boolean) =>
        new Set(
          body.differences.filter((each) => each.noise === noise).map(({ pointer }) => pointer.split('/').at(-1) ?? ''),
        )
      const [noise, counting] = [names(true), names(false)]
      const count = body.differences.filter((each) => !each.noise).length
      const lines = textLines(body.text, (name) => noise.has(name) && !counting.has(name))
      return block(
        `JSON by structure, ${count} ${count === 1 ? 'difference' : 'differences'}`,
        placed(lines, body.text),
      )
    }
    default:
      return body satisfies never
  }
}

export function blocksOf(comparison: Comparison): Block[] {
  const { values, query, request, response } = comparison
  const value = (names: readonly string[]) =>
    values
      .filter(({ name }) => names.includes(name))
      .map(
        ({ name, before, after, noise }): CompareLine => ({
          kind: 'changed',
          noise,
          name,
          a: `${name}: ${before}`,
          b: `${name}: ${after}`,
        }),
      )
  const count = (lines: readonly CompareLine[]) => {
    const differs = lines.filter(({ kind, noise }) => kind !== 'same' && !noise).length
    return differs === 0
      ? 'the same, order ignored'
      : `${differs} ${differs === 1 ? 'difference' : 'differences'}, order ignored`
  }
  const block = (id: string, part: Part, title: string, lines: readonly CompareLine[], note = count(lines)): Block[] =>
    lines.length > 0 ? [{ id, part, title, note, lines }] : []
  const asked = value(['method', 'scheme', 'host', 'path', 'protocol', 'address'])
  const answered = value(['outcome', 'status', 'reason'])
  return [
    ...block('request-line', 'request', 'Request line', asked, ''),
    ...block('query', 'request', 'Query', fieldLines(query, ' = ')),
    ...block('request-headers', 'request', 'Request headers', fieldLines(request.headers, ': ')),
    ...bodyBlock('request', request.body),
    ...block('outcome', 'response', 'Outcome', answered, ''),
    ...block('response-headers', 'response', 'Response headers', fieldLines(response.headers, ': ')),
    ...bodyBlock('response', response.body),
    ...block('trailers', 'response', 'Trailers', fieldLines([...request.trailers, ...response.trailers], ': ')),
  ]
}
