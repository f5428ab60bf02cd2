// The credential is right, and a second proof of identity is missing.
import { authEvidence } from '../../auth-failure.ts'
import { responseHeader } from '../../evidence.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'

const spoken =
  /\bmfa\b|\botp\b|two[- ]?factor|2fa\b|\bsso\b|single sign-?on|step-?up|interaction_required|insufficient_user_authentication|one-time (?:password|code)|verification code required/

export const secondFactorOrSso: Rule = {
  id: 'auth/second-factor-or-sso',
  rank: 1,
  level: 'error',
  title: 'A second factor or single sign-on is required',
  summary:
    'Fires on 401 and 403 whose fields or words ask for a one-time code, a second factor, single sign-on or a stronger authentication.',
  references: [rfc(9470, '3', 'Authentication Requirements Challenge')],
  on: 'failure',
  scope: 'exchange',
  check(subject, context) {
    if (subject.status !== 401 && subject.status !== 403) return undefined
    const fields = ['x-github-otp', 'x-github-sso'].filter((name) =>
      /required/i.test(subject.response?.header(name) ?? ''),
    )
    const challenge = subject.response?.header('www-authenticate') ?? ''
    if (fields.length === 0 && !spoken.test(subject.errorText) && !/insufficient_user_authentication/.test(challenge))
      return undefined
    const sso = fields.includes('x-github-sso') || /\bsso\b|single sign-?on/.test(subject.errorText)
    return {
      confidence: 0.97,
      brief: sso ? 'Single sign-on required' : 'Second factor required',
      explanation: `The credential was recognised, and the server wants more: ${sso ? 'the credential has to be authorised through the organisation’s single sign-on' : 'a one-time code or another second factor'}.`,
      evidence: [...fields.map((name) => responseHeader(subject, name, context)), ...authEvidence(subject, context)],
      fix: {
        kind: 'template',
        text: sso
          ? 'Authorise the token for the organisation, then send the request again.'
          : 'Send the one-time code the way this API asks for it.',
      },
    }
  },
  examples: [
    {
      name: 'a one-time code is required',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET https://api.test/user',
          headers: { Authorization: `Basic ${btoa('me:my-long-password')}` },
          status: 401,
          answerHeaders: { 'X-GitHub-OTP': 'required; app' },
          answer: { message: 'Must specify two-factor authentication OTP code.' },
        },
      ],
    },
    {
      name: 'the words on a healthy answer',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/help', status: 200, answer: { text: 'two-factor' } }],
    },
    {
      name: 'an ordinary 401',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/user',
          headers: { Authorization: 'Bearer abcdefghijkl' },
          status: 401,
          answer: { error: 'invalid token' },
        },
      ],
    },
  ],
}
