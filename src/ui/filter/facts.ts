// What completion can offer because it was captured: hosts, clients, methods, types, causes, codes and sessions.
import type { Facts } from '../../filter/complete-filter.ts'
import { sessionNames } from '../list/columns.ts'
import { rows } from '../model.ts'
import { tree } from '../tree/tree-reading.ts'

/** The values of something among the rows at hand, the most frequent first. */
function seen(values: Iterable<string | undefined>): readonly string[] {
  const counts = new Map<string, number>()
  for (const value of values) if (value) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1]).map(([value]) => value)
}

export function facts(): Facts {
  const known = [...rows.values()]
  return {
    hosts: tree.value.hosts.map((node) => node.name),
    clients: tree.value.clients.map((node) => node.name),
    sessions: [...sessionNames.values()],
    methods: seen(known.map((row) => row.method)),
    mimeTypes: seen(known.map((row) => row.mimeType)),
    causes: seen(known.map((row) => row.primary?.ruleId)),
    codes: seen(known.map((row) => row.failure)),
  }
}
