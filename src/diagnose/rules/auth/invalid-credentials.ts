// A credential arrived and was refused, and nothing more exact can be said about why.
import { authEvidence, isAuthFailure, isSignIn, wasRemoved, whereOf } from '../../auth-failure.ts'
import { isForOneRequest } from '../../credential-identity.ts'
import { rfc, rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import { isTokenRequest } from '../../token-request.ts'

export const invalidCredentials: Rule = {
  id: 'auth/invalid-credentials',
  rank: 3,
  level: 'error',
  title: 'The credential was refused',
  summary:
    'Fires on 401, or on another refusal whose words are about authentication, when a credential was sent and no rule knows a more exact reason.',
  references: [rfc9110('15.5.2', '401 Unauthorized'), rfc(6750, '3.1', 'Error Codes')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    const missing = subject.credentials.length === 0
    if (!isAuthFailure(subject)) return undefined
    // None in sight proves nothing where fields were stripped or the content has names of its own for it.
    const unseen = subject.headersStripped || isSignIn(subject) || isTokenRequest(subject) || wasRemoved(subject)
    if (missing && !unseen) return undefined
    const print = context.prints[0]
    const accepted = context.accepted?.credentials.find(({ name }) => name === print?.name)
    const lengths =
      print && accepted && accepted.length !== print.length && !isForOneRequest(print)
        ? ` It is ${print.length} characters long; the one accepted earlier had ${accepted.length}, so it may not have been copied whole.`
        : ''
    const where = print ? ` in ${whereOf(print)}` : ''
    if (print && isForOneRequest(print))
      return {
        confidence: 0.8,
        brief: 'Credential refused',
        explanation: `The request was signed or answered a challenge${where}, and the server did not accept it. Check, in this order: that the key or user it names exists and is active here, that the secret belongs to it, that nothing was changed after signing, and that this machine’s clock is right.`,
        evidence: authEvidence(subject, context),
        fix: {
          kind: 'advice',
          text: 'Make the credential anew for this request with the current secret: it holds for one request only.',
        },
      }
    return {
      confidence: 0.8,
      brief: 'Credential refused',
      explanation: `A credential was sent${where || (subject.imported && missing ? ' (the recording does not hold it)' : '')}, and the server did not accept it.${lengths} Check, in this order: that it was copied whole, that it belongs to this environment (test or live), that it was not revoked or replaced, and that the server expects it in this place.`,
      evidence: authEvidence(subject, context),
      fix: {
        kind: 'template',
        text: 'Send the request with a fresh credential.',
        ...(print?.location === 'header'
          ? {
              edits: [
                {
                  op: 'set-header' as const,
                  name: print.name,
                  value: `${print.scheme ? `${print.scheme} ` : ''}{{credential}}`,
                },
              ],
            }
          : print?.location === 'query'
            ? { edits: [{ op: 'set-query' as const, name: print.name, value: '{{credential}}' }] }
            : {}),
      },
    }
  },
  examples: [
    {
      name: '401 bad credentials',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET https://api.test/user',
          headers: { Authorization: 'token 1234567890abcdef12' },
          status: 401,
          answer: { message: 'Bad credentials' },
        },
      ],
    },
    {
      name: '200 that says not_authed hides the same refusal',
      fires: true,
      exchanges: [
        {
          request: 'POST https://api.test/auth.test',
          headers: { Authorization: 'Bearer 1234567890abcdef12' },
          status: 200,
          answer: { ok: false, error: 'invalid_auth' },
        },
      ],
    },
    {
      name: 'a recording without the credential that was refused',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET https://api.test/user',
          imported: true,
          status: 401,
          answerHeaders: { Server: 'a', Date: 'Mon, 01 Jun 2026 12:00:00 GMT', Vary: 'b' },
          answer: { message: 'Bad credentials' },
        },
      ],
    },
    {
      name: 'the word authentication inside a healthy answer',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/docs',
          headers: { Authorization: 'Bearer 1234567890abcdef12' },
          status: 200,
          answer: { text: 'authentication error codes' },
        },
      ],
    },
    {
      name: 'a 403 about permissions is not about the credential',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/admin',
          headers: { Authorization: 'Bearer 1234567890abcdef12' },
          status: 403,
          answer: { message: 'You need the role owner' },
        },
      ],
    },
    {
      name: 'a password that is content',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/users',
          headers: { Authorization: 'Bearer abcdefghijklmnopqr' },
          body: { name: 'a' },
          status: 400,
          answer: { message: 'Password is required' },
        },
      ],
    },
    {
      name: 'an unknown key of the content',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/things',
          headers: { Authorization: 'Bearer abcdefghijklmnopqr' },
          body: { foo: 1 },
          status: 400,
          answer: { message: 'Invalid key: foo' },
        },
      ],
    },
  ],
}
