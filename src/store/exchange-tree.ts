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

function grow(name: string, prefix: string): Growing {
  return { name, prefix, count: 0, worst: undefined, children: new Map() }
}

function count(node: Growing, times: number, worst: Worst): void {
  node.count += times
  if (rank(worst) > rank(node.worst)) node.worst = worst
}

/** How many levels below the hosts stay within the bound on nodes. */
function shownDepth(hosts: Iterable<Growing>): number {
  let level = [...hosts]
  let nodes = level.length
  for (let depth = 0; depth < maxDepth; depth++) {
    level = level.flatMap((node) => [...node.children.values()])
    nodes += level.length
    if (nodes > maxNodes) return depth
  }
  return maxDepth
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

const worstLevel = 'max(CASE WHEN e.errors > 0 THEN 3 WHEN e.warnings > 0 THEN 2 WHEN e.notes > 0 THEN 1 ELSE 0 END)'
const pathOnly = "CASE instr(e.path, '?') WHEN 0 THEN e.path ELSE substr(e.path, 1, instr(e.path, '?') - 1) END"

function addPath(host: Growing, path: string, times: number, worst: Worst): void {
  let node = host
  count(node, times, worst)
  for (const segment of path.split('/').filter(Boolean).slice(0, maxDepth)) {
    let child = node.children.get(segment)
    if (child === undefined) {
      if (node.children.size >= maxChildren) return
      child = grow(segment, `${node.prefix}/${segment}`)
      node.children.set(segment, child)
    }
    count(child, times, worst)
    node = child
  }
}

export function exchangeTree(
  db: Database,
  compiled: CompiledFilter,
): { readonly hosts: readonly TreeNode[]; readonly clients: readonly TreeNode[] } {
  const hosts = new Map<string, Growing>()
  const paths = db.iterate(
    `SELECT e.host AS host, ${pathOnly} AS path, count(*) AS times, ${worstLevel} AS worst
     FROM exchanges e WHERE ${compiled.where} GROUP BY 1, 2`,
    ...compiled.values,
  )
  for (const found of paths) {
    const name = String(found.host)
    const host = hosts.get(name) ?? grow(name, '')
    hosts.set(name, host)
    addPath(host, String(found.path), Number(found.times), worstOf(found.worst))
  }
  const clients = db.all(
    `SELECT e.client AS client, count(*) AS times, ${worstLevel} AS worst
     FROM exchanges e WHERE ${compiled.where} GROUP BY 1 ORDER BY 1`,
    ...compiled.values,
  )
  const depth = shownDepth(hosts.values())
  return {
    hosts: [...hosts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, node]) => hostNode(name, node, depth)),
    clients: clients.map((found) => {
      const name = String(found.client)
      const worst = worstOf(found.worst)
      const filter = formatFilter({ kind: 'test', property: 'client', test: { op: 'equals', text: name } })
      return { name, filter, count: Number(found.times), ...(worst ? { worst } : {}), children: [] }
    }),
  }
}
