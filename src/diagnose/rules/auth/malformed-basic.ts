// Basic credentials that are not base64 of `user:password`.
import { credentialLevel, isAuthFailure } from '../../auth-failure.ts'
import type { Fix } from '../../finding.ts'
import { rfc } from '../../references.ts'
import type { Rule } from '../../rule.ts'

const base64 = /^[A-Za-z0-9+/]+={0,2}$/

export const malformedBasic: Rule = {
  id: 'auth/malformed-basic',
  rank: 1,
  level: 'error',
  title: 'The Basic credential is not well-formed',
  summary:
    'Fires when the value after Basic is not base64, decodes without a colon, or is broken over lines. An empty password is normal and stays silent.',
  references: [rfc(7617, '2', 'The Basic Authentication Scheme')],
  needs: ['credentials'],
  scope: 'exchange',
  check(subject, context) {
    const credential = subject.credentials.find(
      ({ location, scheme }) => location === 'header' && scheme?.length === 5 && /^basic$/i.test(scheme),
    )
    if (!credential || subject.scrubbed) return undefined
    // Recordings hold stand-ins for credentials: only a refusal makes one worth a word.
    if (subject.imported && !isAuthFailure(subject)) return undefined
    const value = credential.value.trim()
    // Empty values, placeholders and quotes have rules of their own.
    if (value === '' || /^["'<{$]/.test(value) || /^(?:undefined|null|none)$/i.test(value)) return undefined
    const broken = /[\r\n]|\\n/.test(value)
    let plain: string | undefined
    try {
      plain = base64.test(value) && value.length % 4 !== 1 ? atob(value) : undefined
    } catch {
      plain = undefined
    }
    const isRaw = plain === undefined && /^[^\s:]+:\S*$/.test(value)
    if (plain?.includes(':') && !broken) return undefined
    const what = broken
      ? 'is broken over several lines, as some base64 tools do after 76 characters'
      : isRaw
        ? 'is user:password in clear, not encoded'
        : plain === undefined
          ? 'is not valid base64'
          : 'decodes to a text without a colon, so that user name and password cannot be told apart'
    const header = (text: string) => ({
      op: 'set-header' as const,
      name: credential.name,
      value: `${credential.scheme} ${text}`,
    })
    const fix: Fix = isRaw
      ? { kind: 'complete', text: 'Encode user:password in base64.', edits: [header(btoa(value))] }
      : broken
        ? {
            kind: 'complete',
            text: 'Send the base64 text on one line.',
            edits: [header(value.replace(/[\r\n\s]|\\n/g, ''))],
          }
        : {
            kind: 'template',
            text: 'Send Basic followed by base64 of user:password.',
            edits: [header('{{base64 of user:password}}')],
          }
    return {
      level: credentialLevel(subject),
      confidence: 0.96,
      title: `The Basic credential ${what}`,
      brief: isRaw
        ? 'Basic value not encoded'
        : broken
          ? 'Basic value has line break'
          : plain === undefined
            ? 'Basic value not base64'
            : 'Basic value has no colon',
      explanation: `After the word Basic the server expects base64 of user:password. What was sent ${what}.`,
      evidence: [
        {
          location: {
            at: 'request.header',
            name: credential.name,
            ...(credential.index === undefined ? {} : { index: credential.index }),
          },
          value: `Basic (${value.length} characters, ${context.fingerprint(value)}), ${isRaw ? 'shape user:…' : plain === undefined ? 'not base64' : 'decodes without a colon'}`,
        },
      ],
      fix,
    }
  },
  examples: [
    {
      name: 'user and password in clear',
      fires: true,
      primary: true,
      fix: 'complete',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: 'Basic reporter:long-password-1' },
          status: 401,
        },
      ],
    },
    {
      name: 'a token where user and password belong',
      fires: true,
      primary: true,
      fix: 'template',
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: `Basic ${btoa('justakeywithoutcolon')}` },
          status: 401,
        },
      ],
    },
    {
      name: 'a key as user name with an empty password',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: `Basic ${btoa('a-key-of-some-length:')}` },
          status: 401,
        },
      ],
    },
  ],
}
