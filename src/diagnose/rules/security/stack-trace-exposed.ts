// An error answer shows the inside of the server: a stack trace, file paths, SQL.

import { lineColumn } from '../../../http/json-position.ts'
import { bodyPosition } from '../../evidence.ts'
import { clip } from '../../redact.ts'
import type { Rule } from '../../rule.ts'

/** Every repetition is bounded: a hostile page must not cost more than its length. */
const traces: readonly (readonly [pattern: RegExp, what: string, holds?: string])[] = [
  [/Traceback \(most recent call last\)/, 'a Python traceback'],
  // "at 2026-06-01T12:00:00" is no place in a program: a file or an engine's name for one has to stand there.
  [
    /\bat (?:(?:async )?[\w.$<>]{1,200} \()?(?:[^\s()]{0,300}\.(?:[cm]?[jt]sx?|vue|svelte|html?)(?:\?[^\s():]{0,80})?|node:[\w/]{1,80}|<anonymous>|webpack[\w-]{0,20}:[^\s():]{1,200}):\d+:\d+\)?/,
    'a JavaScript stack trace',
  ],
  [/\bat [\w.$]{1,200}\([\w$]{1,100}\.(?:java|kt|scala|groovy):\d+\)|Exception in thread/, 'a Java stack trace'],
  [/\bat [\w.`<>]{1,200}\([^)]{0,300}\) in [^\n]{1,300}:line \d+/, 'a .NET stack trace'],
  [/#\d+ \/[^\s(]{1,300}\.php\(\d+\)|Stack trace:\s*#0/, 'a PHP stack trace'],
  // Begins with any word, so every word of the text would be tried.
  [/\b[\w/]{1,200}\.rb:\d+:in [`']/, 'a Ruby backtrace', '.rb:'],
  [/goroutine \d+ \[/, 'a Go stack trace'],
  [/SQLSTATE\[/, 'an error of the database'],
]

export const stackTraceExposed: Rule = {
  id: 'security/stack-trace-exposed',
  rank: 4,
  level: 'note',
  title: 'The error answer shows the inside of the server',
  summary:
    'Fires when an error answer holds a stack trace or a raw database error. Useful for finding the fault, and more than strangers should see.',
  references: [
    {
      title: 'CWE-209: Error message with sensitive information',
      url: 'https://cwe.mitre.org/data/definitions/209.html',
    },
  ],
  on: 'failure',
  needs: ['response-body'],
  scope: 'exchange',
  check(subject) {
    const { response } = subject
    if (subject.status < 400 || !response?.hasBody || response.truncated) return undefined
    const text = response.text.slice(0, 100_000)
    for (const [pattern, what, holds] of traces) {
      const match = holds === undefined || text.includes(holds) ? pattern.exec(text) : null
      if (!match) continue
      return {
        mayLead: false,
        title: `The answer holds ${what}`,
        brief: 'Stack trace in the answer',
        explanation: `The error answer holds ${what}. For the fault at hand it says where the server broke; on a public API it also tells strangers about files, libraries and queries.`,
        evidence: [bodyPosition('response.body', lineColumn(text, match.index), clip(match[0], 60))],
        fix: {
          kind: 'advice',
          text: 'Use it to find the fault; then let the server log it and answer with an id instead.',
        },
      }
    }
    return undefined
  },
  examples: [
    {
      name: 'a JavaScript stack in JSON',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/',
          status: 500,
          answer: { error: 'x is undefined', stack: 'TypeError: x\n    at handler (/srv/app/routes.js:12:9)' },
        },
      ],
      level: 'note',
    },
    {
      name: 'a Python traceback in HTML',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/',
          status: 500,
          answer: '<pre>Traceback (most recent call last):\n  File "a.py"</pre>',
        },
      ],
    },
    {
      name: 'an error that happened at a moment',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/',
          status: 503,
          answer: { error: 'Down since (maintenance) at 2026-06-01T12:00:00Z, back at 14:30:00' },
        },
      ],
    },
    {
      name: 'an error with an id only',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/', status: 500, answer: { error: 'Internal error', id: 'e-17' } }],
    },
    {
      name: 'a bug tracker that stores traces',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/issues/1',
          status: 200,
          answer: { text: 'Traceback (most recent call last)' },
        },
      ],
    },
  ],
}
