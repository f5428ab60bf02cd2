// The authority on disk: one for ten simultaneous starts, private, checked, repaired or reported.
import { fork } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { loadAuthority } from '../../src/proxy/authority.ts'

const fresh = (): string => join(mkdtempSync(join(tmpdir(), 'telltale-authority-')), 'certs')

await t.test('ten simultaneous first starts make one authority', async (t) => {
  const dir = fresh()
  const prints = await Promise.all(
    Array.from(
      { length: 10 },
      () =>
        new Promise((resolve) => fork(join(import.meta.dirname, 'authority-child.ts'), [dir]).once('message', resolve)),
    ),
  )
  t.equal(new Set(prints).size, 1)
  t.same(readdirSync(dir).sort(), ['ca.key', 'ca.pem'], 'no draft is left')
  t.equal(statSync(dir).mode & 0o777, 0o700)
  t.equal(statSync(join(dir, 'ca.key')).mode & 0o777, 0o600)
})

await t.test('leaves and authority are what clients accept', async (t) => {
  const authority = loadAuthority(fresh())
  const ca = new X509Certificate(authority.caPem)
  t.ok(ca.ca)
  t.match(ca.subject, /^CN=Telltale CA [0-9a-f]{8}$/)
  t.ok(Date.parse(ca.validTo) - Date.parse(ca.validFrom) <= 3653 * 24 * 3600 * 1000)
  for (const [host, altName] of [
    ['a.test', 'DNS:a.test'],
    ['127.0.0.1', 'IP Address:127.0.0.1'],
    ['::1', 'IP Address:0:0:0:0:0:0:0:1'],
  ] as const) {
    const leaf = new X509Certificate(authority.leafPem(host))
    t.equal(leaf.subjectAltName, altName)
    t.ok(leaf.verify(ca.publicKey))
    t.notOk(leaf.ca)
    t.ok(Date.parse(leaf.validTo) - Date.parse(leaf.validFrom) <= 197 * 24 * 3600 * 1000)
    t.ok(Date.parse(leaf.validFrom) < Date.now() - 24 * 3600 * 1000, 'backdated')
  }
})

await t.test('a broken pair is moved aside, or reported where the user named the folder', async (t) => {
  const dir = fresh()
  const before = loadAuthority(dir).caPem
  writeFileSync(join(dir, 'ca.pem'), 'nonsense')
  t.throws(() => loadAuthority(dir, { repair: false }), /cannot be used|not a certificate/)
  const after = loadAuthority(dir)
  t.not(after.caPem, before)
  t.equal(after.notices.length, 1)
  t.ok(readdirSync(dir).some((name) => name.startsWith('ca.pem.broken-')))
})

await t.test('a key that was cut anywhere is moved aside with its certificate, and told', async (t) => {
  const dir = fresh()
  loadAuthority(dir)
  const length = statSync(join(dir, 'ca.key')).size
  for (const left of [0, 1, 27, Math.floor(length / 2), length - 30, length - 2]) {
    const before = loadAuthority(dir)
    t.same(before.notices, [], 'whole')
    truncateSync(join(dir, 'ca.key'), left)
    const after = loadAuthority(dir)
    t.equal(after.notices.length, 1, `${left} of ${length} octets`)
    t.not(after.caPem, before.caPem)
    t.ok(new X509Certificate(after.leafPem('a.test')).verify(new X509Certificate(after.caPem).publicKey))
  }
})

await t.test('a key that others may read is repaired', async (t) => {
  const dir = fresh()
  loadAuthority(dir)
  chmodSync(join(dir, 'ca.key'), 0o644)
  t.match(loadAuthority(dir).notices, [/could be read by other users/])
  t.equal(statSync(join(dir, 'ca.key')).mode & 0o777, 0o600)
  t.match(readFileSync(join(dir, 'ca.key'), 'utf8'), /PRIVATE KEY/)
})
