// What is wrong with a filter text, with a caret under the place.

/** Characters of the text shown on each side of the mistake. */
const around = 32

export function FilterProblemNote(props: { text: string; message: string; position: number; length: number }) {
  const { text, message, position, length } = props
  const from = Math.max(0, position - around)
  const end = Math.min(text.length, position + length + around)
  const lead = from > 0 ? '…' : ''
  const marked = Math.max(1, Math.min(length, end - position))
  return (
    <div id="filter-problem" class="pop filter-error" role="alert">
      <p>{message}</p>
      <div class="where" aria-hidden="true">
        {lead}
        {text.slice(from, end)}
        {end < text.length ? '…' : ''}
      </div>
      <div class="caret-line" aria-hidden="true">
        {' '.repeat(lead.length + position - from)}
        {'^'.repeat(marked)}
      </div>
    </div>
  )
}
