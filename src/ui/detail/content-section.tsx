// The content of one message: fetched when looked at, shown by the viewer that suits it, searched, copied, saved.
import { useEffect, useMemo, useState } from 'preact/hooks'
import type { Location } from '../../diagnose/finding.ts'
import type { Exchange } from '../../exchange/exchange.ts'
import type { Message } from '../../exchange/message.ts'
import { copy } from '../actions.ts'
import { Icon } from '../icons.tsx'
import { masked } from '../model.ts'
import { formatSize } from '../units.ts'
import { findJwts } from '../viewers/jwt.ts'
import { type ContentMark, looksLikeText, type Material, mediaTypeOf, wholeText } from '../viewers/material.ts'
import { maskText } from '../viewers/secret-ranges.ts'
import { useSplitSearch } from '../viewers/split-search.ts'
import { evidenceAt, followed, same } from './detail-state.ts'
import { download, fileName } from './download.ts'
import { JwtCard } from './jwt-card.tsx'
import { knownSecrets } from './known-secrets.ts'
import { type Loaded, largest, loadContent } from './load-content.ts'
import { NestedContent, useViewers } from './nested-content.tsx'
import { SearchField, useSearch } from './search-field.tsx'

type Props = { readonly exchange: Exchange; readonly side: 'request' | 'response'; readonly message: Message }

/** Content in which tokens are looked for, in octets. */
const scannedForTokens = 262_144

const reasons = {
  empty: 'No content',
  pending: 'Still on its way',
  'too-large': 'Not kept: larger than the limit for content (--max-content)',
  overload: 'Not kept: more arrived than could be recorded at that moment. The call itself was not affected',
  evicted: 'No longer kept: removed to make room for newer content',
} as const

/** Evidence in the content of one side, the followed one first. */
function contentMarks(at: Location['at'], exchangeId: string): ContentMark[] {
  const target = followed.value?.exchangeId === exchangeId ? followed.value.evidence.location : undefined
  const marks = evidenceAt([at], exchangeId).map(({ evidence, finding }) => ({ ...evidence, note: finding.title }))
  // A quotation is followed like evidence, without being a part of the list.
  if (target && target.at === at && !marks.some(({ location }) => same(location, target)))
    marks.unshift({ location: target, value: '', note: followed.value?.title ?? '' })
  return marks.map(({ location, value, note }) => ({
    value: value.replace(/^"|"$/g, ''),
    note,
    ...('pointer' in location && location.pointer !== undefined ? { pointer: location.pointer } : {}),
    ...('line' in location && location.line !== undefined ? { line: location.line } : {}),
    ...('column' in location && location.column !== undefined ? { column: location.column } : {}),
  }))
}

export function ContentSection({ exchange, side, message }: Props) {
  const { content } = message
  const [loaded, setLoaded] = useState<{ readonly of: string; readonly got: Loaded | Error } | undefined>(undefined)
  const [wanted, setWanted] = useState('')
  const [slow, setSlow] = useState(false)
  const key = content.kept === 'none' ? '' : `${exchange.id} ${side} ${content.digest}`
  const held = content.kept !== 'none' && content.keptSize > largest && wanted !== key
  useEffect(() => {
    if (key === '' || held) return
    let current = true
    // Under 150 ms nothing is said: words that flash up only disturb.
    const timer = setTimeout(() => current && setSlow(true), 150)
    const settle = (got: Loaded | Error) => {
      if (!current) return
      clearTimeout(timer)
      setSlow(false)
      setLoaded({ of: key, got })
    }
    loadContent(exchange.id, side, content).then(settle, (error) =>
      settle(error instanceof Error ? error : new Error(String(error))),
    )
    return () => {
      current = false
      clearTimeout(timer)
      setSlow(false)
    }
  }, [key, held])

  if (content.kept === 'none')
    return (
      <p class="content-empty">
        {reasons[content.why]}
        {content.why === 'empty' || content.why === 'pending' ? '' : `, ${formatSize(content.bodySize)}`}
      </p>
    )
  if (held)
    return (
      <p class="content-empty">
        {formatSize(content.keptSize)} of content.{' '}
        <button type="button" class="btn line-btn" onClick={() => setWanted(key)}>
          Show it
        </button>
      </p>
    )
  const got = loaded?.of === key ? loaded.got : undefined
  if (!got) return <p class="content-empty">{slow ? `Reading ${formatSize(content.keptSize)}` : ''}</p>
  if (got instanceof Error) return <p class="content-empty">The content could not be read: {got.message}</p>
  return <Shown key={key} {...{ exchange, side, message, got }} />
}

function Shown({ exchange, side, message, got }: Props & { readonly got: Loaded }) {
  const { content } = message
  const material = useMemo(
    (): Material => ({
      bytes: got.bytes,
      ...mediaTypeOf(content.mimeType ?? ''),
      side,
      headers: message.headers,
      echoes: knownSecrets(exchange),
      url: exchange.request.url,
      whole: content.kept === 'whole',
    }),
    [got, side],
  )
  const search = useSearch()
  const [chosen, setChosen] = useState<string | undefined>(undefined)
  const suitable = useViewers(material)
  const marks = contentMarks(side === 'request' ? 'request.body' : 'response.body', exchange.id)
  const jwts = useMemo(
    () =>
      material.bytes.length <= scannedForTokens && looksLikeText(material.bytes) ? findJwts(wholeText(material)) : [],
    [material],
  )
  const searches = useSplitSearch(search, jwts.length + 1)
  const inViewer = searches[jwts.length]
  // Evidence by line is only at its place in the text as received.
  const byLine =
    followed.value && marks[0]?.line !== undefined && marks[0].pointer === undefined
      ? suitable?.find(({ id }) => id === 'raw')
      : undefined
  const viewer = suitable?.find(({ id }) => id === chosen) ?? byLine ?? suitable?.[0]
  const at = Date.parse(exchange.startedDateTime)
  const text = () => (masked.value ? maskText(wholeText(material), material.echoes) : wholeText(material))
  return (
    <>
      {content.kept === 'truncated' ? (
        <p class="content-note">
          Only the first {formatSize(content.keptSize)} of {formatSize(content.bodySize)} were kept
        </p>
      ) : null}
      {got.note ? <p class="content-note">{got.note}</p> : null}
      {jwts.map((jwt, i) => (
        <div class="content-jwt" key={i}>
          <JwtCard jwt={jwt} at={at} where=" in the content" search={searches[i]} />
        </div>
      ))}
      <div class="viewbar">
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would add a frame and a legend */}
        <div class="seg" role="group" aria-label="View as">
          {(suitable ?? []).map(({ id, label }) => (
            <button key={id} type="button" aria-pressed={id === viewer?.id} onClick={() => setChosen(id)}>
              {label}
            </button>
          ))}
        </div>
        <button
          type="button"
          class="btn icon"
          aria-label="Copy content"
          title="Copy content"
          disabled={!looksLikeText(material.bytes)}
          onClick={() => copy(text(), 'the content')}
        >
          <Icon name="copy" />
        </button>
        <button
          type="button"
          class="btn icon"
          aria-label="Save content"
          title="Save content, as it was received"
          onClick={() => download(material.bytes, fileName(exchange.request.url, material.mimeType))}
        >
          <Icon name="save" />
        </button>
        {viewer?.searchable ? <SearchField search={search} /> : null}
      </div>
      {viewer && inViewer ? (
        <viewer.View {...{ material, marks }} masked={masked.value} search={inViewer} Nested={NestedContent} />
      ) : null}
    </>
  )
}
