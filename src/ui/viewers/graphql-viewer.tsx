// A GraphQL request: the operation laid out, and its variables beside it.
import { useMemo } from 'preact/hooks'
import { CodeView } from './code-view.tsx'
import { beginning, type Material, wholeText } from './material.ts'
import { layOut } from './prepare-listing.ts'
import { maskText } from './secret-ranges.ts'
import { useSplitSearch } from './split-search.ts'
import type { Viewer, ViewProps } from './viewer.ts'

export type GraphqlOperation = { readonly query: string; readonly name: string; readonly variables: string }

/** The operations of a request: one, or several where the client sends them in batches. */
function readGraphql(text: string, mimeType: string): GraphqlOperation[] {
  if (mimeType === 'application/graphql') return [{ query: text, name: '', variables: '' }]
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return []
  }
  return (Array.isArray(parsed) ? parsed : [parsed]).flatMap((entry: unknown) => {
    if (typeof entry !== 'object' || entry === null || !('query' in entry) || typeof entry.query !== 'string') return []
    const named = /\b(?:query|mutation|subscription)\s+(\w+)/.exec(entry.query)?.[1] ?? ''
    const name = 'operationName' in entry && typeof entry.operationName === 'string' ? entry.operationName : named
    const variables = 'variables' in entry && entry.variables ? JSON.stringify(entry.variables) : ''
    return [{ query: entry.query, name, variables }]
  })
}

function Graphql({ material, masked, search }: ViewProps) {
  const shown = useMemo(() => {
    const hide = (text: string) => (masked ? maskText(text, material.echoes) : text)
    return readGraphql(wholeText(material), material.mimeType).map(({ name, query, variables }) => ({
      name,
      query: layOut(hide(query), 'graphql'),
      variables: variables === '' ? undefined : layOut(hide(variables), 'json'),
    }))
  }, [material.bytes, masked])
  const searches = useSplitSearch(search, shown.length * 2)
  return (
    <div class="viewer stack">
      {shown.map(({ name, query, variables }, i) => (
        <section key={i} class="stacked">
          <h4 class="caps">{name ? `Operation ${name}` : 'Operation'}</h4>
          <CodeView listing={query} language="graphql" label="Operation" search={searches[i * 2]} />
          {variables ? (
            <>
              <h4 class="caps">Variables</h4>
              <CodeView listing={variables} language="json" label="Variables" tree search={searches[i * 2 + 1]} />
            </>
          ) : null}
        </section>
      ))}
    </div>
  )
}

/** Octets above which a request is better read as the JSON it is. */
const largest = 500_000

function suits(material: Material): number {
  if (material.side !== 'request' || material.bytes.length === 0 || material.bytes.length > largest) return 0
  if (material.mimeType === 'application/graphql') return 90
  if (!/json$/.test(material.mimeType)) return 0
  const start = beginning(material, 65_536)
  return /"query"\s*:\s*"\s*(?:\\n|\s)*(?:query|mutation|subscription|fragment|\{|#)/.test(start) ? 90 : 0
}

export const graphqlViewer: Viewer = { id: 'graphql', label: 'GraphQL', searchable: true, suits, View: Graphql }
