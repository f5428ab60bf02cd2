// The identity was accepted and the action refused.
import { authEvidence } from '../../auth-failure.ts'
import { businessRefusal } from '../../business-refusal.ts'
import { protectionPage } from '../../protection-page.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import { speaksOfRate } from '../../speaks-of-rate.ts'
import { words } from '../../word-lists.ts'

export const forbidden: Rule = {
  id: 'auth/forbidden',
  rank: 3,
  level: 'error',
  title: 'This identity may not do that',
  summary:
    'Fires on 403 that is neither a refused credential, a missing scope, a rate limit, a block page, a missing anti-forgery token nor a clock problem.',
  references: [rfc9110('15.5.4', '403 Forbidden')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (subject.status !== 403) return undefined
    // A site's shield never asked who the client is: network/blocked.
    if (protectionPage(subject)) return undefined
    const text = subject.errorText
    const isHtml = /^\s*<(?:!doctype|html)/i.test(subject.response?.text.slice(0, 200) ?? '')
    if (words.authn.test(text) || speaksOfRate(text) || words.csrf.test(text) || words.skew.test(text)) return undefined
    // Money and stock are no permissions: request/business-refusal.
    if (businessRefusal(text)) return undefined
    const who = subject.jwts[0]?.claims
    const name = typeof who?.azp === 'string' ? ` (${who.azp})` : ''
    const none = subject.credentials.length === 0
    const notFound = words.notFound.test(text)
      ? ' The server’s words suggest that the resource itself does not exist for this account.'
      : ''
    return {
      confidence: isHtml || none ? 0.6 : 0.8,
      brief: 'Not allowed for this user',
      title: none ? 'The server refuses this request' : 'This identity may not do that',
      explanation: `${
        none
          ? 'No credential was found in the request, and the server refuses it without asking for one.'
          : `By answering 403, not 401, the server says that it knows who asks${name} and refuses the action.`
      } Usual reasons: a missing role or ownership, an address that is not on an allow-list, a plan that does not include it, or a resource of another account.${notFound}`,
      evidence: authEvidence(subject, context),
      fix: {
        kind: 'advice',
        text: 'Check the roles and the account behind this credential; sending the same request again will not help.',
      },
    }
  },
  examples: [
    {
      name: '403 about a role',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'DELETE https://api.test/users/2',
          headers: { Authorization: 'Bearer abcdefghijklmnopqr' },
          status: 403,
          answer: { message: 'Only owners may do this' },
        },
      ],
    },
    {
      name: '403 that is a rate limit',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/users/2',
          headers: { Authorization: 'Bearer abcdefghijklmnopqr' },
          status: 403,
          answer: { message: 'API rate limit exceeded' },
        },
      ],
    },
    {
      name: '403 about an invalid key',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/users/2',
          headers: { 'X-Api-Key': 'abcdefghijklmnopqr' },
          status: 403,
          answer: { message: 'Invalid API key' },
        },
      ],
    },
    {
      name: '403 about a missing anti-forgery token',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/a',
          headers: { Authorization: 'Bearer abcdefghijklmnopqr' },
          body: { a: 1 },
          status: 403,
          answer: { message: 'CSRF token missing' },
        },
      ],
    },
    {
      name: '403 of a shield before the site',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: 'Bearer abcdefghijklmnopqr' },
          status: 403,
          answerHeaders: { 'cf-mitigated': 'challenge', 'Content-Type': 'text/html' },
          answer: '<html><title>Just a moment...</title></html>',
        },
      ],
    },
  ],
}
