// Hosts, their paths and the clients, with counts and the worst that was found below; choosing one narrows the list.
import type { TreeNode } from '../../api/contract.ts'
import { type Scope, scope } from '../filter/active-filter.ts'
import { Icon } from '../icons.tsx'
import { storeCount } from '../list/leaving.ts'
import { formatCount, plural } from '../units.ts'
import { openBranches, toggleBranch, treeOverlay } from './folding.ts'
import { tree } from './tree-reading.ts'

type Line = {
  readonly node: TreeNode
  readonly depth: number
  readonly kind: Scope['kind']
  readonly key: string
  readonly open: boolean
}

function linesOf(nodes: readonly TreeNode[], kind: Scope['kind'], depth: number, above: string): Line[] {
  return nodes.flatMap((node) => {
    const key = `${above}/${node.name}`
    const open = openBranches.value.has(key)
    return [
      { node, depth, kind, key, open },
      ...(open ? linesOf(node.children, kind === 'host' ? 'path' : kind, depth + 1, key) : []),
    ]
  })
}

function choose(line: Line | undefined): void {
  scope.value =
    line === undefined || scope.value?.filter === line.node.filter
      ? undefined
      : { name: line.kind === 'path' ? line.key.slice(1) : line.node.name, filter: line.node.filter, kind: line.kind }
  treeOverlay.value = false
}

function onKey(event: KeyboardEvent, line: Line | undefined): void {
  const items = [...document.querySelectorAll<HTMLElement>('.tree [role=treeitem]')]
  const at = items.indexOf(event.currentTarget as HTMLElement)
  const to = (index: number) => items[Math.max(0, Math.min(items.length - 1, index))]?.focus()
  if (event.key === 'ArrowDown') to(at + 1)
  else if (event.key === 'ArrowUp') to(at - 1)
  else if (event.key === 'Home') to(0)
  else if (event.key === 'End') to(items.length - 1)
  else if (event.key === 'ArrowRight' && line && line.node.children.length > 0) {
    if (line.open) to(at + 1)
    else toggleBranch(line.key, true)
  } else if (event.key === 'ArrowLeft' && line) {
    if (line.open) toggleBranch(line.key, false)
    else if (line.depth > 0) {
      let above = at
      while (above > 0 && Number(items[above]?.getAttribute('aria-level')) > line.depth) above--
      to(above)
    }
  } else if (event.key === 'Enter' || event.key === ' ') choose(line)
  else return
  event.preventDefault()
  event.stopPropagation()
}

function Node({ line, first }: { line: Line; first: boolean }) {
  const { node, depth, key, open } = line
  const selected = scope.value?.filter === node.filter
  const branch = node.children.length > 0
  return (
    <div
      role="treeitem"
      class={`node ${depth > 0 ? 'sub' : ''}`}
      aria-level={depth + 1}
      aria-selected={selected}
      aria-expanded={branch ? open : undefined}
      tabIndex={selected || (first && scope.value === undefined) ? 0 : -1}
      title={`${node.name}: ${plural(node.count, 'exchange')}`}
      style={{ paddingLeft: `${4 + depth * 12}px` }}
      onClick={() => choose(line)}
      onKeyDown={(event) => onKey(event, line)}
    >
      {branch ? (
        // biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys of the item do the same.
        // biome-ignore lint/a11y/useKeyWithClickEvents: see above.
        <span
          class="tw"
          onClick={(event) => {
            event.stopPropagation()
            toggleBranch(key)
          }}
        >
          <Icon small name={open ? 'down' : 'right'} />
        </span>
      ) : (
        <span class="tw" />
      )}
      <span class="cut grow">{node.name}</span>
      {node.worst && <Icon small name={node.worst} label={node.worst} class={node.worst} />}
      <span class="c">{formatCount(node.count)}</span>
    </div>
  )
}

export function HostTree() {
  const { hosts, clients } = tree.value
  const worst = (['error', 'warning', 'note'] as const).find((level) => hosts.some((node) => node.worst === level))
  const hostLines = linesOf(hosts, 'host', 0, '')
  return (
    <aside class={`tree ${treeOverlay.value ? 'over' : ''}`} aria-label="Hosts and clients">
      <h2 id="tree-hosts">Hosts</h2>
      <div role="tree" aria-labelledby="tree-hosts">
        <div
          role="treeitem"
          class="node b"
          aria-level={1}
          aria-selected={scope.value === undefined}
          tabIndex={scope.value === undefined ? 0 : -1}
          onClick={() => choose(undefined)}
          onKeyDown={(event) => onKey(event, undefined)}
        >
          <span class="tw" />
          <span class="cut grow">All hosts</span>
          {worst && <Icon small name={worst} label={worst} class={worst} />}
          <span class="c">{formatCount(hosts.reduce((sum, node) => sum + node.count, 0) || storeCount.value)}</span>
        </div>
        {hostLines.map((line) => (
          <Node key={line.key} line={line} first={false} />
        ))}
      </div>
      {clients.length > 0 && (
        <>
          <h2 id="tree-clients">Clients</h2>
          <div role="tree" aria-labelledby="tree-clients">
            {linesOf(clients, 'client', 0, 'client:').map((line, index) => (
              <Node key={line.key} line={line} first={index === 0} />
            ))}
          </div>
        </>
      )}
    </aside>
  )
}
