// Reads and writes HTTP dates (RFC 9110 §5.6.7) in all three forms a recipient must accept.

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const DAY = '(?:mon|tue|wed|thu|fri|sat|sun)'
const IMF = new RegExp(`^${DAY}, (\\d{2}) ([a-z]{3}) (\\d{4}) (\\d{2}):(\\d{2}):(\\d{2}) GMT$`, 'i')
const RFC850 = new RegExp(`^${DAY}[a-z]*, (\\d{2})-([a-z]{3})-(\\d{2}) (\\d{2}):(\\d{2}):(\\d{2}) GMT$`, 'i')
const ASCTIME = new RegExp(`^${DAY} ([a-z]{3}) ([ \\d]\\d) (\\d{2}):(\\d{2}):(\\d{2}) (\\d{4})$`, 'i')

function epoch(year: number, month: string, day: string, h: string, m: string, s: string): number | undefined {
  const index = MONTHS.indexOf(month.toLowerCase())
  const date = Number(day)
  if (index < 0 || date < 1 || date > 31 || Number(h) > 23 || Number(m) > 59 || Number(s) > 60) return undefined
  const time = Date.UTC(year, index, date, Number(h), Number(m), Number(s))
  return new Date(time).getUTCDate() === date || Number(s) === 60 ? time : undefined
}

/** The one read last: many responses a second carry the same Date. */
let lastFixdate: { readonly value: string; readonly time: number | undefined } = { value: '', time: undefined }

/** ms since 1970, or undefined where the value is no HTTP-date. `now` (ms) resolves the two-digit years of RFC 850. */
export function httpDate(value: string, now = 0): number | undefined {
  if (value === lastFixdate.value) return lastFixdate.time
  const text = value.trim()
  const imf = IMF.exec(text)
  if (imf) {
    const time = epoch(Number(imf[3]), imf[2] ?? '', imf[1] ?? '', imf[4] ?? '', imf[5] ?? '', imf[6] ?? '')
    lastFixdate = { value, time }
    return time
  }
  const old = RFC850.exec(text)
  if (old) {
    // RFC 9110 §5.6.7: a two-digit year more than 50 years ahead means the most recent past year with those digits.
    const century = Math.floor(new Date(now).getUTCFullYear() / 100) * 100
    const year = century + Number(old[3])
    const close = year > new Date(now).getUTCFullYear() + 50 ? year - 100 : year
    return epoch(close, old[2] ?? '', old[1] ?? '', old[4] ?? '', old[5] ?? '', old[6] ?? '')
  }
  const asc = ASCTIME.exec(text)
  if (asc) {
    return epoch(Number(asc[6]), asc[1] ?? '', (asc[2] ?? '').trim(), asc[3] ?? '', asc[4] ?? '', asc[5] ?? '')
  }
  return undefined
}

/** The preferred form, IMF-fixdate. */
export function formatHttpDate(time: number): string {
  return new Date(time).toUTCString()
}
