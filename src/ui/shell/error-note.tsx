// What stands in place of the list when the page may not read it.
export function ErrorNote() {
  return (
    <main class="locked">
      <h1>This tab has no key</h1>
      <p>
        Telltale lets in only pages opened from the address it printed when it started: that address carries a code that
        works once. Traffic flows and is recorded all the same.
      </p>
      <p>
        <code>telltale open</code> prints a fresh address for the Telltale that is running; in a checkout it is called{' '}
        <code>npm run --silent telltale -- open</code>.
      </p>
    </main>
  )
}
