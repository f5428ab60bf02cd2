// 502: a gateway answered because what stands behind it gave no usable answer.
import { answeredBy } from '../../answered-by.ts'
import { status } from '../../evidence.ts'
import { clock } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const badGateway: Rule = {
  id: 'server/bad-gateway',
  rank: 3,
  level: 'error',
  title: 'A gateway got no usable answer from the server behind it',
  summary:
    'Fires on 502. Names the gateway that answered, so that its word is not taken for the application’s. Answers made by Telltale itself are told apart.',
  references: [rfc9110('15.6.3', '502 Bad Gateway')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (subject.status !== 502) return undefined
    const answerer = answeredBy(subject)
    const worked = context.ofOrigin.findLast((past) => past.outcome === 'success')
    if (answerer.kind === 'own') {
      return {
        title: 'The origin could not be reached; this 502 was written by Telltale',
        brief: 'Origin was not reached',
        explanation:
          'This answer was made by Telltale because the connection to the origin failed; it did not come from the API. The page it carries names the phase and the code of the failure.',
        evidence: [status(subject), ...answerer.evidence],
      }
    }
    const who = answerer.product === '' ? 'A gateway' : answerer.product
    return {
      title: `${who} answered 502: the application behind it gave no usable answer`,
      brief: 'Backend gave no answer',
      explanation: `${who} was reached, so name, address and TLS are fine. What it forwards to refused the connection, closed it, or sent something unreadable; typically the application is down, restarting or listening elsewhere.${
        worked ? ` This origin last worked at ${clock(worked.time)}.` : ''
      }`,
      evidence: [status(subject), ...answerer.evidence],
      fix: {
        kind: 'advice',
        text: 'If you run the server, check that the process behind the gateway is up and listening where the gateway looks for it. If not, wait and repeat with growing pauses; repeat a POST only when it is known not to have run.',
      },
    }
  },
  examples: [
    {
      name: 'the error page of nginx with a dead backend',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/orders',
          status: 502,
          answerHeaders: { Server: 'nginx/1.26.3', 'Content-Type': 'text/html' },
          answer:
            '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx/1.26.3</center>\r\n</body>\r\n</html>\r\n',
        },
      ],
      brief: 'Backend gave no answer',
    },
    {
      name: 'a 502 made by Telltale itself',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/orders', status: 502, answerHeaders: { Via: '1.1 telltale' } }],
      brief: 'Origin was not reached',
    },
    {
      name: 'a 504 is another matter',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/orders', status: 504 }],
    },
    {
      name: 'a success that passed a gateway',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/orders', status: 200, answerHeaders: { Via: '1.1 edge' }, answer: {} },
      ],
    },
  ],
}
