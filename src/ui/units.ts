// Numbers as people read them: sizes, durations, moments and counts, always with their unit.

const sizeUnits = ['B', 'kB', 'MB', 'GB', 'TB']

/** Octets in decimal units: `412 B`, `1.1 kB`, `48.1 kB`, `5.1 MB`. */
export function formatSize(octets: number): string {
  let value = octets
  let unit = 0
  while (value >= 999.5 && unit < sizeUnits.length - 1) {
    value /= 1000
    unit++
  }
  return `${unit === 0 || value >= 99.95 ? Math.round(value) : value.toFixed(1)} ${sizeUnits[unit]}`
}

/** Milliseconds: `0.4 ms`, `143 ms`, `1.20 s`, `12.4 s`, `2 min 5 s`. */
export function formatDuration(ms: number): string {
  if (ms < 0.95 && ms > 0) return `${ms.toFixed(1)} ms`
  if (ms < 999.5) return `${Math.round(ms)} ms`
  const seconds = ms / 1000
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

const counts = new Intl.NumberFormat('en')
/** `1,284`. */
export function formatCount(count: number): string {
  return counts.format(count)
}

/** `1 exchange`, `2 exchanges`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`
}

const two = (value: number): string => (value < 10 ? `0${value}` : String(value))
const dayLength = 86_400_000
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' })
const dayAndMonth = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const full = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})
const zone = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' })
/** The short name of the local time zone at a moment: `CET`, `GMT+2`. */
const zoneOf = (moment: Date) => zone.formatToParts(moment).find(({ type }) => type === 'timeZoneName')?.value ?? ''

/** The local time of day of an ISO moment; for another day than today's the day stands in the place of the seconds. */
export function formatTime(iso: string, now = Date.now()): string {
  const moment = new Date(iso)
  const clock = `${two(moment.getHours())}:${two(moment.getMinutes())}`
  const today = new Date(now).setHours(0, 0, 0, 0)
  if (moment.getTime() >= today) return `${clock}:${two(moment.getSeconds())}`
  return moment.getTime() >= today - 6 * dayLength ? `${weekday.format(moment)} ${clock}` : dayAndMonth.format(moment)
}

/** Everything about a moment, in local time: date, time, milliseconds and zone. */
export function formatMoment(iso: string): string {
  const moment = new Date(iso)
  return `${full.format(moment)}.${String(moment.getMilliseconds()).padStart(3, '0')} ${zoneOf(moment)}`
}

/** A moment to the second, in local time with its zone; `ms` since 1970. */
export function formatSecond(ms: number): string {
  const moment = new Date(ms)
  return `${full.format(moment)} ${zoneOf(moment)}`
}
