// The words and marks for what differs between two sessions: a shape first, then the word, never colour alone.
import type { ChangeKind, EndpointDifference, SeenEndpoint } from '../../api/session-comparison.ts'
import type { IconName } from '../icons.tsx'

type Words = { readonly word: string; readonly sign: '+' | '−' | '~'; readonly icon?: IconName }

export const words: Readonly<Record<ChangeKind, Words>> = {
  'fails now': { word: 'Fails now', sign: '~', icon: 'error' },
  'works now': { word: 'Works now', sign: '~', icon: 'pass' },
  new: { word: 'New', sign: '+' },
  gone: { word: 'Gone', sign: '−' },
  answers: { word: 'Status', sign: '~' },
  findings: { word: 'Findings', sign: '~' },
  shape: { word: 'Content', sign: '~' },
  slower: { word: 'Slower', sign: '~' },
  faster: { word: 'Faster', sign: '~' },
  count: { word: 'Calls', sign: '~' },
}

/** What the list can be narrowed to. */
export const parts: readonly { readonly name: string; readonly kinds: readonly ChangeKind[] }[] = [
  { name: 'Fails now', kinds: ['fails now'] },
  { name: 'New or gone', kinds: ['new', 'gone'] },
  { name: 'Status', kinds: ['fails now', 'works now', 'answers'] },
  { name: 'Findings', kinds: ['findings'] },
  { name: 'Content', kinds: ['shape'] },
  { name: 'Duration', kinds: ['slower', 'faster'] },
]

/** `200 ×4, 401`. */
export const answersOf = ({ answers }: SeenEndpoint): string =>
  answers.map(({ answer, count }) => (count === 1 ? answer : `${answer} ×${count}`)).join(', ')

/** Method, host and path, each written in its own way. */
export function namesOf({ endpoint }: EndpointDifference): { method: string; host: string; path: string } {
  const [method = '', where = ''] = endpoint.split(/ (.*)/s)
  const slash = where.indexOf('/')
  return slash === -1
    ? { method, host: where, path: '' }
    : { method, host: where.slice(0, slash), path: where.slice(slash) }
}
