// A response hands out what looks like a private key or a long-lived secret.

import type { Context } from '../../context.ts'
import type { Evidence } from '../../finding.ts'
import { isObject, pointerPart } from '../../json-value.ts'
import { redactSecret } from '../../redact.ts'
import type { Rule } from '../../rule.ts'

const names =
  /^(?:private_?key|client_?secret|secret_?(?:access_?)?key|api_?secret|signing_?(?:key|secret)|password|passwd)$/i
const pem = /-----BEGIN (?:RSA |EC |OPENSSH |ENCRYPTED )?PRIVATE KEY-----/

export const secretInResponse: Rule = {
  id: 'security/secret-in-response',
  rank: 4,
  level: 'note',
  title: 'The response holds a secret',
  summary:
    'Fires when a JSON response has a member such as private_key or client_secret with a value, or a PEM private key. Off unless asked for.',
  references: [
    { title: 'CWE-201: Sensitive information in sent data', url: 'https://cwe.mitre.org/data/definitions/201.html' },
  ],
  quiet: true,
  on: 'success',
  needs: ['response-json'],
  scope: 'exchange',
  check(subject, context) {
    const found = find(subject.response?.value, '', context, 0)
    if (found.length === 0) return undefined
    return {
      brief: 'Secret in the response',
      explanation:
        'The response holds what looks like a private key or a secret that lives long. If clients need not have it, the server should not send it.',
      evidence: found.slice(0, 5),
      fix: { kind: 'advice', text: 'Leave it out of the response, or show it once, when it is made.' },
    }
  },
  examples: [
    {
      name: 'a client secret in a list of applications',
      fires: true,
      exchanges: [
        {
          request: 'GET https://api.test/apps',
          status: 200,
          answer: [{ id: 1, client_secret: 'f3Gh7Kp2Qx9Rt4Wz8Yb1' }],
        },
      ],
      level: 'note',
    },
    {
      name: 'a private key',
      fires: true,
      exchanges: [
        { request: 'GET https://api.test/key', status: 200, answer: { pem: '-----BEGIN PRIVATE KEY-----\nMIIE' } },
      ],
    },
    {
      name: 'a masked secret',
      fires: false,
      exchanges: [
        { request: 'GET https://api.test/apps', status: 200, answer: [{ id: 1, client_secret: '********' }] },
      ],
    },
    {
      name: 'no secret',
      fires: false,
      exchanges: [{ request: 'GET https://api.test/apps', status: 200, answer: [{ id: 1, name: 'a' }] }],
    },
  ],
}

function find(value: unknown, pointer: string, context: Context, depth: number): Evidence[] {
  if (depth > 6) return []
  const place = (text: string): Evidence => ({
    location: { at: 'response.body', pointer },
    value: redactSecret(text, context.fingerprint),
  })
  if (typeof value === 'string') {
    const name = pointer.split('/').at(-1) ?? ''
    const secret = names.test(name) && value.length >= 8 && !/^[*x•.]+$/i.test(value)
    return secret || pem.test(value) ? [place(value)] : []
  }
  const entries = Array.isArray(value)
    ? value.slice(0, 20).entries()
    : isObject(value)
      ? Object.entries(value).slice(0, 200)
      : []
  const found: Evidence[] = []
  for (const [name, inner] of entries)
    found.push(...find(inner, `${pointer}/${pointerPart(String(name))}`, context, depth + 1))
  return found
}
