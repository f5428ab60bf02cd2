// Two credentials of one kind, and the server may only take one.

import type { Edit } from '../../../exchange/edit.ts'
import { credentialEvidence, isAuthFailure } from '../../auth-failure.ts'
import { rfc, rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

export const duplicateCredentials: Rule = {
  id: 'auth/duplicate-credentials',
  rank: 1,
  level: 'error',
  title: 'The request carries two credentials of one kind',
  summary:
    'Fires on several Authorization fields, a Bearer token both in the field and as access_token, one key name with two values, or a signed URL together with Authorization.',
  references: [rfc(6750, '2', 'Authenticated Requests'), rfc9110('5.3', 'Field Order')],
  needs: ['several-credentials'],
  scope: 'exchange',
  check(subject, context) {
    if (subject.credentials.length < 2) return undefined
    const { prints } = context
    const inField = prints.filter(
      ({ location, name }) => location === 'header' && name.toLowerCase() === 'authorization',
    )
    const bearer = inField.find(({ scheme }) => /^bearer$/i.test(scheme ?? ''))
    const asParameter = prints.find(({ name, location }) => name === 'access_token' && location !== 'header')
    const signed = prints.find(({ name }) => /^x-amz-signature$/i.test(name))
    const again = prints.find(
      (print, index) =>
        print.location !== 'cookie' &&
        prints.findIndex(
          (one) => one.name === print.name && one.location === print.location && one.fingerprint !== print.fingerprint,
        ) > index,
    )
    let what: string
    let pair: typeof prints
    let edit: Edit | undefined
    if (inField.length > 1) {
      const worked = context.accepted?.credentials.find((one) =>
        inField.some(({ fingerprint }) => fingerprint === one.fingerprint),
      )
      what = `${inField.length} Authorization fields`
      pair = inField
      if (worked)
        edit = {
          op: 'set-header',
          name: 'Authorization',
          value: worked.scheme ? `${worked.scheme} ${worked.value}` : worked.value,
        }
    } else if (bearer && asParameter) {
      what = `a Bearer token in Authorization and an access_token in the ${asParameter.location}`
      pair = [bearer, asParameter]
      if (asParameter.location === 'query') edit = { op: 'remove-query', name: 'access_token' }
      else if (!subject.form) edit = { op: 'remove-json', pointer: '/access_token' }
    } else if (signed && inField[0]) {
      what = 'a signature in the URL and an Authorization field'
      pair = [signed, inField[0]]
      edit = { op: 'remove-header', name: 'Authorization' }
    } else if (again) {
      what = `two different values for ${again.name}`
      pair = prints.filter(({ name }) => name === again.name)
    } else return undefined
    const failed =
      isAuthFailure(subject) || (subject.outcome.is === 'failure' && subject.status >= 400 && subject.status < 404)
    return {
      level: failed ? 'error' : 'warning',
      confidence: 0.94,
      title: `The request carries ${what}`,
      brief: 'Two credentials sent',
      explanation: `The request carries ${what}. Servers must be given exactly one; which of two they use, or whether they refuse both, is not defined.`,
      evidence: pair.slice(0, 3).map((print) => credentialEvidence(print, context)),
      fix: edit
        ? { kind: 'complete', text: 'Send only one of them.', edits: [edit] }
        : { kind: 'advice', text: 'Find out which part of the client adds the second credential, and send one.' },
    }
  },
  examples: [
    {
      name: 'a Bearer token in the field and in the query',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/a?access_token=abcdefghijklmnop',
          headers: { Authorization: 'Bearer abcdefghijklmnop' },
          status: 400,
          answer: { error: 'invalid_request' },
        },
      ],
    },
    {
      name: 'an application key and a user token are normal',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { 'X-Api-Key': 'abcdefghijklmnop', Authorization: 'Bearer qrstuvwxyzabcdef' },
          status: 401,
        },
      ],
    },
    {
      name: 'client authentication beside an assertion at a token endpoint',
      fires: false,
      exchanges: [
        {
          request: 'POST https://id.test/token',
          headers: {
            Authorization: `Basic ${btoa('client:client-secret')}`,
            'Content-Type': 'application/x-www-form-urlencoded',
          },
          body: 'grant_type=client_credentials&client_secret=other-secret',
          status: 200,
          answer: { access_token: 'abcdefghijklmnop' },
        },
      ],
    },
  ],
}
