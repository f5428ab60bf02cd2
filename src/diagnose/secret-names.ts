// The names by which credentials and other secrets are recognised in fields, queries, cookies and bodies.

const byShape =
  /^(?:x[-_])?(?:(?:api|app|application|access|auth|client|consumer|subscription|account|user|private)[-_]?)*(?:key|token|secret|signature)$/i

const headers = new Set([
  'x-auth-email',
  'x-session-id',
  'ocp-apim-subscription-key',
  'private-token',
  'x-functions-key',
  'dd-api-key',
  'dd-application-key',
  'x-goog-api-key',
  'x-shopify-access-token',
  'x-amz-security-token',
])

const queries = new Set(
  'sig signature access_token api_key apikey key token auth awsaccesskeyid x-amz-signature x-amz-credential hapikey appid'.split(
    ' ',
  ),
)

const members = new Set(['client_secret', 'password', 'passwd', 'api_key', 'login_token'])

/** A request header that holds a credential; Authorization and Cookie are judged apart. */
export const credentialHeader = (name: string): boolean => byShape.test(name) || headers.has(name.toLowerCase())

export const credentialQuery = (name: string): boolean => byShape.test(name) || queries.has(name.toLowerCase())

export const credentialMember = (name: string): boolean => byShape.test(name) || members.has(name.toLowerCase())

/** A cookie that looks like a session or a token. */
export const sessionCookie = /sess|sid|auth|token|jwt/i

/** A member, parameter or field whose value is never shown (catalogue 1.9). */
export const secretName =
  /pass(?:word|wd)|secret|token|api[-_]?key|authorization|private[-_]?key|card|cvv|ssn|^(?:set-)?cookie$|signature|assertion/i
