// The credential of the request, asked for in its own words; it is written into the rows of headers or query.
import { formatSecond } from '../units.ts'
import { findJwts, standing } from '../viewers/jwt.ts'
import { dots } from '../viewers/secret-ranges.ts'
import { type Auth, authOf, type KeyPlace, keyBeside, withAuth } from './auth.ts'
import type { DraftHistory } from './draft-history.ts'
import { SecretInput } from './secret-input.tsx'

const kinds = [
  { kind: 'none', label: 'None' },
  { kind: 'bearer', label: 'Bearer' },
  { kind: 'basic', label: 'Basic' },
  { kind: 'api-key', label: 'API key' },
] as const

const places = [
  { place: 'header', label: 'Header' },
  { place: 'query', label: 'Query parameter' },
] as const
const keyNames: { readonly [K in KeyPlace]: string } = { header: 'X-Api-Key', query: 'api_key' }

function begun(kind: (typeof kinds)[number]['kind']): Auth {
  if (kind === 'bearer') return { kind, token: '' }
  if (kind === 'basic') return { kind, user: '', password: '' }
  return kind === 'api-key' ? { kind, in: 'header', name: keyNames.header, key: '' } : { kind: 'none' }
}

/** The other place, under its usual name where the name was the usual one. */
function movedKey(auth: Extract<Auth, { kind: 'api-key' }>, place: KeyPlace): Auth {
  return { ...auth, in: place, name: auth.name === '' || auth.name === keyNames[auth.in] ? keyNames[place] : auth.name }
}

function Field(props: { label: string; value: string; secret?: boolean; onValue: (value: string) => void }) {
  return (
    <>
      <span class="q">{props.label}</span>
      <span class="field">
        <SecretInput
          label={props.label}
          value={props.value}
          shown={props.secret && props.value !== '' ? dots : props.value}
          onValue={props.onValue}
        />
      </span>
    </>
  )
}

/** How long a token is good, read from the token itself. */
function GoodUntil({ token }: { token: string }) {
  const jwt = findJwts(token)[0]
  if (!jwt) return null
  const { exp } = jwt.claims
  const { good, words } = standing(jwt, Date.now())
  return (
    <>
      <span class="q">Good until</span>
      <span>
        {typeof exp === 'number' ? `${formatSecond(exp * 1000)}, ` : ''}
        <span class={good ? undefined : 'et b'}>{good ? words : words.replace('before this call', 'ago')}</span>
        <span class="qq"> (read from the token, never sent anywhere)</span>
      </span>
    </>
  )
}

export function AuthSection({ history }: { history: DraftHistory }) {
  const draft = history.draft.value
  const auth = authOf(draft)
  const set = (next: Auth, field = '') => history.change(withAuth(history.draft.peek(), next), field)
  return (
    <section class="c-part" aria-label="Auth">
      <div class="sect">
        <h4>Auth</h4>
        <span class="c">{auth.kind === 'other' ? `${auth.scheme}, see the header` : ''}</span>
        <span class="grow" />
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would add a frame and a legend */}
        <div class="seg" role="group" aria-label="Kind of credential">
          {kinds.map(({ kind, label }) => (
            <button
              key={kind}
              type="button"
              aria-pressed={auth.kind === kind}
              onClick={() => auth.kind !== kind && set((kind === 'api-key' && keyBeside(draft)) || begun(kind))}
            >
              {label}
            </button>
          ))}
        </div>
      </div>
      {auth.kind === 'bearer' ? (
        <div class="auth">
          <Field
            label="Token"
            value={auth.token}
            secret
            onValue={(token) => set({ ...auth, token: token.trim() }, 'token')}
          />
          <GoodUntil token={auth.token} />
        </div>
      ) : auth.kind === 'basic' ? (
        <div class="auth">
          <Field label="User" value={auth.user} onValue={(user) => set({ ...auth, user }, 'user')} />
          <Field
            label="Password"
            value={auth.password}
            secret
            onValue={(password) => set({ ...auth, password }, 'password')}
          />
        </div>
      ) : auth.kind === 'api-key' ? (
        <div class="auth">
          <span class="q">Sent as</span>
          {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would add a frame and a legend */}
          <div class="seg" role="group" aria-label="Where the key is sent">
            {places.map(({ place, label }) => (
              <button
                key={place}
                type="button"
                aria-pressed={auth.in === place}
                onClick={() => auth.in !== place && set(movedKey(auth, place))}
              >
                {label}
              </button>
            ))}
          </div>
          <Field
            label={auth.in === 'header' ? 'Header' : 'Parameter'}
            value={auth.name}
            onValue={(name) => set({ ...auth, name: name.trim() }, 'key name')}
          />
          <Field label="Key" value={auth.key} secret onValue={(key) => set({ ...auth, key }, 'key')} />
        </div>
      ) : null}
    </section>
  )
}
