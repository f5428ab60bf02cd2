// Every 4xx that no other rule speaks of, explained by what its code means.
import { responseHeader, status } from '../../evidence.ts'
import type { Reference } from '../../finding.ts'
import { brief } from '../../phrases.ts'
import { rfc, rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

type Meaning = readonly [brief: string, words: string, advice: string, reference?: Reference]

const meanings: Readonly<Record<number, Meaning>> = {
  408: [
    'Server stopped waiting',
    'The server closed the request because it did not arrive in time. Idle connections end like this, too.',
    'Repeat it on a new connection; if it stays, look at what slows the upload down.',
    rfc9110('15.5.9', '408 Request Timeout'),
  ],
  411: [
    'Length required',
    'The server does not read content whose length it does not know beforehand.',
    'Send Content-Length instead of chunked content.',
    rfc9110('15.5.12', '411 Length Required'),
  ],
  416: [
    'Range not available',
    'The range asked for lies outside the resource.',
    'Ask for the current length first (HEAD), or leave Range out.',
    rfc9110('15.5.17', '416 Range Not Satisfiable'),
  ],
  418: [
    'Refused as a joke (418)',
    'The server answers 418, which has no serious meaning; some servers use it to turn automated clients away.',
    'Look for its own words; a User-Agent may be asked for.',
    rfc9110('15.5.19', '418 (Unused)'),
  ],
  421: [
    'Wrong server for host',
    'The server does not serve this host on this connection (a connection shared between hosts, or a wrong address).',
    'Repeat it on a new connection, and check where the name leads.',
    rfc9110('15.5.20', '421 Misdirected Request'),
  ],
  423: [
    'Resource is locked',
    'The resource is locked by somebody else.',
    'Wait until the lock is released, or send the lock token.',
    rfc(4918, '11.3', '423 Locked'),
  ],
  424: [
    'Dependency failed',
    'This part failed because another action it depends on failed.',
    'Look for the failed part in the same response or call.',
    rfc(4918, '11.4', '424 Failed Dependency'),
  ],
  425: [
    'Sent too early',
    'The request came in TLS early data, which can be replayed, so the server does not act on it.',
    'Repeat it once the handshake is finished.',
    rfc(8470, '5.2', '425 Too Early'),
  ],
  426: [
    'Protocol upgrade needed',
    'The server refuses this version of the protocol and names the one it wants in Upgrade.',
    'Use the protocol it names.',
    rfc9110('15.5.22', '426 Upgrade Required'),
  ],
  451: [
    'Blocked for legal reasons',
    'The server may not give this out for legal reasons, often in certain countries only.',
    'No request can change this; the Link field may name who demanded it.',
    rfc(7725, '3', '451 Unavailable For Legal Reasons'),
  ],
}

/** Codes that other rules always explain. */
const elsewhere = new Set([
  400, 401, 402, 403, 404, 405, 406, 407, 409, 410, 412, 413, 414, 415, 417, 419, 422, 428, 429, 431, 440, 460, 463,
  494, 499,
])

export const clientError: Rule = {
  id: 'request/client-error',
  rank: 4,
  level: 'error',
  title: 'The server refused the request',
  summary:
    'Fires on every 4xx without a rule of its own (408, 416, 418, 423 to 426, 451 and unregistered codes). Says what the code means.',
  references: [rfc9110('15.5', 'Client Error 4xx')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const code = subject.status
    if (code < 400 || code > 499 || elsewhere.has(code)) return undefined
    const meaning = meanings[code]
    const text = subject.error?.message
    const upgrade = code === 426 ? [responseHeader(subject, 'Upgrade', context)] : []
    return {
      title: `The server refused the request with ${code}`,
      brief: brief(meaning?.[0] ?? `Refused with ${code}`),
      explanation:
        meaning?.[1] ??
        `${code} is no registered code; like every 4xx it says that the request, not the server, has to change.${text ? '' : ' The server gives no reason.'}`,
      evidence: [status(subject), ...upgrade],
      fix: { kind: 'advice', text: meaning?.[2] ?? 'Look the code up in the API’s own documentation.' },
      ...(meaning?.[3] ? { references: [meaning[3]] } : {}),
    }
  },
  examples: [
    {
      name: 'blocked for legal reasons',
      fires: true,
      primary: true,
      exchanges: [{ request: 'GET https://api.test/film/7', status: 451 }],
      brief: 'Blocked for legal reasons',
    },
    {
      name: 'an unregistered code',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/items', status: 481, answer: { message: 'Odd' } }],
      brief: 'Refused with 481',
    },
    {
      name: '404 is not for this rule',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items/7', status: 404 }],
    },
    {
      name: 'a 5xx is the server’s',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items', status: 500 }],
    },
  ],
}
