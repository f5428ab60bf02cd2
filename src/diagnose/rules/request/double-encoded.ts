// Something was encoded twice: a JSON text inside a JSON string, a percent sign of a percent-encoding, base64 around JSON.
import { requestLine } from '../../evidence.ts'
import { brief } from '../../phrases.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

export const doubleEncoded: Rule = {
  id: 'request/double-encoded',
  rank: 1,
  level: 'error',
  title: 'The content or address was encoded twice',
  summary:
    'Fires when the whole JSON body is a string that holds JSON, when the body is base64 of JSON, and when %25 in the address hides a second percent-encoding.',
  references: [rfc(3986, '2.4', 'When to Encode or Decode'), rfc(8259, '7', 'Strings')],
  scope: 'exchange',
  check(subject, context) {
    if (subject.outcome.is !== 'failure' && subject.outcome.is !== 'success') return undefined
    const failed = subject.outcome.is === 'failure'
    const level = failed ? 'error' : 'warning'
    const body = inBody(subject)
    if (body) {
      return {
        level,
        brief: brief(body.brief),
        explanation: `${body.words} The server reads one layer and finds a string where it expects an object.`,
        evidence: [{ location: { at: 'request.body', line: 1, column: 1 }, value: body.shown }],
        fix: {
          kind: 'complete',
          text: 'Send the inner JSON itself.',
          edits: [{ op: 'set-body', text: body.inner }],
        },
      }
    }
    // A server that answered well was not disturbed; only a failure makes a second layer suspicious.
    const url = failed ? inUrl(subject.exchange.request.url) : undefined
    if (url === undefined) return undefined
    return {
      confidence: 0.8,
      title: 'A part of the address is percent-encoded twice',
      brief: 'Address encoded twice',
      explanation:
        'The address holds %25 followed by two hex digits: a value that was already percent-encoded has been encoded again, so the server decodes it once and still sees percent signs.',
      evidence: [requestLine(subject, context)],
      fix: { kind: 'complete', text: 'Send the address encoded once.', edits: [{ op: 'set-url', value: url }] },
    }
  },
  examples: [
    {
      name: 'an object serialised twice',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'POST https://api.test/items',
          headers: { 'Content-Type': 'application/json' },
          body: '"{\\"name\\":\\"a\\"}"',
          status: 400,
          answer: { error: 'expected object' },
        },
      ],
      brief: 'JSON serialised twice',
    },
    {
      name: 'a path segment encoded twice',
      fires: true,
      fix: 'complete',
      exchanges: [{ request: 'GET https://api.test/users/j%25C3%25BCrgen', status: 404 }],
      brief: 'Address encoded twice',
    },
    {
      name: 'a member that holds JSON as a string',
      fires: false,
      exchanges: [{ request: 'POST https://api.test/items', body: { payload: '{"a":1}' }, status: 400 }],
    },
    {
      name: 'an address inside the query, encoded as it must be',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/go?to=https%3A%2F%2Fx.test%2F%3Fq%3Da%2520b', status: 400 }],
    },
    {
      name: 'a percent sign that is meant',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/search?q=100%25', status: 400 }],
    },
  ],
}

type Inner = { readonly inner: string; readonly brief: string; readonly words: string; readonly shown: string }

function inBody(subject: Subject): Inner | undefined {
  const { request } = subject
  if (!request.hasBody || request.truncated) return undefined
  const { text } = request
  if (request.declaredJson && text.trimStart().startsWith('"')) {
    const value = request.value
    if (typeof value !== 'string' || !isContainer(value)) return undefined
    const words =
      'The body is JSON, but all of it is one string, and that string holds JSON again: the value was serialised twice.'
    return { inner: value, brief: 'JSON serialised twice', words, shown: '"{…}"' }
  }
  if (!request.declaredJson || !/^[A-Za-z0-9+/]{12,}={0,2}\s*$/.test(text)) return undefined
  const inner = fromBase64(text.trim())
  if (inner === undefined || !isContainer(inner)) return undefined
  return {
    inner,
    brief: 'Body is base64 of JSON',
    words: 'The body is base64, and what it holds is JSON.',
    shown: `${text.slice(0, 8)}…`,
  }
}

function isContainer(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object'
  } catch {
    return false
  }
}

function fromBase64(text: string): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)))
  } catch {
    return undefined
  }
}

/** The address with the second layer removed, or undefined; an address nested in a value has its layers rightly. */
function inUrl(url: string): string | undefined {
  let found = false
  const parts = url.split(/([/?&=#])/).map((part) => {
    if (!/%25[0-9A-Fa-f]{2}/.test(part)) return part
    const once = part.replace(/%25(?=[0-9A-Fa-f]{2})/g, '%')
    // Only where no other encoding stands in the value: `https%3A%2F%2F…%2520` is an encoded address, not a mistake.
    if (/%(?!25)[0-9A-Fa-f]{2}/.test(part)) return part
    found = true
    return once
  })
  return found ? parts.join('') : undefined
}
