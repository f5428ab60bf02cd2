// Invisible characters or quotes around a credential: copied along, and part of the value for the server.
import { credentialLevel, mayBeAuth, replaceCredential, whereOf } from '../../auth-failure.ts'
import type { Credential } from '../../credentials.ts'
import type { Evidence } from '../../finding.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'

/** Fields are latin1, so characters beyond it arrive as their UTF-8 octets. */
const spoilt =
  '(?:[ \\t\\r\\n\\u00a0\\u200b-\\u200d\\ufeff]|%20|%09|%0[AaDd]|\\\\n|\\\\r|\\u00c2\\u00a0|\\u00ef\\u00bb\\u00bf|\\u00e2\\u0080[\\u008b-\\u008d])+'
const leading = new RegExp(`^${spoilt}`)
const trailing = new RegExp(`${spoilt}$`)
const wrapped = new RegExp(`^([\\w.~+/=-]{6,})(${spoilt})([\\w.~+/=-]{6,})$`)
const quotes = /^(["'`])(.*)\1$/s
/** Schemes whose value is one opaque word; in others quotes belong to parameters. */
const opaque = /^(?:bearer|basic|token|apikey|api-key)$/i

const names: readonly (readonly [RegExp, string])[] = [
  [/^ +$/, 'a space'],
  [/^(?:%20)+$/, 'an encoded space (%20)'],
  [/^\t+$|^%09$/, 'a tab'],
  [/^(?:\r?\n)+$|^(?:%0[ad])+$/i, 'a line break'],
  [/^(?:\\[nr])+$/, 'a literal \\n'],
  [/\ufeff|\u00ef\u00bb\u00bf/, 'a byte order mark'],
  [/[\u200b-\u200d]|\u00e2\u0080/, 'a zero-width character'],
  [/\u00a0/, 'a no-break space'],
]
const nameOf = (chars: string): string => names.find(([look]) => look.test(chars))?.[1] ?? 'white space'

type Fault = { readonly clean: string; readonly what: string; readonly brief: string }

export function faultOf(credential: Credential): Fault | undefined {
  const { value, scheme } = credential
  if (scheme !== undefined && !opaque.test(scheme)) return undefined
  const before = leading.exec(value)?.[0] ?? ''
  const after = before.length === value.length ? '' : (trailing.exec(value)?.[0] ?? '')
  if (before !== '' || after !== '') {
    const where = before && after ? 'on both sides' : before ? 'at its beginning' : 'at its end'
    const clean = value.slice(before.length, value.length - after.length)
    if (clean === '') return undefined
    return {
      clean: unquoted(clean),
      what: `${nameOf(before || after)} ${where}`,
      brief: before ? 'White space before key' : 'White space after key',
    }
  }
  const inner = unquoted(value)
  if (inner !== value && inner !== '') return { clean: inner, what: 'quotes around it', brief: 'Quotes around the key' }
  return scheme !== undefined && /^basic$/i.test(scheme) ? insideBasic(value) : undefined
}

/** Keys and tokens are one word (RFC 6750 §2.1); one that was wrapped where it was copied from has a gap. */
function gapOf({ value, scheme, location }: Credential): Fault | undefined {
  if (location === 'body' || (scheme !== undefined && !/^(?:bearer|token)$/i.test(scheme))) return undefined
  const [, first = '', gap = '', rest = ''] = wrapped.exec(value) ?? []
  if (gap === '' || opaque.test(first) || !/\d/.test(first + rest)) return undefined
  return { clean: first + rest, what: `${nameOf(gap)} inside it`, brief: 'White space inside key' }
}

const unquoted = (value: string): string => quotes.exec(value)?.[2] ?? value

/** The user name or password inside Basic may have caught white space, too (RFC 7617 §2). */
function insideBasic(value: string): Fault | undefined {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(value)) return undefined
  let plain: string
  try {
    plain = atob(value)
  } catch {
    return undefined
  }
  const colon = plain.indexOf(':')
  if (colon < 0) return undefined
  const parts = [plain.slice(0, colon), plain.slice(colon + 1)]
  const clean = parts.map((part) => part.replace(leading, '').replace(trailing, ''))
  if (clean.join(':') === plain) return undefined
  const which = clean[0] === parts[0] ? 'password' : 'user name'
  return { clean: btoa(clean.join(':')), what: `white space around the ${which}`, brief: `Space around ${which}` }
}

export const credentialWhitespace: Rule = {
  id: 'auth/credential-whitespace',
  rank: 1,
  level: 'error',
  title: 'The credential has invisible characters in or around it',
  summary:
    'Fires when a credential begins or ends with white space, a line break, an encoded space, a byte order mark or a zero-width character, or is wrapped in quotes, and, on a refusal, when a key is broken in two by one. Captured traffic only.',
  references: [rfc9110('11.4', 'Credentials'), rfc9110('5.5', 'Field Values')],
  needs: ['captured', 'credentials'],
  scope: 'exchange',
  check(subject, context) {
    if (!subject.live) return undefined
    for (const credential of subject.credentials) {
      // A password may end in a space on purpose, and cookies are the server's own words.
      if (credential.location === 'cookie' || credential.location === 'userinfo') continue
      if (credential.location === 'body' && subject.outcome.is !== 'failure') continue
      const fault = faultOf(credential) ?? (mayBeAuth(subject) ? gapOf(credential) : undefined)
      if (!fault) continue
      const edit = replaceCredential(subject, credential, fault.clean)
      const value = `${fault.what} (${credential.value.length} characters; ${fault.clean.length} without, ${context.fingerprint(fault.clean)})`
      return {
        level: credentialLevel(subject),
        confidence: 0.97,
        title: `The credential has ${fault.what}`,
        brief: fault.brief,
        explanation: `The value in ${whereOf(credential)} has ${fault.what}. Servers compare credentials character by character, so this is another credential than the one that was meant. It usually comes along when a key is copied or read from a file.`,
        evidence: [evidenceAt(credential, value)],
        fix: edit
          ? { kind: 'complete', text: 'Send the same credential without these characters.', edits: [edit] }
          : { kind: 'advice', text: 'Trim the credential where it is read.' },
      }
    }
    return undefined
  },
  examples: [
    {
      name: 'two spaces after the scheme',
      fires: true,
      primary: true,
      level: 'error',
      fix: 'complete',
      exchanges: [
        { request: 'GET https://api.test/a', headers: { Authorization: 'Bearer  abcdefghijklmnopqrst' }, status: 401 },
      ],
    },
    {
      name: 'an encoded line break at the end of a key in the query',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET https://api.test/a?api_key=abcdefghijklmnop%0A',
          status: 403,
          answer: { message: 'invalid api key' },
        },
      ],
    },
    {
      name: 'quotes around the token, yet accepted',
      fires: true,
      level: 'warning',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: 'Bearer "abcdefghijklmnopqrst"' },
          status: 200,
          answer: {},
        },
      ],
    },
    {
      name: 'a newline encoded into Basic',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: `Basic ${btoa('user:secret-word\n')}` },
          status: 401,
        },
      ],
    },
    {
      name: 'a key that was wrapped where it was copied from',
      fires: true,
      primary: true,
      fix: 'complete',
      brief: 'White space inside key',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { 'X-Api-Key': 'sk_test_4eC39HqL yjWDarjtT1zdp7dc' },
          status: 403,
          answer: { message: 'Forbidden' },
        },
      ],
    },
    {
      name: 'a scheme inside a field of its own',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { 'X-Auth-Token': 'Bearer abcdefghijklmnopqrst1' },
          status: 401,
        },
      ],
    },
    {
      name: 'quotes that belong to signature parameters',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: 'Signature keyId="a",signature="b"' },
          status: 401,
        },
      ],
    },
    {
      name: 'an import',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: 'Bearer  abcdefghijklmnopqrst' },
          status: 401,
          imported: true,
        },
      ],
    },
  ],
}

function evidenceAt(credential: Credential, value: string): Evidence {
  const { location, name, index } = credential
  if (location === 'query') return { location: { at: 'request.query', name }, value }
  if (location === 'body') return { location: { at: 'request.body', pointer: `/${name}` }, value }
  return { location: { at: 'request.header', name, ...(index === undefined ? {} : { index }) }, value }
}
