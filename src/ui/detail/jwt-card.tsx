// A JSON Web Token where it stands, decoded: whether it was good at that moment, and its claims when opened.
import { useMemo } from 'preact/hooks'
import { claimName, claimText, findJwts, type Jwt, standing } from '../viewers/jwt.ts'
import { Marked, type TextHits, useTextHits } from '../viewers/marked-texts.tsx'
import type { Search } from '../viewers/viewer.ts'

type Claim = { readonly name: string; readonly text: string }
type ClaimsProps = {
  readonly of: readonly Claim[]
  readonly title: string
  /** The hits in the name (even) and the text (odd) of each. */
  readonly hitsOf: (index: number) => TextHits
}

const claimsOf = (of: Readonly<Record<string, unknown>>): Claim[] =>
  Object.entries(of).map(([name, value]) => ({ name, text: claimText(name, value) }))

function Claims({ of, title, hitsOf }: ClaimsProps) {
  return (
    <table class="claims" aria-label={title}>
      <tbody>
        {of.map(({ name, text }, i) => (
          <tr key={name}>
            <th scope="row">
              <Marked text={name} hits={hitsOf(i * 2)} />
            </th>
            <td>
              <Marked text={text} hits={hitsOf(i * 2 + 1)} />
              {claimName(name) ? <span class="qq"> {claimName(name)}</span> : null}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

type Props = { readonly jwt: Jwt; readonly at: number; readonly where?: string; readonly search?: Search | undefined }

/** `at`: ms since 1970. The signature is never drawn: with it the token could be used. */
export function JwtCard({ jwt, at, where = '', search }: Props) {
  const { good, words } = standing(jwt, at)
  const { claims, header, texts } = useMemo(() => {
    const said = { claims: claimsOf(jwt.claims), header: claimsOf(jwt.header) }
    return { ...said, texts: [...said.claims, ...said.header].flatMap(({ name, text }) => [name, text]) }
  }, [jwt])
  const { hitsOf, total } = useTextHits(search, texts)
  return (
    <details class="jwt" open={total > 0 || undefined}>
      <summary>
        JSON Web Token{where}, <span class={good ? undefined : 'et b'}>{words}</span>
      </summary>
      <Claims of={claims} title="Claims" hitsOf={hitsOf} />
      <Claims of={header} title="Token header" hitsOf={(index) => hitsOf(index + claims.length * 2)} />
      <p class="qq">{jwt.signed ? 'Signature not verified here and not shown' : 'Unsigned'}</p>
    </details>
  )
}

/** The tokens in the value of a field or parameter, as rows under its own. */
export function JwtRows({ value, at, marked }: { value: string; at: number; marked: boolean }) {
  const jwts = useMemo(() => (value.includes('eyJ') ? findJwts(value) : []), [value])
  return (
    <>
      {jwts.map((jwt, i) => (
        <tr key={i} class={marked ? 'on jwt-row' : 'jwt-row'}>
          <td colSpan={3}>
            <JwtCard jwt={jwt} at={at} />
          </td>
        </tr>
      ))}
    </>
  )
}
