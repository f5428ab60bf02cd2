// What differs between this call and the nearest one that worked, as a small table.
import type { Differential } from '../../diagnose/finding.ts'
import { type Exchange, responseOf } from '../../exchange/exchange.ts'
import { formatTime } from '../units.ts'

/** More rows belong into the full comparison. */
const most = 4

export function DifferenceTable({ differential, exchange }: { differential: Differential; exchange: Exchange }) {
  const { differences } = differential
  const status = responseOf(exchange)?.status
  return (
    <table class="cmp">
      <thead>
        <tr>
          <th scope="col">
            <span class="vh">What</span>
          </th>
          <th scope="col">{formatTime(differential.startedDateTime)}, worked</th>
          <th scope="col">
            {formatTime(exchange.startedDateTime)}, {status ? status : 'failed'}
          </th>
        </tr>
      </thead>
      <tbody>
        {differences.slice(0, most).map(({ what, worked, failed }) => (
          <tr key={what}>
            <th scope="row" title={what}>
              <span class="short">{what}</span>
            </th>
            <td class={worked === undefined ? 'qq' : 'good'} title={worked}>
              <span class="short">{worked ?? 'none'}</span>
            </td>
            <td class={failed === undefined ? 'qq' : 'hit'} title={failed}>
              <span class="short">{failed ?? 'none'}</span>
            </td>
          </tr>
        ))}
        {differences.length > most ? (
          <tr>
            <th scope="row">more</th>
            <td colSpan={2}>{differences.length - most} further differences</td>
          </tr>
        ) : null}
      </tbody>
    </table>
  )
}
