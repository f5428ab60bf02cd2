// An API client was shown the login page instead of being told 401.
import { authEvidence } from '../../auth-failure.ts'
import { requestHeader, responseHeader, status } from '../../evidence.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import type { Subject } from '../../subject.ts'

const loginPath = /\/(?:log-?in|sign-?in|sso|oauth2?\/(?:v\d\.?\d*\/)?authorize|saml2?|auth\/realms)(?:[/?.]|$)/i
const passwordField = /<input[^<>]{1,500}type=["']?password/i

/** Browsers that navigate expect login pages (Fetch Metadata; Accept that begins with HTML). */
const isNavigation = (subject: Subject): boolean =>
  subject.request.header('sec-fetch-mode') === 'navigate' || /^text\/html/i.test(subject.request.header('accept') ?? '')

export const redirectedToLogin: Rule = {
  id: 'auth/redirected-to-login',
  rank: 1,
  level: 'error',
  title: 'The API answered with its login page',
  summary:
    'Fires when a client that does not navigate is redirected to a login address, or receives a page with a password field where it did not ask for HTML. It means 401: not signed in.',
  references: [rfc9110('15.4', 'Redirection 3xx'), rfc9110('15.5.2', '401 Unauthorized')],
  needs: ['captured', 'page-or-redirect'],
  scope: 'exchange',
  check(subject, context) {
    const { response } = subject
    if (!response || isNavigation(subject) || subject.imported) return undefined
    const location = response.header('location')
    const redirected =
      [301, 302, 303, 307].includes(subject.status) &&
      location !== undefined &&
      loginPath.test(location.split('?')[0] ?? '') &&
      !loginPath.test(subject.path)
    const accept = subject.request.header('accept') ?? ''
    const wantsApi = accept !== '' && !/text\/html|\*\/\*/i.test(accept)
    const isUsuallyOther = (usualType = '') => usualType !== '' && usualType !== 'text/html'
    const page =
      subject.status === 200 &&
      response.mediaType === 'text/html' &&
      !loginPath.test(subject.path) &&
      (wantsApi || isUsuallyOther(context.baseline?.usualMediaType)) &&
      passwordField.test(response.text.slice(0, 100_000))
    if (!redirected && !page) return undefined
    const fetchesData =
      redirected &&
      (wantsApi ||
        subject.request.declaredJson ||
        subject.credentials.length > 0 ||
        /\/api\/|\/v\d+\//.test(subject.path))
    return {
      // A 3xx is neutral by itself: the page it leads to will be judged, too.
      level: page || fetchesData ? 'warning' : 'note',
      confidence: 0.9,
      brief: 'Login page, not an answer',
      explanation: `Instead of 401 the server ${redirected ? 'sends the client to its login page' : 'answers with its login page'}: the request is not signed in. A program that follows gets HTML where it expects data.`,
      evidence: [
        status(subject),
        redirected ? responseHeader(subject, 'Location', context) : responseHeader(subject, 'Content-Type', context),
        requestHeader(subject, 'Accept', context),
        ...authEvidence(subject, context).slice(1, 2),
      ],
      fix: {
        kind: 'template',
        text: 'Send the request with a credential, or sign in first.',
        edits: [{ op: 'set-header', name: 'Authorization', value: 'Bearer {{token}}' }],
      },
    }
  },
  examples: [
    {
      name: 'a call for JSON redirected to /login',
      fires: true,
      exchanges: [
        {
          request: 'GET https://app.test/api/orders',
          headers: { Accept: 'application/json' },
          status: 302,
          answerHeaders: { Location: 'https://app.test/login?next=/api/orders' },
        },
      ],
    },
    {
      name: 'a login page where JSON was asked for',
      fires: true,
      exchanges: [
        {
          request: 'GET https://app.test/api/orders',
          headers: { Accept: 'application/json' },
          status: 200,
          answerHeaders: { 'Content-Type': 'text/html' },
          answer: '<html><form><input name="p" type="password"></form></html>',
        },
      ],
    },
    {
      name: 'a browser that navigates',
      fires: false,
      exchanges: [
        {
          request: 'GET https://app.test/orders',
          headers: { Accept: 'text/html,*/*', 'Sec-Fetch-Mode': 'navigate' },
          status: 302,
          answerHeaders: { Location: '/login' },
        },
      ],
    },
  ],
}
