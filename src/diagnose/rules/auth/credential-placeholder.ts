// A variable was never filled in: the credential is `undefined`, `${TOKEN}`, `YOUR_API_KEY` or nothing.
import { credentialEvidence, credentialLevel, replaceCredential, whereOf } from '../../auth-failure.ts'
import { clip } from '../../redact.ts'
import { rfc9110 } from '../../references.ts'
import type { Rule } from '../../rule.ts'
import { isUnfilled } from '../../unfilled.ts'

const template =
  /\$\{[^}]+\}|\{\{[^}]+\}\}|YOUR[_-]|REPLACE[_-]?(?:ME|THIS|WITH)|CHANGE[_-]?ME|xxxx|INSERT[_-]|<token>|example[_-]?(?:key|token)/i
/** Schemes that may legitimately stand alone. */
const bare = /^(?:negotiate|ntlm|anonymous)$/i

/** The placeholder's own text, which is no secret; undefined where the value looks real. */
export function placeholderIn(value: string, scheme: string | undefined): string | undefined {
  const text = value.trim()
  if (text === '') return scheme === undefined ? undefined : '(nothing)'
  if (isUnfilled(text)) return text
  return template.test(text) && text.length < 80 ? text : undefined
}

export const credentialPlaceholder: Rule = {
  id: 'auth/credential-placeholder',
  rank: 1,
  level: 'error',
  title: 'The credential is a placeholder',
  summary:
    'Fires when a credential is undefined, null, a template that was never filled in, or a scheme without a value. On imports it stays silent where values were scrubbed.',
  references: [rfc9110('11.4', 'Credentials')],
  needs: ['captured', 'credentials'],
  scope: 'exchange',
  check(subject, context) {
    // Scrubbed imports are full of marks that look like this.
    if (subject.imported) return undefined
    for (const print of context.prints) {
      if (print.location === 'cookie' || print.location === 'certificate') continue
      const schemeAlone =
        print.scheme === undefined &&
        print.name.toLowerCase() === 'authorization' &&
        /^(?:bearer|basic|token|apikey)$/i.test(print.value.trim())
      const found = schemeAlone ? '(nothing)' : placeholderIn(print.value, print.scheme)
      if (found === undefined || (print.scheme !== undefined && bare.test(print.scheme))) continue
      if (print.location === 'body' && subject.outcome.is !== 'failure') continue
      const shown = found === '(nothing)' ? 'nothing' : `“${clip(found, 40)}”`
      const scheme = schemeAlone ? print.value.trim() : print.scheme
      const credential = { ...print, ...(scheme === undefined ? {} : { scheme }) }
      const edit = replaceCredential(subject, credential, '{{credential}}')
      return {
        level: credentialLevel(subject),
        confidence: 0.97,
        title:
          found === '(nothing)'
            ? 'The credential is empty'
            : 'The credential is a placeholder that was never filled in',
        brief: found === '(nothing)' ? 'Credential is empty' : 'Placeholder as credential',
        explanation: `${whereOf(credential).replace(/^the/, 'The')} carries ${shown} where a real credential belongs. A variable was not set, or a template was not filled in, before the request was made.`,
        evidence: [
          {
            ...credentialEvidence(print, context),
            value: clip(`${print.scheme ? `${print.scheme} ` : ''}${found}`, 80),
          },
        ],
        fix: {
          kind: 'template',
          text: 'Set the variable that should hold the credential.',
          ...(edit ? { edits: [edit] } : {}),
        },
      }
    }
    return undefined
  },
  examples: [
    {
      name: 'Bearer undefined',
      fires: true,
      primary: true,
      fix: 'template',
      brief: 'Placeholder as credential',
      exchanges: [{ request: 'GET https://api.test/a', headers: { Authorization: 'Bearer undefined' }, status: 401 }],
    },
    {
      name: 'a template variable in a key header',
      fires: true,
      primary: true,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          // biome-ignore lint/suspicious/noTemplateCurlyInString: the unfilled template is the example
          headers: { 'X-Api-Key': '${API_KEY}' },
          status: 403,
          answer: { message: 'forbidden' },
        },
      ],
    },
    {
      name: 'a scheme with nothing behind it',
      fires: true,
      primary: true,
      brief: 'Credential is empty',
      exchanges: [{ request: 'GET https://api.test/a', headers: { Authorization: 'Bearer ' }, status: 401 }],
    },
    {
      name: 'a real key that contains the letters null',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/a', headers: { 'X-Api-Key': 'k3nullZ9qa72bb10' }, status: 401 }],
    },
    {
      name: 'an import whose values were scrubbed',
      fires: false,
      exchanges: [
        {
          request: 'GET https://api.test/a',
          headers: { Authorization: 'Bearer <TOKEN>' },
          status: 401,
          imported: true,
        },
      ],
    },
  ],
}
