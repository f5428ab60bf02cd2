// A test key at the live service, or the other way round.

import type { Edit } from '../../../exchange/edit.ts'
import { credentialEvidence, holeFor } from '../../auth-failure.ts'
import type { Rule } from '../../rule.ts'

const testKey = /^(?:sk|pk|rk|whsec)_test_|[_-](?:test|sandbox)[_-]/i
const liveKey = /^(?:sk|pk|rk|whsec)_live_|[_-](?:live|prod)[_-]/i
const sandboxHost = /(?:^|[.-])(?:sandbox|test|staging|stage|dev|uat|qa)(?:[.-]|$)/i
const modeText =
  /test ?mode|live ?mode|sandbox|production|test (?:key|token|environment)|live (?:key|token|environment)|environment/
const site = (host: string): string => host.split('.').slice(-2).join('.')

export const environmentMismatch: Rule = {
  id: 'auth/environment-mismatch',
  rank: 1,
  level: 'error',
  title: 'The credential belongs to another environment',
  summary:
    'Fires on a refusal when the key’s prefix and the host or the server’s words disagree about test and live, or when this very credential succeeded only on another host of the same site.',
  references: [
    {
      title: 'OWASP: Secrets Management',
      url: 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
    },
  ],
  on: 'failure',
  scope: 'group',
  check(subject, context) {
    if (![400, 401, 403, 404].includes(subject.status) && !(subject.status < 300 && subject.errorText !== ''))
      return undefined
    if (context.prints.length === 0) return undefined
    const own = site(subject.host)
    for (const print of context.prints) {
      if (print.location === 'cookie') continue
      const kind = testKey.test(print.value) ? 'test' : liveKey.test(print.value) ? 'live' : undefined
      const spoken = modeText.test(subject.errorText)
      const worked = context.earlier.findLast(
        (past) =>
          past.outcome === 'success' &&
          past.origin !== subject.origin &&
          past.credentials.some(({ fingerprint }) => fingerprint === print.fingerprint) &&
          site(past.host) === own,
      )
      const here = context.ofOrigin.some(
        (past) =>
          past.outcome === 'success' && past.credentials.some(({ fingerprint }) => fingerprint === print.fingerprint),
      )
      const byHost =
        worked !== undefined &&
        !here &&
        sandboxHost.test(subject.host) !== sandboxHost.test(worked.host) &&
        subject.status !== 404
      const byName = kind !== undefined && spoken
      if (!byHost && !byName) continue
      const url = worked && subject.url ? new URL(subject.url.href) : undefined
      if (url && worked) url.host = new URL(worked.url).host
      const edits: Edit[] = byHost && url ? [{ op: 'set-url', value: url.href }] : []
      return {
        confidence: 0.95,
        brief: kind ? `${kind === 'test' ? 'Test' : 'Live'} key, wrong mode` : 'Key of other environment',
        explanation: byHost
          ? `This credential was accepted by ${worked.host} and is refused by ${subject.host}: it belongs to the other environment.`
          : `The key says of itself that it is a ${kind} key, and the server says that it is used in the wrong mode.`,
        evidence: [credentialEvidence(print, context)],
        ...(worked ? { related: [worked.id] } : {}),
        fix:
          edits.length > 0
            ? { kind: 'complete', text: `Send it to ${worked?.host}.`, edits }
            : {
                kind: 'template',
                text: 'Use the key of this environment.',
                ...holeFor(subject, print, 'key of this environment'),
              },
      }
    }
    return undefined
  },
  examples: [
    {
      name: 'a test key where the server speaks of live mode',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET https://api.test/v1/charges',
          headers: { Authorization: 'Bearer sk_test_abcdefghijklmnop' },
          status: 401,
          answer: { error: { message: 'Test mode key used in live mode', type: 'invalid_request_error' } },
        },
      ],
    },
    {
      name: 'a key that only the sandbox accepted',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://sandbox.pay.example/v1/me',
          headers: { 'X-Api-Key': 'abcdefghijklmnop' },
          status: 200,
          answer: {},
        },
        { request: 'GET https://api.pay.example/v1/me', headers: { 'X-Api-Key': 'abcdefghijklmnop' }, status: 401 },
      ],
    },
    {
      name: 'a test key refused for another reason',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/v1/charges',
          headers: { Authorization: 'Bearer sk_test_abcdefghijklmnop' },
          status: 401,
          answer: { error: { message: 'Invalid API Key', type: 'invalid_request_error' } },
        },
      ],
    },
    {
      name: 'a live key against the live host, refused for the card',
      fires: false,
      exchanges: [
        {
          request: 'POST https://pay.test/charges',
          headers: { Authorization: 'Bearer sk_live_abcdefghijklmnop' },
          body: { a: 1 },
          status: 402,
          answer: { error: { message: 'Your card was declined.' } },
        },
      ],
    },
  ],
}
