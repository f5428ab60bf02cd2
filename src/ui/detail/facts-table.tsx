// A small table of facts: a name and a value each; what is not known is left out.

export type Fact = readonly [name: string, value: string | undefined]

export function FactsTable({ label, facts }: { label: string; facts: readonly Fact[] }) {
  const known = facts.filter((fact): fact is readonly [string, string] => fact[1] !== undefined && fact[1] !== '')
  if (known.length === 0) return null
  return (
    <table class="hdrs facts-table" aria-label={label}>
      <tbody>
        {known.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>{value}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
