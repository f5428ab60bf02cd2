// Reads sizes, durations and moments as people write them in a filter.

const sizes: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1e3,
  kb: 1e3,
  m: 1e6,
  mb: 1e6,
  g: 1e9,
  gb: 1e9,
  ki: 1024,
  kib: 1024,
  mi: 1024 ** 2,
  mib: 1024 ** 2,
  gi: 1024 ** 3,
  gib: 1024 ** 3,
}
const durations: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  '': 1,
  s: 1e3,
  m: 6e4,
  min: 6e4,
  h: 36e5,
  d: 864e5,
}

function quantity(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, digits, unit] = /^(\d{1,15}(?:\.\d{1,6})?)([a-z]*)$/i.exec(text) ?? []
  const factor = unit === undefined ? undefined : units[unit.toLowerCase()]
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor
}

/** In octets. */
export function parseSize(text: string): number | undefined {
  return quantity(text, sizes)
}

/** In ms. */
export function parseDuration(text: string): number | undefined {
  return quantity(text, durations)
}

export function parseNumber(text: string): number | undefined {
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined
}

/**
 * A moment in ms since 1970: a time of day (the last time it was that late, local time), a date, a date with time, or
 * a length of time before `now`.
 */
export function parseMoment(text: string, now: number): number | undefined {
  const [, hours, minutes, seconds] = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text) ?? []
  if (hours !== undefined && minutes !== undefined) {
    if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds ?? 0) > 59) return undefined
    const day = new Date(now)
    day.setHours(Number(hours), Number(minutes), Number(seconds ?? 0), 0)
    if (day.getTime() > now) day.setDate(day.getDate() - 1)
    return day.getTime()
  }
  if (/^\d{4}-\d{2}-\d{2}/.test(text)) {
    // Date.parse takes a date alone as UTC and a date with time as local: here both are local.
    const time = Date.parse(text.length === 10 ? `${text}T00:00:00` : text)
    return Number.isNaN(time) ? undefined : time
  }
  const ago = /[a-z]$/i.test(text) ? parseDuration(text) : undefined
  return ago === undefined ? undefined : now - ago
}
