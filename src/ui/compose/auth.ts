// Credentials in a draft, read from its rows and written back into them: nothing is kept beside the header itself.
import { fromBase64, toBase64, utf8Octets, utf8Text } from '../../http/octets.ts'
import { isSecretField } from '../../http/secret-names.ts'
import { type Draft, type DraftRow, row } from './draft.ts'

export type Auth =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | { readonly kind: 'api-key'; readonly name: string; readonly key: string }
  | { readonly kind: 'other'; readonly scheme: string }

const isAuthorization = ({ name, on }: DraftRow) => on && name.toLowerCase() === 'authorization'
const isKey = ({ name, on }: DraftRow) => on && name.toLowerCase() !== 'cookie' && isSecretField(name)

export function authOf({ headers }: Draft): Auth {
  const value = headers.find(isAuthorization)?.value
  if (value !== undefined) {
    const [, scheme = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(value) ?? []
    if (/^bearer$/i.test(scheme)) return { kind: 'bearer', token: rest }
    if (/^basic$/i.test(scheme)) {
      const octets = fromBase64(rest)
      const text = octets ? (utf8Text(octets) ?? '') : ''
      const colon = text.indexOf(':')
      return colon === -1
        ? { kind: 'basic', user: text, password: '' }
        : { kind: 'basic', user: text.slice(0, colon), password: text.slice(colon + 1) }
    }
    return { kind: 'other', scheme: scheme || 'empty' }
  }
  const key = headers.find(isKey)
  return key ? { kind: 'api-key', name: key.name, key: key.value } : { kind: 'none' }
}

/** Puts a value into the first row that fits, or into a new one at the end. */
function put(
  rows: readonly DraftRow[],
  fits: (row: DraftRow) => boolean,
  name: string,
  value: string,
): readonly DraftRow[] {
  const at = rows.findIndex(fits)
  return at === -1 ? [...rows, row(name, value)] : rows.map((each, i) => (i === at ? { ...each, name, value } : each))
}

export function withAuth(draft: Draft, auth: Auth): Draft {
  const { headers } = draft
  const without = (fits: (row: DraftRow) => boolean) => headers.filter((each) => !fits(each))
  switch (auth.kind) {
    case 'none':
      return { ...draft, headers: without((each) => isAuthorization(each) || isKey(each)) }
    case 'bearer':
      return { ...draft, headers: put(headers, isAuthorization, 'Authorization', `Bearer ${auth.token}`) }
    case 'basic': {
      const value = `Basic ${toBase64(utf8Octets(`${auth.user}:${auth.password}`))}`
      return { ...draft, headers: put(headers, isAuthorization, 'Authorization', value) }
    }
    case 'api-key': {
      const rest = without(isAuthorization)
      return { ...draft, headers: put(rest, isKey, auth.name || 'X-Api-Key', auth.key) }
    }
    case 'other':
      return draft
    default:
      return auth satisfies never
  }
}
