// The credential differs from the one that was accepted here shortly before.
import { credentialEvidence, isAuthFailure, reuseCredential, whereOf } from '../../auth-failure.ts'
import type { Context } from '../../context.ts'
import { readJwt } from '../../jwt.ts'
import type { CredentialPrint } from '../../past.ts'
import { clock } from '../../phrases.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

const day = 86_400_000

/** Gateways answer a wrong API key with a bare 403 (Amazon's do); a token of another user may truly not be allowed. */
const isOtherKey = ({ location, name }: CredentialPrint, { differential }: Context): boolean =>
  (location === 'query' || (location === 'header' && name.toLowerCase() !== 'authorization')) &&
  differential?.differences.length === 1 &&
  differential.differences[0]?.what.startsWith('credential') === true

export const credentialChanged: Rule = {
  id: 'auth/credential-changed',
  rank: 2,
  level: 'error',
  title: 'The credential differs from the one that was accepted',
  summary:
    'Fires on an authentication failure when the same origin accepted another credential in the same place within 24 hours; an error on a 403 only where an API key is all that differs. Says whether length or beginning changed, as they do when a value was cut or belongs to another environment.',
  references: [rfc9110('11.4', 'Credentials')],
  on: 'failure',
  scope: 'group',
  check(subject, context) {
    if (!isAuthFailure(subject) && subject.status !== 403) return undefined
    if (subject.scrubbed) return undefined
    for (const print of context.prints) {
      const same = (one: { location: string; name: string }) =>
        one.location === print.location && one.name.toLowerCase() === print.name.toLowerCase()
      const past = context.ofOrigin.findLast(
        (one) => one.outcome === 'success' && one.credentials.some(same) && subject.time - one.time < day,
      )
      const before = past?.credentials.find(same)
      if (
        !past ||
        !before ||
        before.fingerprint === print.fingerprint ||
        before.scheme?.toLowerCase() !== print.scheme?.toLowerCase()
      )
        continue
      const facts: string[] = []
      if (before.value.startsWith(print.value)) facts.push('this one is only its beginning, so it was cut')
      else if (before.length !== print.length)
        facts.push(`it has ${print.length} characters instead of ${before.length}`)
      if (before.value.slice(0, 4) !== print.value.slice(0, 4) && !facts[0]?.includes('cut'))
        facts.push('it begins differently, so it may belong to another environment')
      const issued = context.ofOrigin.some(
        (one) => one.time > past.time && /token|login|auth/.test(one.path) && one.outcome === 'success',
      )
      const expires = readJwt(before)?.expires
      const edit = expires !== undefined && expires < subject.time ? undefined : reuseCredential(before)
      return {
        level: subject.status === 401 || isAuthFailure(subject) || isOtherKey(print, context) ? 'error' : 'note',
        confidence: issued ? 0.4 : 0.9,
        title: `The credential differs from the one accepted at ${clock(past.time)}`,
        brief: facts[0]?.includes('cut') ? 'Credential was cut' : 'Credential has changed',
        explanation: `At ${clock(past.time)} this origin accepted another credential in ${whereOf(print)}.${facts.length > 0 ? ` Compared with that one, ${facts.join(', and ')}.` : ''}${issued ? ' A new token was issued in between, so the change may be wanted.' : ''}`,
        evidence: [credentialEvidence(print, context), { ...credentialEvidence(before, context), exchange: past.id }],
        related: [past.id],
        fix: edit
          ? { kind: 'complete', text: 'Send the request with the credential that was accepted before.', edits: [edit] }
          : { kind: 'template', text: 'Send the request with a current credential.' },
      }
    }
    return undefined
  },
  examples: [
    {
      name: 'another key than the accepted one',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { 'X-Api-Key': 'live_abcdefghijklmnop' },
          status: 200,
          answer: {},
        },
        {
          request: 'GET https://api.test/a',
          headers: { 'X-Api-Key': 'live_abcdefghijkl' },
          status: 401,
          answer: { error: 'invalid api key' },
        },
      ],
    },
    {
      name: 'a bare 403 to another API key, and nothing else differs',
      fires: true,
      primary: true,
      level: 'error',
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { 'X-Api-Key': 'live_abcdefghijklmnop' },
          status: 200,
          answer: {},
        },
        {
          request: 'GET https://api.test/a',
          headers: { 'X-Api-Key': 'live_abcdefghijklmnox' },
          status: 403,
          answer: { message: 'Forbidden' },
        },
      ],
    },
    {
      name: 'a token of another user who is not allowed',
      fires: true,
      level: 'note',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: 'Bearer abcdefghijklmnopqr' },
          status: 200,
          answer: {},
        },
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: 'Bearer zyxwvutsrqponmlkji' },
          status: 403,
          answer: { message: 'Forbidden' },
        },
      ],
    },
    {
      name: 'a signature is another one for each request',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: {
            Authorization: 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/x, SignedHeaders=host, Signature=aaaaaaaa',
          },
          status: 200,
          answer: {},
        },
        {
          request: 'GET https://api.test/b',
          headers: {
            Authorization: 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/x, SignedHeaders=host, Signature=bbbbbbbb',
          },
          status: 401,
        },
      ],
    },
    {
      name: 'the same key refused is not a change',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { 'X-Api-Key': 'live_abcdefghijklmnop' },
          status: 200,
          answer: {},
        },
        {
          request: 'GET https://api.test/b',
          headers: { 'X-Api-Key': 'live_abcdefghijklmnop' },
          status: 401,
          answer: { error: 'invalid api key' },
        },
      ],
    },
    {
      name: 'another credential, accepted too',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: 'Bearer abcdefghijklmnopqr' },
          status: 200,
          answer: [],
        },
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: 'Bearer zyxwvutsrqponmlkji' },
          status: 200,
          answer: [],
        },
      ],
    },
  ],
}
