// Sending many times: how often, how many at once, how long between starts; what came back, while it runs.
import { useRef, useState } from 'preact/hooks'
import { formatDuration, plural } from '../units.ts'
import { type Outcome, type Run, sendMany, summary } from './send-many.ts'

function NumberField(props: {
  label: string
  value: number
  min: number
  max: number
  unit?: string
  onValue: (value: number) => void
}) {
  return (
    <label class="number-field">
      <span class="q">{props.label}</span>
      <span class="field">
        <input
          type="number"
          min={props.min}
          max={props.max}
          value={props.value}
          onInput={(event) => {
            const value = event.currentTarget.valueAsNumber
            if (Number.isFinite(value)) props.onValue(Math.max(props.min, Math.min(props.max, Math.round(value))))
          }}
        />
      </span>
      {props.unit ? <span class="qq">{props.unit}</span> : null}
    </label>
  )
}

type Props = {
  /** How many requests one round has. */
  readonly each: number
  readonly first: Run
  readonly send: (nth: number, signal: AbortSignal) => Promise<Outcome>
  readonly onDone?: () => void
}

export function ManyForm({ each, first, send, onDone }: Props) {
  const [run, setRun] = useState<Run>(first)
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([])
  const running = useRef<AbortController | undefined>(undefined)
  const [busy, setBusy] = useState(false)
  const total = run.times * each
  const start = async () => {
    const own = new AbortController()
    running.current = own
    setOutcomes([])
    setBusy(true)
    const all: Outcome[] = []
    await sendMany(
      { ...run, times: total },
      (nth) => send(nth, own.signal),
      (outcome) => {
        all.push(outcome)
        setOutcomes([...all])
      },
      own.signal,
    )
    setBusy(false)
    onDone?.()
  }
  const { done, byStatus, durations } = summary(outcomes)
  return (
    <div class="many">
      <div class="many-fields">
        <NumberField
          label="Times"
          value={run.times}
          min={1}
          max={1000}
          onValue={(times) => setRun({ ...run, times })}
        />
        <NumberField
          label="At once"
          value={run.atOnce}
          min={1}
          max={50}
          onValue={(atOnce) => setRun({ ...run, atOnce })}
        />
        <NumberField
          label="Pause between starts"
          unit="ms"
          value={run.pause}
          min={0}
          max={60_000}
          onValue={(pause) => setRun({ ...run, pause })}
        />
        <span class="grow" />
        {busy ? (
          <button type="button" class="btn line-btn large" onClick={() => running.current?.abort()}>
            Stop
          </button>
        ) : (
          <button type="button" class="btn go large" onClick={() => void start()}>
            Send {plural(total, 'request')}
          </button>
        )}
      </div>
      {done > 0 ? (
        <table class="hdrs many-results" aria-label="Results">
          <tbody>
            <tr>
              <th scope="row">answered</th>
              <td role="status">
                {done} of {total}
              </td>
            </tr>
            {byStatus.map(([status, count]) => (
              <tr key={status}>
                <th scope="row">{status}</th>
                <td>{count}</td>
              </tr>
            ))}
            {durations ? (
              <tr>
                <th scope="row">duration</th>
                <td>
                  {formatDuration(durations.min)} fastest, {formatDuration(durations.median)} median,{' '}
                  {formatDuration(durations.p95)} p95, {formatDuration(durations.max)} slowest
                </td>
              </tr>
            ) : null}
          </tbody>
        </table>
      ) : null}
    </div>
  )
}
