// The tree beside the list: hosts with their path segments, and clients.
import type { TreeNode } from '../api/contract.ts'
import { formatFilter } from '../filter/format-filter.ts'
import type { CompiledFilter } from './compile-filter.ts'
import type { Database } from './database.ts'

type Worst = TreeNode['worst']
type Growing = { name: string; prefix: string; count: number; worst: Worst; children: Map<string, Growing> }

/** Beyond these a tree helps nobody: further segments count towards the last node shown. */
const maxDepth = 4
const maxChildren = 100
/** All hosts are shown, their paths as deep as this many nodes allow. */
const maxNodes = 5_000

const rank = (worst: Worst) => (worst === 'error' ? 3 : worst === 'warning' ? 2 : worst === 'note' ? 1 : 0)
const worstOf = (value: unknown): Worst => ([undefined, 'note', 'warning', 'error'] as const)[Number(value)]

function count(node: Growing, times: number, worst: Worst): void {
  node.count += times
  if (rank(worst) > rank(node.worst)) node.worst = worst
}

function frozen(node: Growing, filter: (node: Growing) => string, depth: number): TreeNode {
  const children = (depth > 0 ? [...node.children.values()] : [])
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map((child) => frozen(child, filter, depth - 1))
  return {
    name: node.name,
    filter: filter(node),
    count: node.count,
    ...(node.worst ? { worst: node.worst } : {}),
    children,
  }
}

function hostNode(host: string, node: Growing, depth: number): TreeNode {
  const isHost = { kind: 'test', property: 'domain', test: { op: 'equals', text: host } } as const
  const filterOf = ({ prefix }: Growing) =>
    formatFilter(
      prefix === ''
        ? isHost
        : { kind: 'and', of: [isHost, { kind: 'test', property: 'path', test: { op: 'has', text: prefix } }] },
    )
  return frozen(node, filterOf, depth)
}

const level = 'CASE WHEN e.errors > 0 THEN 3 WHEN e.warnings > 0 THEN 2 WHEN e.notes > 0 THEN 1 ELSE 0 END'
const pathOnly = "CASE instr(e.path, '?') WHEN 0 THEN e.path ELSE substr(e.path, 1, instr(e.path, '?') - 1) END"

/** Grows hosts with their paths, and no deeper than what can be shown: a million paths must not become a million nodes. */
function createGrowth() {
  const hosts = new Map<string, Growing>()
  /** Nodes at each depth; the hosts are at 0. */
  const nodes = Array.from({ length: maxDepth + 1 }, () => 0)
  let depth = maxDepth

  function grown(name: string, prefix: string, at: number): Growing {
    nodes[at] = (nodes[at] ?? 0) + 1
    const above = nodes.slice(0, at + 1).reduce((sum, one) => sum + one, 0)
    if (at > 0 && above > maxNodes) depth = Math.min(depth, at - 1)
    return { name, prefix, count: 0, worst: undefined, children: new Map() }
  }

  function add(name: string, path: string, times: number, worst: Worst): void {
    let node = hosts.get(name) ?? grown(name, '', 0)
    hosts.set(name, node)
    count(node, times, worst)
    for (const [i, segment] of path.split('/').filter(Boolean).slice(0, depth).entries()) {
      let child = node.children.get(segment)
      if (child === undefined) {
        if (node.children.size >= maxChildren || i >= depth) return
        child = grown(segment, `${node.prefix}/${segment}`, i + 1)
        node.children.set(segment, child)
      }
      count(child, times, worst)
      node = child
    }
  }

  return { hosts, add, shownDepth: () => depth }
}

/** Rows between two signs of life: a tree of a million takes seconds. */
const signEvery = 10_000

/** `alive` is called now and then while rows are walked through. */
export function exchangeTree(
  db: Database,
  compiled: CompiledFilter,
  alive: () => void = () => {},
): { readonly hosts: readonly TreeNode[]; readonly clients: readonly TreeNode[] } {
  const { hosts, add, shownDepth } = createGrowth()
  // Not grouped by SQLite: sorting a million paths takes longer than walking through them.
  const rows = db.iterate(
    `SELECT e.host AS host, e.client AS client, ${pathOnly} AS path, ${level} AS worst
     FROM exchanges e WHERE ${compiled.where}`,
    ...compiled.values,
  )
  const clients = new Map<string, Growing>()
  let seen = 0
  for (const found of rows) {
    const worst = worstOf(found.worst)
    add(String(found.host), String(found.path), 1, worst)
    const name = String(found.client)
    const client = clients.get(name) ?? { name, prefix: '', count: 0, worst: undefined, children: new Map() }
    clients.set(name, client)
    count(client, 1, worst)
    seen += 1
    if (seen % signEvery === 0) alive()
  }
  const depth = shownDepth()
  return {
    hosts: [...hosts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, node]) => hostNode(name, node, depth)),
    clients: [...clients.values()]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((client) => {
        const isClient = { kind: 'test', property: 'client', test: { op: 'equals', text: client.name } } as const
        return frozen(client, () => formatFilter(isClient), 0)
      }),
  }
}
