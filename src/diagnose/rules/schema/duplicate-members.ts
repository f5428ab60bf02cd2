// One object names a member twice.
import { bodyPosition } from '../../evidence.ts'
import { positionAt } from '../../json-reading.ts'
import { brief } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'

/** Octets of a body that are searched. */
const maxSearched = 200_000

/** Offset and name of the first repeated member name of one object. The text is known to be well-formed. */
function repeated(text: string): { readonly name: string; readonly offset: number } | undefined {
  const open: (Set<string> | undefined)[] = []
  const token = /"(?:[^"\\]|\\.)*"|[{}[\]]/g
  for (let match = token.exec(text); match; match = token.exec(text)) {
    const [found] = match
    if (found === '{') open.push(new Set())
    else if (found === '[') open.push(undefined)
    else if (found === '}' || found === ']') open.pop()
    else {
      const names = open.at(-1)
      let after = token.lastIndex
      while (/\s/.test(text[after] ?? '')) after++
      if (!names || text[after] !== ':') continue
      if (names.has(found)) return { name: found.slice(1, -1), offset: match.index }
      names.add(found)
    }
  }
  return undefined
}

export const duplicateMembers: Rule = {
  id: 'schema/duplicate-members',
  rank: 1,
  level: 'note',
  title: 'An object of the answer names a member twice',
  summary:
    'Notes, once per endpoint, a JSON answer in which one object has the same member name twice. Most parsers keep the last, some the first, some fail.',
  references: [rfc(8259, '4', 'Objects')],
  quiet: true,
  needs: ['response-json'],
  scope: 'exchange',
  check(subject, context) {
    const { response } = subject
    if (response?.json?.ok !== true || response.octets.length > maxSearched) return undefined
    const found = repeated(response.text)
    if (!found || !context.once(`duplicate-members ${subject.endpoint.key}`)) return undefined
    return {
      confidence: 0.97,
      brief: brief(`${found.name} appears twice`),
      explanation: `One object has the member “${found.name}” twice. Which value counts depends on the parser.`,
      evidence: [bodyPosition('response.body', positionAt(response.text, found.offset), found.name)],
      fix: { kind: 'advice', text: 'Report it to the provider.' },
    }
  },
  examples: [
    {
      name: 'a name twice',
      fires: true,
      level: 'note',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          status: 200,
          answerHeaders: { 'Content-Type': 'application/json' },
          answer: '{"a":1,"a":2}',
        },
      ],
    },
    {
      name: 'the same name in two objects',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/a', status: 200, answer: [{ a: 1 }, { a: 2 }] }],
    },
    {
      name: 'the same name in a request that repeats a query parameter',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/a?x=1&x=2', status: 200, answer: { x: [1, 2] } }],
    },
  ],
}
