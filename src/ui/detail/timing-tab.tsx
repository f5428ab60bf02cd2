// Where the time went: one bar a phase on a common scale, the connection's part in it, and what is usual here.
import type { Exchange } from '../../exchange/exchange.ts'
import { type Timings, timings } from '../../exchange/timings.ts'
import { formatDuration, formatMoment } from '../units.ts'
import { type Detail, evidenceAt } from './detail-state.ts'
import { useChecked } from './use-checked.ts'

export const phases: readonly { readonly name: keyof Timings; readonly label: string; readonly means: string }[] = [
  { name: 'blocked', label: 'Blocked', means: 'waiting for a connection or for the client to send' },
  { name: 'dns', label: 'DNS', means: 'looking the name up' },
  { name: 'connect', label: 'Connect', means: 'opening the connection' },
  { name: 'ssl', label: 'TLS', means: 'agreeing on keys and checking the certificate' },
  { name: 'send', label: 'Send', means: 'sending the request' },
  { name: 'wait', label: 'Wait', means: 'until the first octet of the response' },
  { name: 'receive', label: 'Receive', means: 'reading the response' },
]

export function PhaseBars({ exchange, total }: { exchange: Exchange; total: number }) {
  const spent = timings(exchange.marks)
  let begun = 0
  return (
    <table class="phases" aria-label="Phases">
      <tbody>
        {phases.map(({ name, label, means }) => {
          const took = spent[name]
          const from = begun
          if (took > 0) begun += took
          const absent = took < 0
          const reused =
            absent && (name === 'dns' || name === 'connect' || name === 'ssl') && exchange.connection.reused
          return (
            <tr key={name} class={absent ? 'absent' : undefined}>
              <th scope="row" title={means}>
                {label}
              </th>
              <td class="bar">
                {took > 0 ? (
                  <i
                    class={`phase-${name}`}
                    style={{ left: `${(from / total) * 100}%`, width: `${Math.max(0.4, (took / total) * 100)}%` }}
                  />
                ) : null}
              </td>
              <td class="num">
                {absent ? (reused ? 'reused' : 'none') : took < 0.05 ? '< 0.1 ms' : formatDuration(took)}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

export function TimingTab({ exchange, findings }: Detail) {
  const checked = useChecked({ exchange, findings })
  const usual = checked?.usual
  const { marks, connection } = exchange
  const total = Math.max(1, marks.end ?? Math.max(0, ...Object.values(marks)))
  const found = evidenceAt(['timing'], exchange.id)
  const times = usual && marks.end !== undefined ? marks.end / Math.max(0.1, usual.median) : 1
  return (
    <div class="facts">
      {found.map(({ evidence, finding }, i) => (
        <p key={i} class="marked-fact">
          <mark>{evidence.value}</mark> {finding.title}
        </p>
      ))}
      <h4 class="lab">
        {marks.end === undefined ? 'Still running' : `${formatDuration(marks.end)} in all`}, begun{' '}
        {formatMoment(exchange.startedDateTime)}
      </h4>
      <PhaseBars exchange={exchange} total={total} />
      <h4 class="lab">Connection</h4>
      <p class="prose">
        {connection.upstreamId === undefined
          ? 'No connection to the server was used.'
          : connection.reused
            ? 'The connection to the server was already open: no time for name, connection and TLS.'
            : 'A new connection to the server was opened for this call.'}
      </p>
      <h4 class="lab">What is usual here</h4>
      {usual && marks.end !== undefined ? (
        <>
          <p class="prose">
            The median of {usual.calls} calls of this endpoint that worked is {formatDuration(usual.median)};{' '}
            {times >= 1.5
              ? `this one took ${times.toFixed(1)} times as long.`
              : times <= 0.67
                ? 'this one was faster.'
                : 'this one is in line with it.'}
          </p>
          <table class="phases" aria-label="Against the median">
            <tbody>
              {[
                { label: 'This call', ms: marks.end, tint: 'phase-wait' },
                { label: 'Median', ms: usual.median, tint: 'phase-connect' },
                { label: '95 % under', ms: usual.p95, tint: 'phase-connect' },
              ].map(({ label, ms, tint }) => (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  <td class="bar">
                    <i
                      class={tint}
                      style={{ width: `${Math.max(0.4, (ms / Math.max(marks.end ?? 0, usual.p95)) * 100)}%` }}
                    />
                  </td>
                  <td class="num">{formatDuration(ms)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </>
      ) : (
        <p class="prose q">Not enough other calls to this address yet to say.</p>
      )}
    </div>
  )
}
