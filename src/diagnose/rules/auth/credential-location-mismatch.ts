// The credential stands in another place, or under a slightly different name, than where it was accepted.

import type { Edit } from '../../../exchange/edit.ts'
import { credentialEvidence, isAuthFailure, reuseCredential, whereOf } from '../../auth-failure.ts'
import { editDistance } from '../../edit-distance.ts'
import type { CredentialPrint } from '../../past.ts'
import type { Rule } from '../../rule.ts'

const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, '')

export const credentialLocationMismatch: Rule = {
  id: 'auth/credential-location-mismatch',
  rank: 1,
  level: 'error',
  title: 'The credential is in the wrong place',
  summary:
    'Fires on an authentication failure when the same credential, or one under a nearly equal name, was accepted elsewhere in the request: another field, or the query instead of a field.',
  references: [
    { title: 'OpenAPI: Security Scheme Object', url: 'https://spec.openapis.org/oas/v3.1.0#security-scheme-object' },
  ],
  on: 'failure',
  scope: 'group',
  check(subject, context) {
    if (!isAuthFailure(subject) && subject.status !== 403) return undefined
    for (const past of context.ofOrigin.toReversed()) {
      if (past.outcome !== 'success') continue
      for (const worked of past.credentials) {
        const same = (one: CredentialPrint) =>
          one.location === worked.location && one.name.toLowerCase() === worked.name.toLowerCase()
        if (context.prints.some(same)) continue
        const misplaced = context.prints.find(
          (one) =>
            one.fingerprint === worked.fingerprint ||
            (one.location === worked.location && isNear(one.name, worked.name)),
        )
        if (!misplaced) continue
        // The value sent now goes to the place that worked; where it is the same, the accepted form is reused whole.
        const moved =
          misplaced.fingerprint === worked.fingerprint
            ? reuseCredential(worked)
            : reuseCredential({ ...worked, value: misplaced.value })
        const away: Edit | undefined =
          misplaced.location === 'header'
            ? { op: 'remove-header', name: misplaced.name }
            : misplaced.location === 'query'
              ? { op: 'remove-query', name: misplaced.name }
              : undefined
        return {
          confidence: 0.95,
          brief:
            misplaced.location === worked.location
              ? `Name should be ${worked.name}`.slice(0, 26)
              : 'Credential in wrong place',
          explanation: `The credential was sent in ${whereOf(misplaced)}; calls that worked here sent it in ${whereOf(worked)}. The server looks for it only there.`,
          evidence: [
            credentialEvidence(misplaced, context),
            { ...credentialEvidence(worked, context), exchange: past.id },
          ],
          related: [past.id],
          fix:
            moved && away
              ? { kind: 'complete', text: `Move it to ${whereOf(worked)}.`, edits: [away, moved] }
              : { kind: 'advice', text: `Send it in ${whereOf(worked)}.` },
        }
      }
    }
    return undefined
  },
  examples: [
    {
      name: 'X-API_KEY where X-Api-Key worked',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { 'X-Api-Key': 'abcdefghijklmnopqrst' },
          status: 200,
          answer: {},
        },
        { request: 'GET https://api.test/a', headers: { 'X-API_KEY': 'abcdefghijklmnopqrst' }, status: 401 },
      ],
    },
    {
      name: 'the key in the query where the field worked',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { 'X-Api-Key': 'abcdefghijklmnopqrst' },
          status: 200,
          answer: {},
        },
        { request: 'GET https://api.test/a?api_key=abcdefghijklmnopqrst', status: 401 },
      ],
    },
    {
      name: 'the right place',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { 'X-Api-Key': 'abcdefghijklmnopqrst' },
          status: 200,
          answer: {},
        },
        { request: 'GET https://api.test/b', headers: { 'X-Api-Key': 'abcdefghijklmnopqrst' }, status: 401 },
      ],
    },
    {
      name: 'a server that takes the key in either place',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/a', headers: { 'X-Api-Key': 'abcdefghijklmnop' }, status: 200, answer: [] },
        { request: 'GET https://api.test/a?api_key=abcdefghijklmnop', status: 200, answer: [] },
      ],
    },
  ],
}

const isNear = (name: string, other: string): boolean =>
  plain(name) === plain(other) || (name.length > 6 && editDistance(name.toLowerCase(), other.toLowerCase(), 2) <= 2)
