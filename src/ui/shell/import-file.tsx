// Takes a recording that exists already: a HAR or NDJSON file, chosen or dropped anywhere on the page.
import { useRef } from 'preact/hooks'
import { failed } from '../actions.ts'
import { imported } from '../connection.ts'
import { reload } from '../list/exchange-list.ts'
import { say } from '../model.ts'
import { plural } from '../units.ts'
import { watched } from './jobs.ts'

export async function importFile(file: File): Promise<void> {
  say(`Reading ${file.name}`)
  try {
    const answer = await watched(`Importing ${file.name}`, 'octets', (tools) => imported(file, tools))
    if (!answer) return say(`Not imported: ${file.name} was cancelled, and nothing of it is kept`)
    const { imported: count, skipped } = answer
    const left =
      skipped.length > 0 ? `; ${plural(skipped.length, 'entry', 'entries')} left out: ${skipped[0]?.reason}` : ''
    say(`Imported ${plural(count, 'exchange')} from ${file.name}${left}`)
    await reload()
  } catch (error) {
    failed(`Could not import ${file.name}`)(error)
  }
}

/** Takes files dropped anywhere; begun once with the page. */
export function takeDroppedFiles(): void {
  addEventListener('dragover', (event) => {
    if (event.dataTransfer?.types.includes('Files')) event.preventDefault()
  })
  addEventListener('drop', (event) => {
    // A file dropped on a field that takes files of its own is that field's.
    if (event.defaultPrevented || !event.dataTransfer?.files.length) return
    event.preventDefault()
    for (const file of event.dataTransfer.files) void importFile(file)
  })
}

export function ImportFile() {
  const input = useRef<HTMLInputElement>(null)
  return (
    <p class="lead import">
      Already have a recording? Its findings are the same as for live traffic. Drop a HAR or NDJSON file anywhere on
      this page, or{' '}
      <button type="button" class="link" onClick={() => input.current?.click()}>
        choose a file
      </button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".har,.json,.ndjson,.jsonl"
        aria-label="Recording to import"
        onChange={(event) => {
          for (const file of event.currentTarget.files ?? []) void importFile(file)
        }}
      />
    </p>
  )
}
