// What stands in place of an empty list: a live checklist of what the proxy has seen, and the lines that bring traffic.
import { copy } from '../actions.ts'
import { Icon } from '../icons.tsx'
import { EmptyGrid } from '../list/empty-grid.tsx'
import { status } from '../model.ts'
import { formatTime } from '../units.ts'
import { ImportFile } from './import-file.tsx'
import { listWanted, refusedOnly } from './refused-only.ts'
import { type Step, setupLines, steps } from './setup-lines.ts'

/** A line for a shell, or an address. Its words stay whole: broken at a hyphen, an option looks like two. */
function CopyLine({ line, what }: { line: string; what: string }) {
  return (
    <div class="copy-line">
      <code>
        {/^https?:/.test(line) ? null : (
          <span class="qq" aria-hidden="true">
            ${' '}
          </span>
        )}
        {line.split(' ').flatMap((word, i) => [i === 0 ? '' : ' ', <span key={i}>{word}</span>])}
      </code>
      <button
        type="button"
        class="btn icon"
        aria-label={`Copy the line for ${what}`}
        title="Copy"
        onClick={() => void copy(line, `the line for ${what}`)}
      >
        <Icon name="copy" />
      </button>
    </div>
  )
}

function Mark({ state }: { state: Step['state'] }) {
  if (state === 'done') return <Icon name="pass" label="done" class="ok" />
  if (state === 'failed') return <Icon name="error" label="failed" class="error" />
  return (
    <span
      class={state === 'now' ? 'now-mark' : 'later-mark'}
      role="img"
      aria-label={state === 'now' ? 'waiting' : 'not yet'}
    />
  )
}

/** The refusals themselves, and the way to them as rows of the list. */
function Refused() {
  const refused = refusedOnly.value
  if (refused.length === 0) return null
  return (
    <section class="saw" aria-label="What the proxy saw">
      <header>
        <h2 class="qq">What the proxy saw</h2>
        <button type="button" class="link" onClick={() => (listWanted.value = true)}>
          Show as a list
        </button>
      </header>
      <table>
        <tbody>
          {refused.slice(0, 5).map((row) => (
            <tr key={row.id}>
              <td>{formatTime(row.startedDateTime)}</td>
              <td>
                <Icon small name="error" label="error" class="error" />
              </td>
              <td>{row.host || row.path}</td>
              <td class="et">{row.primary?.title ?? 'the client refused our certificate'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

export function FirstRun() {
  const now = status.value
  if (!now) return null
  const list = steps(now.proxyUrl, now.caFile, now.seen, now.rejectedBy, now.recording)
  const failed = list.find((step) => step.state === 'failed')
  return (
    <main class="first">
      <EmptyGrid />
      <section aria-label="What the proxy has seen">
        <h1>No exchange yet</h1>
        <p class="lead">
          {failed
            ? 'Something reached Telltale, so the way in works. It stopped at the step marked below.'
            : 'This list follows what the proxy really sees. Nothing to reload.'}
        </p>
        <ol class="steps" aria-live="polite">
          {list.map((step) => (
            <li key={step.name} class={step.state}>
              <span class="mk">
                <Mark state={step.state} />
              </span>
              <div>
                <h2>{step.name}</h2>
                {step.words && <p>{step.words}</p>}
                {step.remedy && <CopyLine line={step.remedy} what="the certificate" />}
              </div>
            </li>
          ))}
        </ol>
        <Refused />
      </section>
      <section aria-label="Send traffic through Telltale">
        <h2 class="title">Send traffic through Telltale</h2>
        <p class="lead">Nothing on this machine is changed. Each line sets up one process or shell and ends with it.</p>
        <dl class="setup">
          <dt>
            <b>Any command</b>
            nothing to set
          </dt>
          <dd>
            <CopyLine line={now.runLine} what="any command" />
          </dd>
          {setupLines(now.proxyUrl, now.caFile).map((each) => (
            <>
              <dt>
                <b>{each.name}</b>
                {each.note}
              </dt>
              <dd>
                {each.lines.map((line) => (
                  <CopyLine key={line} line={line} what={each.name} />
                ))}
              </dd>
            </>
          ))}
          <dt>
            <b>Browser</b>
            set the proxy first
          </dt>
          <dd>
            <CopyLine line="http://telltale.local/" what="a browser" />
          </dd>
        </dl>
        <ImportFile />
      </section>
    </main>
  )
}
