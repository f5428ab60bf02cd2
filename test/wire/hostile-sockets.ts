// Hostile clients below HTTP: TLS that is none, SOCKS that is none, and tunnels that are broken off.
import { type HostileCase, wait } from './hostile-case.ts'

const hex = (text: string): Buffer => Buffer.from(text.replace(/\s+/g, ''), 'hex')
const gone = (name: string, client: HostileCase['client'], more: Partial<HostileCase> = {}): HostileCase => ({
  name,
  client,
  ends: 'gone',
  unheard: true,
  ...more,
})

/** A ClientHello with these extensions, as one record. */
function hello(extensions: Buffer, version = '0301'): Buffer {
  const body = Buffer.concat([
    hex('0303'),
    Buffer.alloc(32, 7),
    hex('00'),
    hex('0002 1301'),
    hex('0100'),
    size(extensions, 2),
    extensions,
  ])
  const message = Buffer.concat([hex('01'), size(body, 3), body])
  return Buffer.concat([hex('16'), hex(version), size(message, 2), message])
}
function size(bytes: Buffer, width: number): Buffer {
  const out = Buffer.alloc(width)
  out.writeUIntBE(bytes.length, 0, width)
  return out
}
const sni = (name: string): Buffer => {
  const text = Buffer.from(name, 'latin1')
  const entry = Buffer.concat([hex('00'), size(text, 2), text])
  const list = Buffer.concat([size(entry, 2), entry])
  return Buffer.concat([hex('0000'), size(list, 2), list])
}
const connect = 'CONNECT @host HTTP/1.1\r\nHost: @host\r\n\r\n'

const direct: HostileCase[] = [
  gone('TLS: a record of zeros', [hex('1603010200'), Buffer.alloc(512)]),
  gone('TLS: a hello without a name', [hello(Buffer.alloc(0))]),
  gone('TLS: a hello cut in the middle', [hello(sni('a.test')).subarray(0, 40), wait(20), 'fin']),
  gone('TLS: a hello that stops', [hello(sni('a.test')).subarray(0, 40)]),
  gone('TLS: a hello that ends with RST', [hello(sni('a.test')).subarray(0, 40), wait(20), 'rst']),
  gone('TLS: an alert first', [hex('15 0301 0002 0228')]),
  gone('TLS: application data first', [hex('17 0303 0004 00010203')]),
  gone('TLS: SSL 2', [hex('80 2e 01 0002 0015 0000 0010'), Buffer.alloc(60)]),
  gone('TLS: a record of 65535', [hex('16 0301 ffff'), Buffer.alloc(70_000, 1)]),
  gone('TLS: a hello of sixteen megabytes', [hex('16 0301 4000 01 ffffff'), Buffer.alloc(40_000)]),
  gone('TLS: extensions longer than the hello', [
    hex('16 0301 002d 01 000029 0303'),
    Buffer.alloc(32),
    hex('00 0002 1301 0100 ffff'),
  ]),
  gone('TLS: a name with a NUL', [hello(sni('a\0b.test'))]),
  gone('TLS: a name with a slash', [hello(sni('../../etc/passwd'))]),
  gone('TLS: a name of nothing', [hello(sni(''))]),
  gone('TLS: a hundred empty records', [
    Buffer.concat(Array.from({ length: 100 }, () => hex('16 0301 0000'))),
    wait(10),
    'fin',
  ]),
]

const tunnelled: HostileCase[] = [
  ['a record of zeros', [hex('1603010200'), Buffer.alloc(512)]],
  ['a hello cut in the middle', [hello(sni('localhost')).subarray(0, 40), wait(20), 'fin']],
  ['a hello and then FIN', [hello(sni('localhost')), wait(20), 'fin']],
  ['a hello and then RST', [hello(sni('localhost')), wait(20), 'rst']],
  ['a hello and then garbage', [hello(sni('localhost')), wait(20), Buffer.alloc(500, 9)]],
  ['a hello in SSL 3', [hello(sni('localhost'), '0300')]],
  ['a hello that stops', [hello(sni('localhost')).subarray(0, 30)]],
  ['a heartbeat', [hex('18 0302 0003 01 4000'), wait(20), 'fin']],
].map(([name, steps]) => ({
  name: `TLS in a tunnel: ${name as string}`,
  client: [connect, wait(10), ...(steps as HostileCase['client'])],
  got: /^HTTP\/1\.1 200 /,
  ends: 'gone' as const,
  atOnce: true as const,
  origin: [wait(100), 'fin'],
}))

const socks: HostileCase[] = [
  gone('SOCKS: no methods', [hex('05 00')]),
  gone('SOCKS: methods we do not offer', [hex('05 02 01 80')]),
  gone('SOCKS: a greeting cut', [hex('05 05 00'), wait(20), 'fin']),
  gone('SOCKS: a greeting that stops', [hex('05 05 00')]),
  gone('SOCKS: a request of another version', [hex('05 01 00'), wait(10), hex('04 01 00 01 7f000001 0050')]),
  gone('SOCKS: BIND', [hex('05 01 00'), wait(10), hex('05 02 00 01 7f000001 0050')]),
  gone('SOCKS: UDP', [hex('05 01 00'), wait(10), hex('05 03 00 01 7f000001 0050')]),
  gone('SOCKS: an unknown kind of address', [hex('05 01 00'), wait(10), hex('05 01 00 09 7f000001 0050')]),
  gone('SOCKS: an empty name', [hex('05 01 00'), wait(10), hex('05 01 00 03 00 0050')]),
  gone('SOCKS: a name with NUL', [hex('05 01 00'), wait(10), hex('05 01 00 03 03 610062 0050')]),
  gone('SOCKS: a name with a line end', [hex('05 01 00'), wait(10), hex('05 01 00 03 04 610d0a62 0050')]),
  gone('SOCKS: a request that stops', [hex('05 01 00'), wait(10), hex('05 01 00 03 ff')]),
  gone('SOCKS: garbage', [hex('05'), Buffer.alloc(300, 0xff), wait(10), 'fin']),
  gone('SOCKS 4', [hex('04 01 0050 7f000001 00')]),
]

export const hostileSockets: readonly HostileCase[] = [...direct, ...tunnelled, ...socks]
