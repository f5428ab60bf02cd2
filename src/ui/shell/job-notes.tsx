// The bars of long work, each with the button that ends it.
import { formatCount, formatSize } from '../units.ts'
import { type Job, jobs } from './jobs.ts'

const shown = ({ done, total, unit }: Job): string => {
  const written = unit === 'octets' ? formatSize : formatCount
  return total === 0
    ? 'beginning'
    : `${written(Math.min(done, total))} of ${written(total)}${unit === 'exchanges' ? ' exchanges' : ''}`
}

export function JobNotes() {
  if (jobs.value.length === 0) return null
  return (
    <div class="jobs">
      {jobs.value.map((job) => {
        const percent = job.total === 0 ? 0 : Math.min(100, Math.floor((job.done / job.total) * 100))
        return (
          <section key={job.key} class="job" aria-label={job.name}>
            <p class="line">
              <span class="cut b">{job.name}</span>
              <span class="grow" />
              <button type="button" class="btn line-btn" aria-label={`Cancel: ${job.name}`} onClick={job.cancel}>
                Cancel
              </button>
            </p>
            <div
              class="job-bar"
              role="progressbar"
              aria-label={job.name}
              aria-valuemin={0}
              aria-valuemax={100}
              aria-valuenow={percent}
              aria-valuetext={shown(job)}
            >
              <i style={{ width: `${percent}%` }} />
            </div>
            <p class="line q">
              <span class="cut">{shown(job)}</span>
              <span class="grow" />
              <span>{job.total === 0 ? '' : `${percent} %`}</span>
            </p>
          </section>
        )
      })}
    </div>
  )
}
