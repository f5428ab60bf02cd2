// A field that every earlier success carried is absent from this failure.
import type { Edit } from '../../../exchange/edit.ts'
import { credentialHeader } from '../../../http/secret-names.ts'
import { requestHeader } from '../../evidence.ts'
import { brief, listed } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

/** Changes from call to call, belongs to framing, or is a credential: has rules of its own. */
const ignored =
  /^(?:date|content-length|content-type|content-encoding|transfer-encoding|expect|te|traceparent|tracestate|x-request-id|x-correlation-id|x-b3-.*|if-.*|cookie|user-agent|accept|accept-.*|connection|host|authorization|sec-.*|origin|referer|dnt|priority|pragma|cache-control|upgrade-insecure-requests|range|idempotency-key|x-amz-.*|x-datadog-.*|baggage|keep-alive|proxy-.*|upgrade.*|via|forwarded|x-forwarded-.*|x-real-ip)$/
/** Successes that must agree. */
const enough = 3

export const missingVersusBaseline: Rule = {
  id: 'header/missing-versus-baseline',
  rank: 2,
  level: 'error',
  title: 'A field that all earlier successes carried is absent',
  summary:
    'Fires on a 4xx when a request field was in all of at least three successes of the same endpoint and is absent now. Tracing, conditional and credential fields do not count.',
  references: [rfc9110('6.3', 'Header Fields')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const { baseline } = context
    if (!baseline || baseline.samples < enough || ![400, 401, 403, 406, 412, 422, 428].includes(subject.status))
      return undefined
    const missing = [...baseline.requestHeaders].filter(
      ([name, { count }]) =>
        count >= baseline.samples &&
        !ignored.test(name) &&
        !credentialHeader(name) &&
        subject.request.header(name) === undefined,
    )
    if (missing.length === 0) return undefined
    const names = missing.map(([name]) => name)
    const spoken = names.some((name) => subject.errorText.includes(name))
    // A refusal of the caller is told by its own group, unless the server names the field.
    const isAboutCaller = subject.status === 401 || subject.status === 403
    const edits: Edit[] = missing.map(([name, { value }]) => ({ op: 'set-header', name, value }))
    return {
      ...(spoken ? { rank: 1 as const } : {}),
      confidence: spoken ? 0.97 : 0.9,
      mayLead: spoken || !isAboutCaller,
      title: `${listed(names, 4)} ${names.length === 1 ? 'is' : 'are'} absent; every call that worked had ${names.length === 1 ? 'it' : 'them'}`,
      brief: brief(`${names[0]} is missing`),
      explanation: `All ${baseline.samples} successes of this endpoint carried ${listed(names, 6)}; this request does not.`,
      evidence: names.slice(0, 5).map((name) => requestHeader(subject, name, context)),
      fix: missing.every(([, { constant }]) => constant)
        ? { kind: 'complete', text: 'Send it as the successes did.', edits }
        : {
            kind: 'template',
            text: 'Send it again, with the value that belongs to this call.',
            edits: missing.map(([name]) => ({ op: 'set-header', name, value: `{{${name}}}` })),
          },
    }
  },
  examples: [
    {
      name: 'a tenant field that all successes had',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/items/{n}',
          headers: { 'X-Tenant': 'acme' },
          status: 200,
          answer: { id: 1 },
          times: 3,
        },
        { request: 'GET https://api.test/items/9', status: 400, answer: { message: 'bad request' } },
      ],
    },
    {
      name: 'a tracing field',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/items/{n}',
          headers: { traceparent: '00-a-b-01' },
          status: 200,
          answer: { id: 1 },
          times: 3,
        },
        { request: 'GET https://api.test/items/9', status: 400, answer: { message: 'bad request' } },
      ],
    },
    {
      name: 'on a success',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/items/{n}',
          headers: { 'X-Tenant': 'acme' },
          status: 200,
          answer: { id: 1 },
          times: 3,
        },
        { request: 'GET https://api.test/items/9', status: 200, answer: { id: 1 } },
      ],
    },
    {
      name: 'a condition that only some requests carry',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/items/{n}',
          headers: { 'If-None-Match': '"a"' },
          status: 200,
          answer: [],
          times: 4,
        },
        { request: 'GET https://api.test/items/9', status: 400, answer: { error: 'no' } },
      ],
    },
  ],
}
