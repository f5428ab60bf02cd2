// Characters stand in the request target that no URI may hold, or a percent sign that encodes nothing.
import { requestLine } from '../../evidence.ts'
import { printable } from '../../redact.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'

/** What RFC 3986 §2 allows nowhere, and a percent sign without two hex digits. */
const forbidden = /[\u0000-\u0020"<>\\^`{|}\u007f-\uffff]|%(?![0-9A-Fa-f]{2})/g

export const badUrlEncoding: Rule = {
  id: 'request/bad-url-encoding',
  rank: 1,
  level: 'error',
  title: 'The address is not encoded correctly',
  summary:
    'Fires on captured requests refused with 400, 404 or 505 whose target holds raw spaces, quotes, braces, non-ASCII characters, or a percent sign without two hex digits.',
  references: [rfc(3986, '2', 'Characters')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (!subject.live || ![400, 404, 505].includes(subject.status)) return undefined
    const { target, url } = subject.exchange.request
    const bad = [...new Set(target.match(forbidden) ?? [])]
    const [first] = bad
    // Template braces are an unfilled variable; that rule says more.
    if (first === undefined || /\{[\w{]/.test(target)) return undefined
    const names = bad.map((char) => (char === ' ' ? 'a space' : char === '%' ? 'a lone percent sign' : printable(char)))
    return {
      confidence: subject.status === 404 ? 0.7 : 0.9,
      title: 'The address holds characters that must be percent-encoded',
      brief: 'Address badly encoded',
      explanation: `The request target holds ${names.slice(0, 4).join(', ')} as it is. No URI may: such characters must be percent-encoded, and servers cut or refuse the address where they stand.`,
      evidence: [requestLine(subject, context)],
      fix: {
        kind: 'complete',
        text: 'Send it with these characters percent-encoded.',
        edits: [{ op: 'set-url', value: encoded(url) }],
      },
    }
  },
  examples: [
    {
      name: 'a percent sign that encodes nothing',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [{ request: 'GET https://api.test/search?q=100%&page=1', status: 400 }],
      brief: 'Address badly encoded',
    },
    {
      name: 'raw quotes and a pipe',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/search?q="a|b"', status: 400 }],
    },
    {
      name: 'everything encoded',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/search?q=%22a%7Cb%22', status: 400 }],
    },
    {
      name: 'marks left by scrubbing in an import',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/search?key=<KEY>',
          status: 400,
          imported: true,
          answerHeaders: { A: '1', B: '2', C: '3' },
        },
      ],
    },
  ],
}

function encoded(url: string): string {
  return url.replace(forbidden, (char) => (char === '%' ? '%25' : octets(char)))
}

/** Field values and targets are latin1, one character an octet; what lies beyond came from an import and is UTF-8. */
function octets(char: string): string {
  const code = char.charCodeAt(0)
  if (code < 0x100) return `%${code.toString(16).toUpperCase().padStart(2, '0')}`
  try {
    return encodeURIComponent(char)
  } catch {
    return '%EF%BF%BD'
  }
}
