// Writes the catalogue of rules as Markdown from the rules themselves, so that it can never say something else.
import type { Rule } from './rule.ts'

/** What each group of rules is about. */
export const ruleGroups: Readonly<Record<string, string>> = {
  auth: 'Credentials and permissions',
  diagnosis: 'Findings about findings',
  header: 'Header fields',
  network: 'Name, connection and certificate',
  perf: 'Speed and waste',
  ratelimit: 'Rate limits and quotas',
  request: 'Method, address, query and body',
  response: 'What the answer says',
  retry: 'Repeated calls',
  schema: 'Types, members and formats',
  security: 'Security',
  server: 'Errors of the server',
  version: 'API versions',
}

const ranks: Readonly<Record<Rule['rank'], string>> = {
  1: 'names the exact cause',
  2: 'compares with what worked',
  3: 'goes by the status alone',
  4: 'catch-all',
}

function entry(rule: Rule): string {
  const fires = rule.examples.filter(({ fires }) => fires).map(({ name }) => name)
  const silent = rule.examples.filter(({ fires }) => !fires).map(({ name }) => name)
  const references = rule.references.map(({ title, url }) => `[${title}](${url})`).join(', ')
  return [
    `### ${rule.id}`,
    '',
    `**${rule.title}.** At most ${rule.level === 'error' ? 'an error' : `a ${rule.level}`}; ${ranks[rule.rank]}.${rule.quiet ? ' Off unless asked for.' : ''}`,
    '',
    rule.summary,
    '',
    `- Fires: ${fires.join('; ')}`,
    `- Stays silent: ${silent.join('; ')}`,
    ...(references === '' ? [] : [`- See ${references}`]),
  ].join('\n')
}

export function ruleCatalogue(rules: readonly Rule[]): string {
  const names = [...new Set(rules.map(({ id }) => id.slice(0, id.indexOf('/'))))]
  const parts = names.map((name) => {
    const own = rules.filter(({ id }) => id.startsWith(`${name}/`))
    return `## ${name}/ – ${ruleGroups[name] ?? name}\n\n${own.map(entry).join('\n\n')}`
  })
  return `# Rules

${rules.length} rules. Made from the rules by \`node test/support/write-rule-catalogue.ts\`; a test fails where it differs from them.

A finding is an **error** where the exchange failed or would mislead its client, a **warning** where it worked and a failure is
near, a **note** where there is something to know. Each failure has one primary finding: that of the rule with the most exact
evidence. Rules are silenced by id, or by \`group/*\`, everywhere, for a host or for an endpoint.

${parts.join('\n\n')}
`
}
