// What a field list must be (RFC 9113 §8.2, §8.3): requests are held to all of it, answers to what can be relayed.

export type CheckedFields = {
  /** What is wrong with it, or ''. */
  readonly why: string
  /** As Content-Length says, else -1. */
  readonly length: number
  /** 0 for a request. */
  readonly status: number
  /** The list without what cannot be passed on. */
  readonly fields: string[]
}

/** What a name is; a pseudo field has a bit of its own. */
const pseudo: Readonly<Record<string, number>> = {
  ':method': 1,
  ':scheme': 2,
  ':authority': 4,
  ':path': 8,
  ':protocol': 16,
  ':status': 32,
}
const [plain, length, te, host, hopByHop, upperCase, noName, unknownPseudo] = [64, 65, 66, 67, 68, 69, 70, 71]
const special: Readonly<Record<string, number>> = {
  ...pseudo,
  'content-length': length,
  te,
  host,
  connection: hopByHop,
  'keep-alive': hopByHop,
  'proxy-connection': hopByHop,
  'transfer-encoding': hopByHop,
  upgrade: hopByHop,
}

const token = /^[!#$%&'*+\-.^_`|~0-9a-z]+$/
const known = new Map<string, number>(Object.entries(special))
const keptNames = 2000

function kindOf(name: string): number {
  const before = known.get(name)
  if (before !== undefined) return before
  const kind = token.test(name) ? plain : name.startsWith(':') ? unknownPseudo : /[A-Z]/.test(name) ? upperCase : noName
  // Names come again and again; a peer that invents them gains nothing.
  if (known.size < keptNames && name.length < 64) known.set(name, kind)
  return kind
}

const lineEnd = /[\0\r\n]/
const digits = /^\d{1,15}$/
const method = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const scheme = /^[A-Za-z][A-Za-z0-9+\-.]*$/
const visible = /^[\x21-\x7e\x80-\xff]*$/

const malformed = (why: string): CheckedFields => ({ why, length: -1, status: 0, fields: [] })

function pseudoFault(kind: number, name: string, value: string): string {
  const right =
    kind === 1 ? method.test(value) : kind === 2 || kind === 16 ? scheme.test(value) : kind < 16 && visible.test(value)
  return right ? '' : `${name} is not what it may be`
}

/** The pseudo fields a request has, as bits: are they the right ones (RFC 9113 §8.3.1, §8.5, RFC 8441 §4)? */
function lacking(seen: number, verb: string, path: string, named: boolean, extended: boolean): string {
  if (seen & 16 && !(extended && verb === 'CONNECT')) return ':protocol was not asked for'
  if (verb === 'CONNECT' && !(seen & 16)) {
    if (seen & 10) return 'CONNECT has a scheme or a path'
    return seen & 4 ? '' : 'CONNECT names no host'
  }
  if ((seen & 11) !== 11) return 'a pseudo field is missing'
  if (!path.startsWith('/') && !(path === '*' && verb === 'OPTIONS')) return 'the path does not begin with a slash'
  return named ? '' : 'it names no host'
}

/** `extended`: extended CONNECT was offered. */
export function checkRequest(fields: string[], extended: boolean): CheckedFields {
  let seen = 0
  let named = false
  let plainYet = false
  let verb = ''
  let path = ''
  let declared = -1
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? ''
    const value = fields[i + 1] ?? ''
    const kind = kindOf(name)
    if (kind < 32) {
      if (plainYet) return malformed('a pseudo field stands after a plain one')
      if (seen & kind) return malformed(`${name} is there twice`)
      seen |= kind
      if (kind === 1) verb = value
      else if (kind === 4) named = value !== ''
      else if (kind === 8) path = value
      const why = pseudoFault(kind, name, value)
      if (why) return malformed(why)
      continue
    }
    plainYet = true
    const why = plainFault(kind, name, value)
    if (why) return malformed(why)
    if (kind === host) named ||= value !== ''
    else if (kind === length) {
      if (declared >= 0 || !digits.test(value)) return malformed('its content-length is not one number')
      declared = Number(value)
    }
  }
  const why = lacking(seen, verb, path, named, extended)
  return why ? malformed(why) : { why, length: declared, status: 0, fields }
}

function plainFault(kind: number, name: string, value: string): string {
  switch (kind) {
    case hopByHop:
      return `${name} has no place in HTTP/2`
    case te:
      // RFC 9113 §8.2.2.
      return value.toLowerCase() === 'trailers' ? '' : 'te is not "trailers"'
    case upperCase:
      return 'a field name has upper-case letters'
    case noName:
      return 'a field name is not a token'
    case unknownPseudo:
    case 32:
      return `${JSON.stringify(name.slice(0, 40))} is no pseudo field here`
    default:
      return lineEnd.test(value) ? `the value of ${name} holds a line end or NUL` : ''
  }
}

/** A head or, with `trailers`, what follows the content. What no peer would take is left out. */
export function checkResponse(fields: string[], trailers: boolean): CheckedFields {
  let status = 0
  let declared = -1
  let unfit = false
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? ''
    const value = fields[i + 1] ?? ''
    const kind = kindOf(name)
    if (kind === 32 && i === 0 && !trailers) {
      if (!/^[1-9]\d\d$/.test(value)) return malformed(':status is not a number of three digits')
      status = Number(value)
    } else if (kind <= 32 || kind === unknownPseudo) return malformed(`${name.slice(0, 40)} has no place there`)
    else if (kind === hopByHop || kind === upperCase) return malformed(plainFault(kind, name, value))
    else if (kind === noName || lineEnd.test(value)) unfit = true
    else if (kind === length)
      for (const text of value.split(',')) {
        const number = digits.test(text.trim()) ? Number(text) : -1
        if (number < 0 || (declared >= 0 && number !== declared))
          return malformed('its content-length is not one number')
        declared = number
      }
  }
  if (!trailers && status === 0) return malformed('it has no :status')
  // RFC 9113 §8.6: there is nothing to switch to.
  if (status === 101) return malformed('101 does not exist in HTTP/2')
  return { why: '', length: declared, status, fields: unfit ? fit(fields) : fields }
}

const fit = (fields: readonly string[]): string[] =>
  fields.filter((_, i) => kindOf(fields[i - (i % 2)] ?? '') !== noName && !lineEnd.test(fields[i - (i % 2) + 1] ?? ''))

/** Trailers of a request: no pseudo fields (RFC 9113 §8.1), and all else as in its head. */
export function checkTrailers(fields: string[]): CheckedFields {
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const name = fields[i] ?? ''
    const kind = kindOf(name)
    const why = kind < 32 ? `${name} stands in trailers` : plainFault(kind, name, fields[i + 1] ?? '')
    if (why) return malformed(why)
  }
  return { why: '', length: -1, status: 0, fields }
}
