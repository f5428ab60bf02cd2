// A session cookie without the attributes that protect it, or with ones that make browsers drop it.

import { sessionCookie } from '../../../http/secret-names.ts'
import { brief } from '../../phrases.ts'
import { redactField } from '../../redact.ts'
import { rfc } from '../../references.ts'
import type { Rule, Verdict } from '../../rule.ts'

export const insecureCookie: Rule = {
  id: 'security/insecure-cookie',
  rank: 2,
  level: 'warning',
  title: 'A cookie is set without its protection',
  summary:
    'Fires once per cookie name: a note for a session cookie without Secure or HttpOnly over https, a warning for SameSite=None without Secure and for broken __Host- and __Secure- prefixes, which browsers reject.',
  references: [rfc(6265, '4.1.2', 'Semantics of Set-Cookie')],
  needs: ['set-cookie'],
  scope: 'exchange',
  check(subject, context) {
    if (subject.response?.header('set-cookie') === undefined) return undefined
    const verdicts: Verdict[] = []
    for (const [index, line] of (subject.response?.headers ?? []).entries()) {
      if (line.name.length !== 10 || line.name.toLowerCase() !== 'set-cookie') continue
      const [pair = '', ...rest] = line.value.split(';')
      const name = pair.slice(0, pair.indexOf('=')).trim()
      const attributes = new Map(
        rest.map((part) => {
          const [key = '', value = ''] = part.split('=')
          return [key.trim().toLowerCase(), value.trim()] as const
        }),
      )
      // Removing a cookie needs no protection.
      if (name === '' || pair.endsWith('=') || attributes.get('max-age') === '0') continue
      const trouble =
        rejected(name, attributes) ??
        (subject.exchange.request.url.startsWith('https:') ? unprotected(name, attributes) : undefined)
      if (!trouble || !context.once(`security/insecure-cookie ${subject.origin} ${name}`)) continue
      verdicts.push({
        level: trouble.level,
        mayLead: false,
        title: `The cookie ${name} ${trouble.what}`,
        brief: brief(trouble.brief),
        explanation: trouble.words,
        evidence: [
          {
            location: { at: 'response.header', name: line.name, index },
            value: redactField(line.name, line.value, context.fingerprint),
          },
        ],
        fix: { kind: 'advice', text: trouble.advice },
      })
    }
    return verdicts.length > 0 ? verdicts.slice(0, 3) : undefined
  },
  examples: [
    {
      name: 'a session cookie without HttpOnly',
      fires: true,
      exchanges: [
        {
          request: 'POST https://api.test/login',
          status: 200,
          answerHeaders: { 'Set-Cookie': 'sid=abc123; Path=/; Secure' },
        },
      ],
      level: 'note',
    },
    {
      name: 'SameSite=None without Secure',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/', status: 200, answerHeaders: { 'Set-Cookie': 'pref=dark; SameSite=None' } },
      ],
      level: 'warning',
    },
    {
      name: 'a __Host- cookie with a Domain',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/',
          status: 200,
          answerHeaders: { 'Set-Cookie': '__Host-id=1; Secure; Path=/; Domain=api.test' },
        },
      ],
      level: 'warning',
    },
    {
      name: 'well protected',
      fires: false,
      exchanges: [
        {
          request: 'POST https://api.test/login',
          status: 200,
          answerHeaders: { 'Set-Cookie': 'sid=abc123; Path=/; Secure; HttpOnly; SameSite=Lax' },
        },
      ],
    },
    {
      name: 'a preference needs no protection',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/', status: 200, answerHeaders: { 'Set-Cookie': 'lang=en; Path=/' } },
      ],
    },
    {
      name: 'a session cookie that is removed',
      fires: false,
      exchanges: [
        { request: 'POST https://api.test/logout', status: 200, answerHeaders: { 'Set-Cookie': 'sid=; Max-Age=0' } },
      ],
    },
  ],
}

type Attributes = ReadonlyMap<string, string>
type Trouble = {
  readonly level: 'note' | 'warning'
  readonly what: string
  readonly brief: string
  readonly words: string
  readonly advice: string
}

/** What browsers refuse to store (RFC 6265bis §4.1.2.7, §4.1.3). */
function rejected(name: string, attributes: Attributes): Trouble | undefined {
  const secure = attributes.has('secure')
  const drop = 'Browsers drop such a cookie without a word, so it never comes back.'
  if (attributes.get('samesite')?.toLowerCase() === 'none' && !secure) {
    return {
      level: 'warning',
      what: 'has SameSite=None without Secure',
      brief: 'Cookie will be dropped',
      words: drop,
      advice: 'Add Secure.',
    }
  }
  if (/^__Host-/i.test(name) && (!secure || attributes.has('domain') || attributes.get('path') !== '/')) {
    return {
      level: 'warning',
      what: 'breaks the rules of its __Host- prefix',
      brief: 'Cookie will be dropped',
      words: `A __Host- cookie needs Secure and Path=/, and must not have Domain. ${drop}`,
      advice: 'Set Secure and Path=/, and leave Domain out.',
    }
  }
  if (/^__Secure-/i.test(name) && !secure) {
    return {
      level: 'warning',
      what: 'has a __Secure- prefix without Secure',
      brief: 'Cookie will be dropped',
      words: drop,
      advice: 'Add Secure.',
    }
  }
  return undefined
}

function unprotected(name: string, attributes: Attributes): Trouble | undefined {
  if (!sessionCookie.test(name) || /csrf|xsrf/i.test(name)) return undefined
  const missing = ['Secure', 'HttpOnly'].filter((one) => !attributes.has(one.toLowerCase()))
  if (missing.length === 0) return undefined
  const words = [
    missing.includes('Secure')
      ? 'Without Secure a browser also sends it over plain http, where others can read it.'
      : '',
    missing.includes('HttpOnly') ? 'Without HttpOnly every script on the page can read it.' : '',
  ]
  return {
    level: 'note',
    what: `lacks ${missing.join(' and ')}`,
    brief: `Cookie without ${missing[0]}`,
    words: words.filter(Boolean).join(' '),
    advice: `Add ${missing.join(' and ')}.`,
  }
}
