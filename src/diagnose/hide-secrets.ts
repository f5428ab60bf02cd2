// Takes every secret out of a finding: texts show it redacted, edits name it by its fingerprint.
import type { Edit } from '../exchange/edit.ts'
import { credentialHeader, credentialQuery, isSensitiveName } from '../http/secret-names.ts'
import { redactText } from '../http/secret-text.ts'
import type { Differential, Finding } from './finding.ts'
import { type Fingerprint, redactSecret } from './redact.ts'

/** How an edit names a secret that only the recording holds: `{{secret:1f2e3d4c}}`. */
export const secretReference = (fingerprint: string): string => `{{secret:${fingerprint}}}`
const reference = /\{\{secret:([0-9a-f]{8})\}\}/g

export type Vault = {
  /** Remembers a secret, answers how edits name it. */
  readonly keep: (secret: string) => string
  readonly find: (fingerprint: string) => string | undefined
}

function inText(text: string, secrets: readonly string[], fingerprint: Fingerprint): string {
  let shown = text
  for (const secret of secrets)
    if (shown.includes(secret)) shown = shown.replaceAll(secret, () => redactSecret(secret, fingerprint))
  // What no inventory knows – a token in the server's own words, an OAuth code in a target – is told by its shape.
  return redactText(shown, { hash: fingerprint, found: new Set() })
}

function inValue(value: string, secrets: readonly string[], vault: Vault): string {
  let named = value
  for (const secret of secrets)
    if (secret.length >= 6 && named.includes(secret)) named = named.replaceAll(secret, () => vault.keep(secret))
  return named
}

function inJson(value: unknown, name: string, secrets: readonly string[], vault: Vault): unknown {
  if (typeof value === 'string')
    return isSensitiveName(name) && value !== '' && !value.includes('{{')
      ? vault.keep(value)
      : inValue(value, secrets, vault)
  if (Array.isArray(value)) return value.map((one) => inJson(one, name, secrets, vault))
  if (value !== null && typeof value === 'object')
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, inJson(member, key, secrets, vault)]))
  return value
}

/** Replaces secrets in an edit by references. */
function hideInEdit(edit: Edit, secrets: readonly string[], vault: Vault): Edit {
  switch (edit.op) {
    case 'set-header': {
      const isSecret = /^(?:proxy-)?authorization$|^cookie$/i.test(edit.name) || credentialHeader(edit.name)
      if (!isSecret || edit.value.includes('{{')) return { ...edit, value: inValue(edit.value, secrets, vault) }
      const space = /^[A-Za-z][\w-]* /.exec(edit.value)?.[0] ?? ''
      const secret = edit.value.slice(space.length)
      return { ...edit, value: secret === '' ? edit.value : space + vault.keep(secret) }
    }
    case 'set-query':
    case 'rename-query': {
      const isSecret = edit.op === 'set-query' && (credentialQuery(edit.name) || isSensitiveName(edit.name))
      if (isSecret && edit.value !== '' && !edit.value.includes('{{')) return { ...edit, value: vault.keep(edit.value) }
      return { ...edit, value: inValue(edit.value, secrets, vault) }
    }
    case 'set-json': {
      const name = edit.pointer.split('/').findLast((part) => !/^\d*$/.test(part)) ?? ''
      return { ...edit, value: inJson(edit.value, name, secrets, vault) }
    }
    case 'set-url':
    case 'set-path':
      return { ...edit, value: inValue(edit.value, secrets, vault) }
    case 'set-body':
      return 'text' in edit ? { ...edit, text: inValue(edit.text, secrets, vault) } : edit
    default:
      return edit
  }
}

function hideInDifferential(
  differential: Differential,
  secrets: readonly string[],
  fingerprint: Fingerprint,
  vault: Vault,
): Differential {
  return {
    ...differential,
    differences: differential.differences.map((one) => ({
      ...one,
      ...(one.worked === undefined ? {} : { worked: inText(one.worked, secrets, fingerprint) }),
      ...(one.failed === undefined ? {} : { failed: inText(one.failed, secrets, fingerprint) }),
      ...(one.edit ? { edit: hideInEdit(one.edit, secrets, vault) } : {}),
    })),
  }
}

export function hideSecrets(
  finding: Finding,
  secrets: readonly string[],
  fingerprint: Fingerprint,
  vault: Vault,
): Finding {
  const text = (value: string) => inText(value, secrets, fingerprint)
  const { quote, fix, differential } = finding
  return {
    ...finding,
    title: text(finding.title),
    brief: text(finding.brief),
    explanation: text(finding.explanation),
    evidence: finding.evidence.map((one) => ({ ...one, value: text(one.value) })),
    ...(quote ? { quote: { ...quote, text: text(quote.text) } } : {}),
    ...(differential ? { differential: hideInDifferential(differential, secrets, fingerprint, vault) } : {}),
    ...(fix
      ? {
          fix: {
            ...fix,
            text: text(fix.text),
            ...(fix.edits ? { edits: fix.edits.map((edit) => hideInEdit(edit, secrets, vault)) } : {}),
          },
        }
      : {}),
  }
}

/** Puts secrets back where edits name them; a reference that nobody remembers stays as it is. */
export function restoreSecrets(edits: readonly Edit[], find: Vault['find']): Edit[] {
  const back = (text: string) => text.replace(reference, (all, fingerprint: string) => find(fingerprint) ?? all)
  const inside = (value: unknown): unknown => {
    if (typeof value === 'string') return back(value)
    if (Array.isArray(value)) return value.map(inside)
    if (value !== null && typeof value === 'object')
      return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, inside(member)]))
    return value
  }
  return edits.map((edit) => inside(edit) as Edit)
}
