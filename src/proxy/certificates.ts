// Encodes X.509 certificates (RFC 5280) with node-forge's ASN.1 writer; keys and signatures are node:crypto's.
import { createHash, createPublicKey, type KeyObject, randomBytes, sign, X509Certificate } from 'node:crypto'
import { createRequire } from 'node:module'
import { isIP } from 'node:net'
import type forge from 'node-forge'

// These files alone: all of them would make each start 16 ms longer and 2.5 MiB larger.
const require = createRequire(import.meta.url)
const asn1: typeof forge.asn1 = require('node-forge/lib/asn1')
const { createBuffer, encodeUtf8 }: typeof forge.util = require('node-forge/lib/util')
type Node = forge.asn1.Asn1
const { Class, Type } = asn1
const day = 24 * 3600 * 1000

/** Chromium refuses leaves that live longer than 200 days; clients' clocks lag. */
const leafDays = 197
const backdateDays = 2
const caDays = 3650

const oid = (dotted: string): Node => asn1.create(Class.UNIVERSAL, Type.OID, false, asn1.oidToDer(dotted).getBytes())
const seq = (...parts: Node[]): Node => asn1.create(Class.UNIVERSAL, Type.SEQUENCE, true, parts)
const octets = (node: Node): Node => asn1.create(Class.UNIVERSAL, Type.OCTETSTRING, false, asn1.toDer(node).getBytes())
const boolean = (value: boolean): Node =>
  asn1.create(Class.UNIVERSAL, Type.BOOLEAN, false, String.fromCharCode(value ? 255 : 0))
const integer = (bytes: Buffer): Node => asn1.create(Class.UNIVERSAL, Type.INTEGER, false, bytes.toString('latin1'))
const bits = (bytes: Buffer, unused = 0): Node =>
  asn1.create(Class.UNIVERSAL, Type.BITSTRING, false, String.fromCharCode(unused) + bytes.toString('latin1'))
const context = (tag: number, constructed: boolean, value: string | Node[]): Node =>
  asn1.create(Class.CONTEXT_SPECIFIC, tag, constructed, value)
const fromDer = (der: Buffer): Node => asn1.fromDer(createBuffer(der.toString('latin1')))
const toDer = (node: Node): Buffer => Buffer.from(asn1.toDer(node).getBytes(), 'latin1')

function child(node: Node | undefined, index: number): Node {
  const found = Array.isArray(node?.value) ? node.value[index] : undefined
  if (!found) throw new Error('The certificate is not shaped as RFC 5280 says.')
  return found
}

/** UTCTime until 2049, GeneralizedTime after (RFC 5280 §4.1.2.5). */
function time(at: Date): Node {
  return at.getUTCFullYear() < 2050
    ? asn1.create(Class.UNIVERSAL, Type.UTCTIME, false, asn1.dateToUtcTime(at))
    : asn1.create(Class.UNIVERSAL, Type.GENERALIZEDTIME, false, asn1.dateToGeneralizedTime(at))
}

const name = (commonName: string): Node =>
  seq(
    asn1.create(Class.UNIVERSAL, Type.SET, true, [
      seq(oid('2.5.4.3'), asn1.create(Class.UNIVERSAL, Type.UTF8, false, encodeUtf8(commonName))),
    ]),
  )

const extension = (id: string, critical: boolean, value: Node): Node =>
  critical ? seq(oid(id), boolean(true), octets(value)) : seq(oid(id), octets(value))

/** SHA-1 of the key's bits names a key (RFC 5280 §4.2.1.2); it secures nothing. */
function keyIdentifier(spki: Buffer): string {
  const value = child(fromDer(spki), 1).value
  const key = typeof value === 'string' ? Buffer.from(value.slice(1), 'latin1') : Buffer.alloc(0)
  return createHash('sha1').update(key).digest().toString('latin1')
}

const subjectKey = (id: string): Node =>
  extension('2.5.29.14', false, asn1.create(Class.UNIVERSAL, Type.OCTETSTRING, false, id))
const authorityKey = (id: string): Node => extension('2.5.29.35', false, seq(context(0, false, id)))

/** Positive, 16 octets, never shortened by DER. */
function serial(): Node {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return integer(bytes)
}

const ecdsaWithSha256 = (): Node => seq(oid('1.2.840.10045.4.3.2'))

function signed(parts: Node[], key: KeyObject): string {
  const toBeSigned = seq(...parts)
  const signature = sign('sha256', toDer(toBeSigned), key)
  const der = toDer(seq(toBeSigned, ecdsaWithSha256(), bits(signature)))
  const lines = der.toString('base64').match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

const version3 = (): Node => context(0, true, [integer(Buffer.from([2]))])
const validity = (days: number, now: number): Node =>
  seq(time(new Date(now - backdateDays * day)), time(new Date(now + (days - backdateDays) * day)))
const spkiOf = (key: KeyObject): Buffer => createPublicKey(key).export({ type: 'spki', format: 'der' })

/** A self-signed authority that may sign leaves only (path length 0). */
export function certifyAuthority(key: KeyObject, commonName: string, now = Date.now()): string {
  const spki = spkiOf(key)
  const id = keyIdentifier(spki)
  const extensions = seq(
    extension('2.5.29.19', true, seq(boolean(true), integer(Buffer.from([0])))),
    extension('2.5.29.15', true, bits(Buffer.from([0x06]), 1)),
    subjectKey(id),
    authorityKey(id),
  )
  const who = name(commonName)
  const parts = [version3(), serial(), ecdsaWithSha256(), who, validity(caDays, now), who, fromDer(spki)]
  return signed([...parts, context(3, true, [extensions])], key)
}

function addressOctets(address: string): string {
  if (isIP(address) === 4) return String.fromCharCode(...address.split('.').map(Number))
  const [head = '', tail] = address.replace(/%.*$/, '').split('::')
  const groups = (part: string): number[] =>
    part.split(':').flatMap((group) => {
      if (group === '') return []
      if (!group.includes('.')) return [Number.parseInt(group, 16)]
      const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
      return [a * 256 + b, c * 256 + d]
    })
  const first = groups(head)
  const last = tail === undefined ? [] : groups(tail)
  const all = [...first, ...new Array<number>(Math.max(0, 8 - first.length - last.length)).fill(0), ...last]
  return all.map((group) => String.fromCharCode(group >> 8, group & 255)).join('')
}

export type Issuer = { readonly certificatePem: string; readonly key: KeyObject }

/** What every leaf of one issuer has in common, read once. */
export function leafMaker(issuer: Issuer, leafKey: KeyObject): (host: string, now?: number) => string {
  const certificate = fromDer(Buffer.from(new X509Certificate(issuer.certificatePem).raw))
  const issuerName = child(child(certificate, 0), 5)
  const issuerKeyId = keyIdentifier(spkiOf(issuer.key))
  const spki = spkiOf(leafKey)
  const publicKey = fromDer(spki)
  const leafKeyId = keyIdentifier(spki)
  return (host, now = Date.now()) => {
    const altName = isIP(host) ? context(7, false, addressOctets(host)) : context(2, false, host)
    const extensions = seq(
      extension('2.5.29.19', true, seq()),
      extension('2.5.29.15', true, bits(Buffer.from([0x80]), 7)),
      extension('2.5.29.37', false, seq(oid('1.3.6.1.5.5.7.3.1'))),
      extension('2.5.29.17', false, seq(altName)),
      subjectKey(leafKeyId),
      authorityKey(issuerKeyId),
    )
    // RFC 5280 allows 64 characters in a common name; longer hosts stand in the SAN alone.
    const subject = name(host.length <= 64 ? host : 'Telltale leaf')
    const parts = [version3(), serial(), ecdsaWithSha256(), issuerName, validity(leafDays, now), subject, publicKey]
    return signed([...parts, context(3, true, [extensions])], issuer.key)
  }
}
