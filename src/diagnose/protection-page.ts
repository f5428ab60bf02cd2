// Recognises the refusal of a service that protects a site from bots and attacks: it never asked who the client is.
import type { Evidence } from './finding.ts'
import { clip } from './redact.ts'
import type { Subject } from './subject.ts'

export type Protection = { readonly product: string; readonly challenge: boolean; readonly evidence: Evidence }

/** Fields that only such a service sends. */
const fields: readonly (readonly [product: string, name: string, look: RegExp])[] = [
  ['Cloudflare', 'cf-mitigated', /challenge|block/i],
  ['AWS WAF', 'x-amzn-waf-action', /challenge|captcha|block/i],
  ['DataDome', 'x-datadome', /./],
  ['Imperva', 'x-iinfo', /./],
  ['Sucuri', 'x-sucuri-block', /./],
]

const pages: readonly (readonly [product: string, challenge: boolean, look: RegExp])[] = [
  [
    'Cloudflare',
    true,
    /just a moment\.\.\.|enable javascript and cookies to continue|cf-challenge|challenge-platform/i,
  ],
  ['Cloudflare', false, /attention required! \| cloudflare|sorry, you have been blocked/i],
  ['Akamai', false, /access denied[\s\S]{0,400}reference&#32;&#35;|access denied[\s\S]{0,400}reference #[\da-f.]{8,}/i],
  ['Imperva', true, /_incapsula_resource|incapsula incident id/i],
  ['DataDome', true, /captcha-delivery\.com/i],
  ['HUMAN', true, /px-captcha|perimeterx/i],
  ['F5', false, /the requested url was rejected\. please consult with your administrator/i],
  ['ModSecurity', false, /mod_security|not acceptable![\s\S]{0,200}mod_security/i],
]

export function protectionPage(subject: Subject): Protection | undefined {
  const { response } = subject
  if (!response || ![202, 403, 405, 406, 429, 503].includes(subject.status)) return undefined
  for (const [product, name, look] of fields) {
    const index = response.headerIndex(name)
    const line = response.headers[index]
    if (!line || !look.test(line.value) || (subject.status < 400 && !/challenge|captcha/i.test(line.value))) continue
    const location = { at: 'response.header', name: line.name, index } as const
    return { product, challenge: !/block/i.test(line.value), evidence: { location, value: clip(line.value, 60) } }
  }
  if (subject.status < 400 || response.truncated || !response.mediaType.includes('html')) return undefined
  const text = response.text.slice(0, 40_000)
  for (const [product, challenge, look] of pages) {
    const match = look.exec(text)
    if (match) return { product, challenge, evidence: { location: { at: 'response.body' }, value: clip(match[0], 60) } }
  }
  return undefined
}
