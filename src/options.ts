// The one table of command-line options: name, kind, default, help; and the reading of a command line by it.
import { parseArgs } from 'node:util'
import { mostStreamEvents } from './exchange/socket-message.ts'

/** `size` takes `8MiB`, `500k`, `1G` (powers of 1024); `port` 0 to 65535, 0 = choose; `list` may be given several times. */
type Kind = 'flag' | 'text' | 'port' | 'size' | 'count' | 'list'

type Option = {
  readonly kind: Kind
  readonly default?: string
  readonly short?: string
  readonly value?: string
  readonly help: string
}

const MiB = 1024 * 1024

export const options = {
  port: { kind: 'port', default: '8080', short: 'p', value: 'PORT', help: 'port of the proxy; 0 chooses one' },
  'ui-port': { kind: 'port', default: '8081', value: 'PORT', help: 'port of the page; 0 chooses one' },
  host: {
    kind: 'text',
    default: '127.0.0.1',
    value: 'ADDRESS',
    help: 'address the proxy listens on; the page always stays on 127.0.0.1',
  },
  'proxy-auth': {
    kind: 'text',
    value: 'USER:PASSWORD',
    help: 'what clients must send; required when --host is not loopback',
  },
  'data-dir': {
    kind: 'text',
    value: 'DIR',
    help: 'where captures are kept (default TELLTALE_HOME or ~/.telltale; .telltale of a checkout)',
  },
  certs: { kind: 'text', value: 'DIR', help: 'where the CA is kept (default: certs in the data directory)' },
  mode: { kind: 'list', value: 'MODE', help: 'regular, socks5, reverse:[PORT=]URL or upstream:URL; may be repeated' },
  'upstream-ca': { kind: 'list', value: 'FILE', help: 'PEM file of a CA to trust for origins, beside the usual ones' },
  insecure: { kind: 'list', value: 'HOST', help: 'do not verify the certificate of this host; *.example.com allowed' },
  'pass-through': { kind: 'list', value: 'HOST', help: 'relay this host unopened; *.example.com allowed' },
  'client-cert': { kind: 'list', value: 'HOST=FILE', help: 'PEM file with certificate and key to show to this host' },
  session: { kind: 'text', value: 'NAME', help: 'name of this capture session' },
  'keep-no-proxy': { kind: 'flag', help: "leave the child's NO_PROXY as it is (run)" },
  'max-content': { kind: 'size', default: '8MiB', value: 'SIZE', help: 'content kept of one message' },
  'max-store': {
    kind: 'size',
    default: '1GiB',
    value: 'SIZE',
    help: 'size of the store; the oldest captures go first',
  },
  'max-exchanges': { kind: 'count', default: '100000', value: 'N', help: 'exchanges kept; the oldest go first' },
  durable: { kind: 'flag', help: 'survive power loss as well (slower)' },
  open: { kind: 'flag', help: 'open the page in the browser' },
  json: { kind: 'flag', help: 'print JSON, one object a line' },
  unset: { kind: 'flag', help: 'print how to undo it' },
  shell: { kind: 'text', value: 'NAME', help: 'sh, fish or powershell (default: from SHELL)' },
  limit: { kind: 'count', default: '100', short: 'n', value: 'N', help: 'rows at most, newest first; 0 lists all' },
  everywhere: { kind: 'flag', help: 'look for words in headers, content and messages too, not in URLs only' },
  headers: { kind: 'flag', help: 'only the header lines of both messages' },
  body: { kind: 'flag', help: 'only the octets of the response body, decoded' },
  request: { kind: 'flag', help: 'with --body: the body of the request' },
  har: { kind: 'flag', help: 'as a HAR file of one entry' },
  format: { kind: 'text', value: 'NAME', help: 'format to read or to write' },
  'fail-on': {
    kind: 'text',
    default: 'error',
    value: 'LEVEL',
    help: 'exit with 1 where a finding is this bad: error, warning, note or none',
  },
  mute: { kind: 'list', value: 'RULE', help: 'leave this rule out: an id, or group/*; may be repeated' },
  output: { kind: 'text', short: 'o', value: 'FILE', help: 'where to write; - is standard output' },
  'with-secrets': { kind: 'flag', help: 'leave credentials and cookies as they are' },
  'set-header': { kind: 'list', short: 'H', value: 'NAME: VALUE', help: 'set this header; may be repeated' },
  verbose: { kind: 'flag', short: 'v', help: 'say more' },
  help: { kind: 'flag', short: 'h', help: 'show this' },
} as const satisfies Record<string, Option>

export type OptionName = keyof typeof options

/** Options of the commands that start a proxy. */
export const proxyOptions: readonly OptionName[] = [
  'port',
  'ui-port',
  'host',
  'proxy-auth',
  'data-dir',
  'certs',
  'mode',
  'upstream-ca',
  'insecure',
  'pass-through',
  'client-cert',
  'session',
  'max-content',
  'max-store',
  'max-exchanges',
  'durable',
  'json',
  'verbose',
  'help',
]

/** An error whose message is one sentence for the person at the terminal, with the exit status it leads to. */
export type Refusal = Error & { readonly exitStatus: number }

/** 2: a mistake on the command line; 1: it was understood but cannot be done. */
export function refusal(message: string, exitStatus: 1 | 2 = 1): Refusal {
  return Object.assign(new Error(message), { exitStatus })
}

export type Options = {
  readonly given: (name: OptionName) => boolean
  readonly flag: (name: OptionName) => boolean
  readonly text: (name: OptionName) => string | undefined
  readonly list: (name: OptionName) => readonly string[]
  /** Sizes in octets, counts and ports as they are. */
  readonly number: (name: OptionName) => number
  readonly positionals: readonly string[]
  /** What stood behind `--`. */
  readonly rest: readonly string[]
}

/** Octets of `500`, `500k`, `8MiB`, `1.5G`; undefined if it is no size. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*(?:([kmgt])i?)?b?$/i.exec(text)
  if (!match) return undefined
  const power = match[2] ? 'kmgt'.indexOf(match[2].toLowerCase()) + 1 : 0
  return Math.round(Number(match[1]) * 1024 ** power)
}

/**
 * Reads the options a command allows, in Node's own grammar (`--name value`, `--name=value`, `-p 1`).
 * @throws Refusal with one sentence that names the option and what would be right.
 */
export function readOptions(args: readonly string[], allowed: readonly OptionName[]): Options {
  const end = args.indexOf('--')
  const before = end === -1 ? args : args.slice(0, end)
  const table = Object.fromEntries(
    allowed.map((name) => {
      const option: Option = options[name]
      const type: 'boolean' | 'string' = option.kind === 'flag' ? 'boolean' : 'string'
      return [name, { type, multiple: true, ...(option.short ? { short: option.short } : {}) }]
    }),
  )
  let parsed: { values: Record<string, unknown>; positionals: string[] }
  try {
    parsed = parseArgs({ args: [...before], options: table, allowPositionals: true, strict: true })
  } catch (error) {
    throw refusal(plain(error, allowed), 2)
  }
  const values = (name: OptionName) => (parsed.values[name] ?? []) as readonly (string | boolean)[]
  const last = (name: OptionName): string | undefined => {
    const value = values(name).at(-1)
    return typeof value === 'string' ? value : (options[name] as Option).default
  }
  const number = (name: OptionName): number => {
    const text = last(name) ?? ''
    const { kind } = options[name]
    const value = kind === 'size' ? parseSize(text) : /^\d+$/.test(text) ? Number(text) : undefined
    if (value === undefined || (kind === 'port' && value > 65535)) {
      const wanted =
        kind === 'size' ? 'a size such as 8MiB' : kind === 'port' ? 'a port from 0 to 65535' : 'a whole number'
      throw refusal(`--${name} takes ${wanted}, not "${text}".`, 2)
    }
    return value
  }
  for (const name of allowed) if (['port', 'size', 'count'].includes(options[name].kind)) number(name)
  return {
    given: (name) => values(name).length > 0,
    flag: (name) => values(name).at(-1) === true,
    text: last,
    list: (name) => values(name).filter((value) => typeof value === 'string'),
    number,
    positionals: parsed.positionals,
    rest: end === -1 ? [] : args.slice(end + 1),
  }
}

function plain(error: unknown, allowed: readonly OptionName[]): string {
  const { code, message } = error as { code?: string; message: string }
  const name = (/--[\w-]+/.exec(message) ?? /'(-[^'\s]+)/.exec(message))?.at(-1) ?? ''
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const near = allowed.find((known) => known.startsWith(name.replace(/^-+/, '').slice(0, 4)) && name.length > 3)
    return `There is no option ${name} here${near ? `; did you mean --${near}?` : '; --help lists what there is.'}`
  }
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE') {
    return /does not take an argument/.test(message) ? `${name} takes no value.` : `${name} needs a value.`
  }
  return message.split('\n')[0] ?? message
}

/** The options of a command as help text, one a line. */
export function describeOptions(allowed: readonly OptionName[]): string {
  return allowed
    .map((name) => {
      const option: Option = options[name]
      const left = `${option.short ? `-${option.short}, ` : '    '}--${name}${option.value ? ` ${option.value}` : ''}`
      return `  ${left.padEnd(30)} ${option.help}${option.default ? ` (default ${option.default})` : ''}`
    })
    .join('\n')
}

export const limits = {
  /** Content octets the outbox holds before it sheds. */
  outboxOctets: 32 * MiB,
  /** What waits in the desk while the store takes nothing: contents (octets), exchanges, messages. */
  waiting: { octets: 32 * MiB, exchanges: 10_000, messages: 20_000 },
  /** Largest frame the page may send, octets. */
  liveFrame: MiB,
  /** Octets a watcher's socket may lag before its rows are dropped to a resync. */
  liveBacklog: MiB,
  /** Events of one event stream that are kept as messages. */
  streamEvents: mostStreamEvents,
  /** Octets kept of one such event. */
  streamEvent: MiB / 16,
  /** Decoded content a viewer is given, octets. */
  decodedContent: 16 * MiB,
  /** Decoded content a rule reads, octets. */
  diagnosedContent: 2 * MiB,
  /** How long the head of a request to the page may take. */
  apiHeadMs: 60_000,
  /** Largest body of an API call other than import, octets. */
  apiBody: 16 * MiB,
  /** Largest file taken by import, octets. */
  importFile: 512 * MiB,
} as const
