// Credentials in a draft, read from its rows and written back into them: nothing is kept beside the row itself.
import { fromBase64, toBase64, utf8Octets, utf8Text } from '../../http/octets.ts'
import { isSecretField, isSecretParameter } from '../../http/secret-names.ts'
import { type Draft, type DraftRow, row } from './draft.ts'

/** OpenAPI's word for where an API key travels, without cookies: those have their header. */
export type KeyPlace = 'header' | 'query'

export type Auth =
  | { readonly kind: 'none' }
  | { readonly kind: 'bearer'; readonly token: string }
  | { readonly kind: 'basic'; readonly user: string; readonly password: string }
  | { readonly kind: 'api-key'; readonly in: KeyPlace; readonly name: string; readonly key: string }
  | { readonly kind: 'other'; readonly scheme: string }

const isAuthorization = ({ name, on }: DraftRow) => on && name.toLowerCase() === 'authorization'
const isKeyField = ({ name, on }: DraftRow) => on && !/^(?:authorization|cookie)$/i.test(name) && isSecretField(name)
const isKeyParameter = ({ name, value, on }: DraftRow) => on && isSecretParameter(name, value, [])

/** The row an API key is in: the one that was made for it, whatever it is called by now, or one whose name says so. */
function keyOf({ headers, query, keyRow }: Draft): { readonly in: KeyPlace; readonly row: DraftRow } | undefined {
  const made = ({ id, on }: DraftRow) => on && id === keyRow
  const found = (rows: readonly DraftRow[], place: KeyPlace, fits: (row: DraftRow) => boolean) => {
    const row = rows.find(fits)
    return row && { in: place, row }
  }
  return (
    found(headers, 'header', made) ??
    found(query, 'query', made) ??
    found(headers, 'header', isKeyField) ??
    found(query, 'query', isKeyParameter)
  )
}

export function authOf(draft: Draft): Auth {
  const value = draft.headers.find(isAuthorization)?.value
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
  const key = keyOf(draft)
  return key ? { kind: 'api-key', in: key.in, name: key.row.name, key: key.row.value } : { kind: 'none' }
}

/** The API key that stands in the request beside its Authorization, if one does. */
export function keyBeside(draft: Draft): Auth | undefined {
  const auth = authOf({ ...draft, headers: draft.headers.filter((each) => !isAuthorization(each)) })
  return auth.kind === 'api-key' ? auth : undefined
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

/** The key in its row, in the place it shall travel; its row moves when the place changes. */
function withKey(draft: Draft, auth: Extract<Auth, { kind: 'api-key' }>): Draft {
  const before = keyOf(draft)
  const kept = before?.in === auth.in ? before.row : row()
  const next: DraftRow = { ...kept, name: auth.name, value: auth.key }
  const rows = (place: KeyPlace, all: readonly DraftRow[]): readonly DraftRow[] => {
    if (place !== auth.in) return all.filter(({ id }) => id !== before?.row.id)
    return before?.in === place ? all.map((each) => (each.id === next.id ? next : each)) : [...all, next]
  }
  return {
    ...draft,
    headers: rows(
      'header',
      draft.headers.filter((each) => !isAuthorization(each)),
    ),
    query: rows('query', draft.query),
    keyRow: next.id,
  }
}

export function withAuth(draft: Draft, auth: Auth): Draft {
  const { headers } = draft
  const without = (fits: (row: DraftRow) => boolean) => headers.filter((each) => !fits(each))
  switch (auth.kind) {
    case 'none': {
      const key = keyOf(draft)
      const left = without((each) => isAuthorization(each) || isKeyField(each) || each.id === key?.row.id)
      return { ...draft, headers: left, query: draft.query.filter(({ id }) => id !== key?.row.id) }
    }
    case 'bearer':
      return { ...draft, headers: put(headers, isAuthorization, 'Authorization', `Bearer ${auth.token}`) }
    case 'basic': {
      const value = `Basic ${toBase64(utf8Octets(`${auth.user}:${auth.password}`))}`
      return { ...draft, headers: put(headers, isAuthorization, 'Authorization', value) }
    }
    case 'api-key':
      return withKey(draft, auth)
    case 'other':
      return draft
    default:
      return auth satisfies never
  }
}
