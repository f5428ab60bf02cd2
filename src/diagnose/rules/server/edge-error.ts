// Codes that only gateways and content networks give: each names the leg on which it broke.
import { answeredBy } from '../../answered-by.ts'
import { status } from '../../evidence.ts'
import type { Reference } from '../../finding.ts'
import { requestIdEvidence } from '../../request-id.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

type Meaning = readonly [brief: string, words: string, advice: string]

const cloudflare: Reference = {
  title: 'Cloudflare 5xx errors',
  url: 'https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/',
}
const balancer: Reference = {
  title: 'AWS Application Load Balancer: troubleshooting',
  url: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html',
}

const codes: Readonly<Record<number, Meaning>> = {
  460: [
    'Client left the balancer',
    'The load balancer saw the client close the connection before it had an answer.',
    'Raise the client’s time limit, or make the server faster.',
  ],
  463: [
    'Too many forwarders',
    'The load balancer found more than 30 addresses in X-Forwarded-For.',
    'Shorten X-Forwarded-For: a proxy appends to it in a circle.',
  ],
  499: [
    'Client left the gateway',
    'nginx notes this when the client closes the connection before the answer is ready.',
    'Raise the client’s time limit, or make the server faster.',
  ],
  520: [
    'Origin answered nonsense',
    'The edge reached the origin and got an empty or unreadable answer.',
    'Look at the origin’s log at this moment: a crash, an answer with too large headers.',
  ],
  521: [
    'Origin refused the edge',
    'The origin refused the edge’s connection: it is down, or its firewall blocks the edge.',
    'Start the origin, and allow the edge’s addresses in its firewall.',
  ],
  522: [
    'Origin did not connect',
    'The edge’s attempt to connect to the origin was not answered.',
    'Check the origin’s address in the edge’s settings, its firewall and its load.',
  ],
  523: [
    'Origin not reachable',
    'The edge found no route to the origin.',
    'Check the origin’s address (DNS) in the edge’s settings.',
  ],
  524: [
    'Origin too slow for edge',
    'The edge was connected, and the origin did not answer within its limit (100 s by default).',
    'Shorten the work, or answer 202 at once and let the client ask for the result.',
  ],
  525: [
    'Edge to origin TLS failed',
    'The TLS handshake between edge and origin failed.',
    'Check certificate, ciphers and port 443 of the origin.',
  ],
  526: [
    'Origin certificate invalid',
    'The edge does not accept the origin’s certificate.',
    'Renew the origin’s certificate, or install one the edge trusts.',
  ],
  527: [
    'Edge tunnel error',
    'The connection between edge and origin through a tunnel was interrupted.',
    'Look at the tunnel software on the origin’s side.',
  ],
  529: ['Service is overloaded', 'The service says that it is overloaded.', 'Wait and repeat with growing pauses.'],
  530: [
    'Edge cannot resolve host',
    'The edge could not resolve or reach the origin’s name; the page carries a code beginning with 1.',
    'Check the DNS entry of the origin.',
  ],
  561: [
    'Balancer login failed',
    'The load balancer’s own login step failed at the identity provider.',
    'Check the identity provider’s settings in the load balancer.',
  ],
}

export const edgeError: Rule = {
  id: 'server/edge-error',
  rank: 1,
  level: 'error',
  title: 'The edge in front of the server reports an error',
  summary:
    'Fires on the codes of gateways and content networks (460, 463, 499, 520 to 527, 529, 530, 561) and on Cloudflare’s “error code: 1xxx” pages. Each names the leg that broke.',
  references: [cloudflare, balancer],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const page = edgeCode(subject)
    const meaning = codes[subject.status]
    if (!meaning && page === undefined) return undefined
    const [brief, words, advice] = meaning ?? fromPage(page ?? '')
    const who = answeredBy(subject)
    return {
      title: `${who.product || 'The edge'} answered ${subject.status}${page && page !== String(subject.status) ? ` with error ${page}` : ''}`,
      brief,
      explanation: `${words}${meaning && page && page !== String(subject.status) ? ` Its page names error ${page}.` : ''}${subject.status === 529 ? '' : ' The application may never have seen the request.'}`,
      evidence: [status(subject), ...who.evidence, ...requestIdEvidence(subject, context)],
      fix: { kind: 'advice', text: advice },
    }
  },
  examples: [
    {
      name: '522: the origin did not connect',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET https://api.test/',
          status: 522,
          answerHeaders: { Server: 'cloudflare', 'CF-RAY': '8a1' },
          answer: 'error code: 522',
        },
      ],
      brief: 'Origin did not connect',
    },
    {
      name: 'a 403 page with Cloudflare error 1020',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/',
          status: 403,
          answerHeaders: { Server: 'cloudflare' },
          answer: 'error code: 1020',
        },
      ],
      brief: 'Blocked by edge rules',
    },
    {
      name: 'a service that is overloaded',
      fires: true,
      exchanges: [
        {
          request: 'POST https://api.test/v1/messages',
          body: {},
          status: 529,
          answer: { error: { type: 'overloaded_error', message: 'Overloaded' } },
        },
      ],
    },
    {
      name: 'an ordinary 500 through the same edge',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/',
          status: 500,
          answerHeaders: { Server: 'cloudflare' },
          answer: { error: 'x' },
        },
      ],
    },
    {
      name: 'an API with error codes of its own',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/', status: 400, answer: { error: 'error code: 1020' } }],
    },
    {
      name: 'a number like one in a text',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/a', status: 500, answer: { message: 'Error code 1020 of the device' } },
      ],
    },
  ],
}

/** `error code: 1020` stands alone in Cloudflare's plain answers, and in its pages as `Error 1020`. */
function edgeCode(subject: Subject): string | undefined {
  const { response } = subject
  if (!response || response.truncated || subject.status < 400 || !/cloudflare/i.test(response.header('server') ?? ''))
    return undefined
  if (response.value !== undefined) return undefined
  return (
    /^\s*error code: (\d{3,4})\s*$/.exec(response.text)?.[1] ??
    /Error(?:\s|<[^<>]*>)*(1\d{3})\b/.exec(response.text.slice(0, 20_000))?.[1]
  )
}

function fromPage(code: string): Meaning {
  if (/^10(?:05|06|07|08|09|10|12|20)$/.test(code)) {
    return [
      'Blocked by edge rules',
      `The edge’s firewall rules refused this client (error ${code}): by address, country, browser check or pattern.`,
      'Ask the site’s owner to allow this client; a plain User-Agent is often the trigger.',
    ]
  }
  if (code === '1015')
    return [
      'Rate limited by the edge',
      'The edge’s own rate limit refused this client (error 1015).',
      'Wait and send fewer requests.',
    ]
  if (/^10(?:00|01|02|04|14|16|18|33)$/.test(code)) {
    return [
      'Edge cannot find origin',
      `The edge does not find an origin for this name (error ${code}): its DNS entry is missing or wrong.`,
      'Check the DNS entry of the host at the edge.',
    ]
  }
  return [
    'Error at the edge',
    `The edge answered with its own error ${code}.`,
    'Look the code up in the edge’s documentation.',
  ]
}
