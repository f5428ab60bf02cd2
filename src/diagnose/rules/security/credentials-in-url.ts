// A credential stands in the address, where logs, histories and Referer fields keep it.
import { queryMember, requestLine } from '../../evidence.ts'
import type { Fix } from '../../finding.ts'
import { brief } from '../../phrases.ts'
import { rfc, rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

const names = /^(?:access_token|api_key|apikey|token|password|secret|client_secret|key)$/i
/** Keys that are made to stand in pages (Stripe, Mapbox and others call them publishable). */
const published = /^pk[._-]|^pub(?:lic)?[._-]/i
/** Below these a value is more likely a word than a secret. */
const leastBits = 3
const leastLength = 16

export const credentialsInUrl: Rule = {
  id: 'security/credentials-in-url',
  rank: 1,
  level: 'warning',
  title: 'A credential stands in the address',
  summary:
    'Fires once per endpoint when a query parameter or the userinfo of the address holds what looks like a real secret. Presigned addresses are left alone.',
  references: [rfc(6750, '2.3', 'URI Query Parameter'), rfc9110('17.9', 'Disclosure of Sensitive Information in URIs')],
  needs: ['credential-in-address'],
  scope: 'exchange',
  check(subject, context) {
    if (subject.scrubbed || presigned(subject)) return undefined
    const found = subject.credentials.find(
      (one) =>
        (one.location === 'userinfo' && one.value.length > 3) ||
        (one.location === 'query' &&
          names.test(one.name) &&
          !published.test(one.value) &&
          one.value.length >= leastLength &&
          entropy(one.value) >= leastBits),
    )
    if (!found || !context.once(`security/credentials-in-url ${subject.endpoint.key} ${found.name}`)) return undefined
    const header = usualHeader(found.name, context.accepted?.credentials)
    const fix: Fix =
      found.location === 'query' && header !== undefined
        ? {
            kind: 'complete',
            text: `Send it in ${header.name}, as calls that worked do.`,
            edits: [
              { op: 'remove-query', name: found.name },
              {
                op: 'set-header',
                name: header.name,
                value: header.scheme ? `${header.scheme} ${found.value}` : found.value,
              },
            ],
          }
        : {
            kind: 'advice',
            text: 'Send it in a header if the API takes it there, and replace this credential if such addresses were logged.',
          }
    return {
      mayLead: false,
      title:
        found.location === 'userinfo'
          ? 'User and password stand in the address'
          : `The parameter ${found.name} holds a credential`,
      brief: brief('Credential in the address'),
      explanation:
        'Addresses are written into server logs, browser histories, Referer fields and error reports, so a credential in one spreads further than anybody intends.',
      evidence: [
        found.location === 'query' ? queryMember(subject, found.name, context) : requestLine(subject, context),
      ],
      fix,
    }
  },
  examples: [
    {
      name: 'an access token in the query',
      fires: true,
      exchanges: [{ request: 'GET https://api.test/me?access_token=f3Gh7Kp2Qx9Rt4Wz8Yb1', status: 200, answer: {} }],
      level: 'warning',
    },
    {
      name: 'user and password in the address',
      fires: true,
      exchanges: [{ request: 'GET https://ada:s3cret@api.test/me', status: 200, answer: {} }],
    },
    {
      name: 'a key that is meant to be public',
      fires: false,
      exchanges: [
        { request: 'GET https://maps.test/a?access_token=pk.f3Gh7Kp2Qx9Rt4Wz8Yb1', status: 200, answer: { a: 1 } },
      ],
    },
    {
      name: 'a presigned address',
      fires: false,
      exchanges: [
        {
          request:
            'GET https://bucket.test/a?X-Amz-Credential=AKIA&X-Amz-Signature=0123456789abcdef0123456789abcdef&token=f3Gh7Kp2Qx9Rt4Wz8Yb1',
          status: 200,
        },
      ],
    },
    {
      name: 'a key that is a plain word',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/settings?key=notifications', status: 200, answer: {} }],
    },
    {
      name: 'said once per endpoint',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/me?access_token=f3Gh7Kp2Qx9Rt4Wz8Yb1', times: 2, status: 200, answer: {} },
      ],
    },
  ],
}

/** Such addresses are made to be passed on, and end by themselves. */
function presigned(subject: Subject): boolean {
  const present = new Set(subject.query.map((pair) => pair.name.toLowerCase()))
  return (
    present.has('x-amz-signature') ||
    present.has('x-goog-signature') ||
    (present.has('sig') && present.has('se')) ||
    (present.has('signature') && present.has('expires'))
  )
}

/** Bits per character (Shannon), over the characters of the value itself. */
function entropy(value: string): number {
  const counts = new Map<string, number>()
  for (const char of value) counts.set(char, (counts.get(char) ?? 0) + 1)
  return [...counts.values()].reduce((sum, n) => sum - (n / value.length) * Math.log2(n / value.length), 0)
}

type Print = { readonly location: string; readonly name: string; readonly scheme?: string }

function usualHeader(name: string, accepted: readonly Print[] | undefined): Print | undefined {
  const header = accepted?.find((print) => print.location === 'header')
  return header && (/authorization/i.test(header.name) ? /token|key/i.test(name) : true) ? header : undefined
}
