// Turns numbers, moments and lists into the words findings are written in.

/** `840 ms`, `12 s`, `3 min`, `2 h`, `5 days`. */
export function span(ms: number): string {
  const whole = Math.abs(ms)
  if (whole < 1000) return `${Math.round(whole)} ms`
  if (whole < 10_000) return `${Number((whole / 1000).toFixed(1))} s`
  if (whole < 120_000) return `${Math.round(whole / 1000)} s`
  if (whole < 7_200_000) return `${Math.round(whole / 60_000)} min`
  if (whole < 172_800_000) return `${Math.round(whole / 3_600_000)} h`
  return `${Math.round(whole / 86_400_000)} days`
}

/** `2026-06-01 12:00:05 UTC`. */
export function moment(time: number): string {
  const date = new Date(time)
  return Number.isNaN(date.getTime()) ? 'an unknown time' : `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/** `12:00:05 UTC`, for moments of the same session. */
export const clock = (time: number): string => moment(time).slice(11)

/** `1 request`, `3 requests`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** `512 octets`, `14 KiB`, `3.2 MiB`. */
export function size(octets: number): string {
  if (octets < 1024) return count(octets, 'byte')
  if (octets < 1024 * 1024) return `${Number((octets / 1024).toFixed(1))} KiB`
  return `${Number((octets / 1024 / 1024).toFixed(1))} MiB`
}

/** `a`, `a and b`, `a, b and c`; beyond `most`, the rest is counted. */
export function listed(items: readonly string[], most = 5, last = 'and'): string {
  const shown = items.length > most ? [...items.slice(0, most - 1), `${items.length - most + 1} more`] : items
  return shown.length < 2 ? (shown[0] ?? '') : `${shown.slice(0, -1).join(', ')} ${last} ${shown.at(-1)}`
}

/** The cause for the grid: at most 26 characters. */
export function brief(text: string): string {
  return text.length <= 26 ? text : `${text.slice(0, 25).trimEnd()}…`
}

/** `'text'` with what a person must see and no line break. */
export function quoted(text: string, limit = 120): string {
  const line = text.replace(/\s+/g, ' ').trim()
  return `“${line.length <= limit ? line : `${line.slice(0, limit - 1)}…`}”`
}
