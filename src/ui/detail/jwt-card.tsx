// A JSON Web Token where it stands, decoded: whether it was good at that moment, and its claims when opened.
import { claimName, claimText, type Jwt, standing } from '../viewers/jwt.ts'

function Claims({ of, title }: { of: Readonly<Record<string, unknown>>; title: string }) {
  return (
    <table class="claims" aria-label={title}>
      <tbody>
        {Object.entries(of).map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              {claimText(name, value)}
              {claimName(name) ? <span class="qq"> {claimName(name)}</span> : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** `at`: ms since 1970. The signature is never drawn: with it the token could be used. */
export function JwtCard({ jwt, at, where = '' }: { jwt: Jwt; at: number; where?: string }) {
  const { good, words } = standing(jwt, at)
  return (
    <details class="jwt">
      <summary>
        JSON Web Token{where}, <span class={good ? undefined : 'et b'}>{words}</span>
      </summary>
      <Claims of={jwt.claims} title="Claims" />
      <Claims of={jwt.header} title="Token header" />
      <p class="qq">{jwt.signed ? 'Signature not verified here and not shown' : 'Unsigned'}</p>
    </details>
  )
}
