// The names under which secrets travel: fields, cookies, parameters and members. One list for diagnosis, screen, copies and exports.

/** Declared API keys of common services that the shapes below do not cover. */
const fieldNames = new Set(
  'authorization proxy-authorization cookie cookie2 set-cookie set-cookie2 x-auth-email x-auth-key x-session-id x-auth x-session private-token job-token x-functions-key x-original-authorization x-forwarded-authorization x-amz-credential authentication authentication-info proxy-authentication-info x-registry-auth'.split(
    ' ',
  ),
)

/** `x-api-key`, `app_key`, `client-secret`, `token`, `signature`, … */
const keyShape =
  /^(x[-_])?((api|app|application|access|auth|client|consumer|subscription|account|user|private|secret)[-_]?)*(key|token|secret|signature)$/i

/** What identifies a caller beside Authorization, cookies and the shape above: a few services' own names. */
const credentialFields = new Set(
  'x-auth-email x-session-id ocp-apim-subscription-key private-token x-functions-key dd-api-key dd-application-key x-goog-api-key x-shopify-access-token x-amz-security-token'.split(
    ' ',
  ),
)
const credentialParameters = new Set(
  'sig signature access_token api_key apikey key token auth awsaccesskeyid x-amz-signature x-amz-credential hapikey appid'.split(
    ' ',
  ),
)
const credentialMembers = new Set('client_secret password passwd api_key login_token'.split(' '))

/** A request field that identifies the caller; Authorization and Cookie are judged apart. */
export const credentialHeader = (name: string): boolean =>
  keyShape.test(name) || credentialFields.has(name.toLowerCase())

export const credentialQuery = (name: string): boolean =>
  keyShape.test(name) || credentialParameters.has(name.toLowerCase())

export const credentialMember = (name: string): boolean =>
  keyShape.test(name) || credentialMembers.has(name.toLowerCase())

/** A cookie that looks like a session or a token. */
export const sessionCookie = /sess|sid|auth|token|jwt/i

/** Endings of a name written without separators and trailing digits. */
const secretEnding =
  /(password|passwd|passwort|passphrase|passcode|passwordhash|passwordconfirmation|passwordconfirm|secret|secretkey|secretstring|secretvalue|token|accesskey|accesskeyid|apikey|authkey|appkey|applicationkey|clientkey|consumerkey|accountkey|sharedkey|signingkey|encryptionkey|masterkey|privatekey|subscriptionkey|functionskey|licensekey|sessionkey|sessionid|sessid|authorization|credential|credentials|cookie|csrf|xsrf|cardnumber|creditcard|socialsecuritynumber|securitycode|verificationcode|recoverycode|signature|assertion|mnemonic|seedphrase|connectionstring|codeverifier|samlresponse|hmacsha|jwt|bearer)$/

/** Too short to be an ending. */
const secretWord = new Set('pass pwd pin otp totp pan ssn cvv cvc sid sig auth hapikey ticket relaystate'.split(' '))

/** Ends like a secret and is none: where a list goes on. */
const cursor = /^(.*(next|page|continuation|sync|delta|cancellation|cursor))token$/

const squashed = (name: string): string =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
    .replace(/\d+$/, '')

/** A document repeats its few names many times. */
const judged = new Map<string, boolean>()
const mostJudged = 2000

/** A JSON, form or XML member whose string or number is never given away. */
export function isSecretMember(name: string): boolean {
  const known = judged.get(name)
  if (known !== undefined) return known
  const plain = squashed(name)
  const secret = (secretEnding.test(plain) || secretWord.has(plain)) && !cursor.test(plain)
  if (judged.size < mostJudged && name.length <= 60) judged.set(name, secret)
  return secret
}

const sensitive =
  /pass(?:word|wd)|secret|token|api[-_]?key|authorization|private[-_]?key|card|cvv|ssn|signature|assertion/i

/**
 * Findings go further than exports: they are read aloud and pasted into tickets, so a name that only holds one of these
 * words (`token_hint`, `cardholder`) is enough.
 */
export const isSensitiveName = (name: string): boolean =>
  sensitive.test(name) || isSecretMember(name) || /^(?:set-)?cookie$/i.test(name)

/** `Access-Control-Allow-Credentials: true`, `Sec-WebSocket-Key`: facts of the protocol, not of a person. */
const publicField = /^(access-control-|sec-|content-|if-|x-ratelimit-|ratelimit)/i

export function isSecretField(name: string): boolean {
  if (publicField.test(name)) return false
  return fieldNames.has(name.toLowerCase()) || keyShape.test(name) || isSecretMember(name)
}

const parameterNames = new Set('appid awsaccesskeyid x-amz-credential x-goog-credential'.split(' '))
const oauthCompany = ['client_id', 'response_type', 'redirect_uri', 'grant_type', 'session_state', 'scope', 'iss']

/** `tokens: ["…"]`: one of a list of secrets, and not of words or of counts. */
export const isListedSecret = (list: string, value: string): boolean =>
  /s$/i.test(list) && isSecretMember(list.slice(0, -1)) && credentialShape.test(value)

/** `key: …` is a secret where the value looks like one, and an ordinary word (a map's key, an object's name) elsewhere. */
const credentialShape = /^(?=.*\d)(?=.*[A-Za-z])[\w.~+/=-]{20,}$/

/** A query or form parameter; `names` are those of the whole list, because `code` and `state` mean OAuth only in company. */
export function isSecretParameter(name: string, value: string, names: readonly string[]): boolean {
  const lower = name.toLowerCase()
  if (lower === 'code' || lower === 'state') {
    const other = lower === 'code' ? 'state' : 'code'
    return value.length >= 20 || names.some((n) => n === other || oauthCompany.includes(n.toLowerCase()))
  }
  if (lower === 'key') return value.length >= 8
  return parameterNames.has(lower) || keyShape.test(name) || isSecretMember(name)
}

/** A member judged with its value. */
export function isSecretValue(name: string, value: string): boolean {
  if (isSecretMember(name)) return true
  const lower = name.toLowerCase()
  if (lower === 'key') return credentialShape.test(value)
  if (lower === 'card' || lower === 'number') return (value.match(/\d/g)?.length ?? 0) >= 13 && luhn(value)
  return false
}

/** ISO/IEC 7812-1: tells card numbers from other long numbers. */
function luhn(text: string): boolean {
  const digits = [...text].filter((char) => char >= '0' && char <= '9').map(Number)
  const sum = digits.reduceRight((total, digit, index) => {
    const doubled = (digits.length - 1 - index) % 2 === 1 ? digit * 2 : digit
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return digits.length <= 19 && sum % 10 === 0
}
