// A 404 that hides a 403: the resource exists for someone else.
import { holeFor, reuseCredential, whereOf } from '../../auth-failure.ts'
import { responseHeader, status } from '../../evidence.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule, Verdict } from '../../rule.ts'
import { covers } from './insufficient-scope.ts'

const list = (text: string | undefined): string[] => (text ?? '').split(/[\s,]+/).filter(Boolean)

export const maskedAsNotFound: Rule = {
  id: 'auth/masked-as-not-found',
  rank: 2,
  level: 'warning',
  title: 'The 404 may hide a missing permission',
  summary:
    'Fires on 404 when the same URL succeeded with another credential, when no credential was sent although others of this origin succeeded with one, or when none of the accepted scopes is granted.',
  references: [rfc9110('15.5.5', '404 Not Found')],
  on: 'failure',
  scope: 'group',
  check(subject, context) {
    if (subject.status !== 404) return undefined
    const say = (why: string, rest: Omit<Verdict, 'brief' | 'explanation'>): Verdict => ({
      confidence: 0.85,
      brief: '404 may mean no permission',
      explanation: `Some APIs answer 404 instead of 403 so as not to reveal what exists. ${why}`,
      ...rest,
    })
    const accepted = list(subject.response?.header('x-accepted-oauth-scopes'))
    const granted = subject.response?.header('x-oauth-scopes')
    if (
      accepted.length > 0 &&
      granted !== undefined &&
      !accepted.some((needed) => list(granted).some((one) => covers(one, needed)))
    )
      return say(
        `This call takes one of the scopes ${accepted.join(', ')}; the token holds ${granted.trim() === '' ? 'none' : granted}.`,
        {
          confidence: 0.97,
          evidence: [
            status(subject),
            responseHeader(subject, 'X-Accepted-OAuth-Scopes', context),
            responseHeader(subject, 'X-OAuth-Scopes', context),
          ],
          fix: {
            kind: 'template',
            text: `Authorise again with ${accepted.join(' or ')}.`,
            ...holeFor(subject, subject.credentials[0], 'token with that scope'),
          },
        },
      )
    const mine = new Set(context.prints.map(({ fingerprint }) => fingerprint))
    const other = context.ofOrigin.findLast(
      (past) =>
        past.outcome === 'success' &&
        past.url === subject.exchange.request.url &&
        past.credentials.some(({ fingerprint }) => !mine.has(fingerprint)),
    )
    const before = other?.credentials.find(({ fingerprint }) => !mine.has(fingerprint))
    if (other && before) {
      const edit = reuseCredential(before)
      return say('The same address answered a request with another credential.', {
        evidence: [
          status(subject),
          { location: { at: 'session' }, value: `succeeded with ${whereOf(before)}`, exchange: other.id },
        ],
        related: [other.id],
        fix: edit
          ? { kind: 'complete', text: 'Send it with the credential that could see the resource.', edits: [edit] }
          : { kind: 'template', text: 'Send it with the other credential.' },
      })
    }
    if (subject.credentials.length > 0 || subject.imported) return undefined
    const usual = context.accepted?.credentials.find(({ location }) => location !== 'cookie')
    const edit = usual && reuseCredential(usual)
    if (!usual || !context.accepted || !edit) return undefined
    return say(`This request carries no credential; others of this origin succeeded with one in ${whereOf(usual)}.`, {
      evidence: [
        status(subject),
        { location: { at: 'session' }, value: `others carry ${whereOf(usual)}`, exchange: context.accepted.id },
      ],
      related: [context.accepted.id],
      fix: { kind: 'complete', text: 'Send it with that credential.', edits: [edit] },
    })
  },
  examples: [
    {
      name: 'accepted scopes that are not granted',
      fires: true,
      level: 'warning',
      exchanges: [
        {
          request: 'DELETE https://api.test/repos/a/b',
          headers: { Authorization: 'token abcdefghijklmnop' },
          status: 404,
          answerHeaders: { 'X-OAuth-Scopes': 'repo', 'X-Accepted-OAuth-Scopes': 'delete_repo' },
          answer: { message: 'Not Found' },
        },
      ],
    },
    {
      name: 'the same address with another credential',
      fires: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/private',
          headers: { 'X-Api-Key': 'abcdefghijklmnop' },
          status: 200,
          answer: {},
        },
        { request: 'GET https://api.test/private', headers: { 'X-Api-Key': 'zyxwvutsrqponmlk' }, status: 404 },
      ],
    },
    {
      name: 'a plain missing id',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/items/9', status: 404, answer: { message: 'not found' } }],
    },
  ],
}
