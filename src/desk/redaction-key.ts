// The key of a data directory that placeholders of secrets are made with: made at random once, kept, and never given away.
import { createHash, randomBytes } from 'node:crypto'
import { linkSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keyedHash } from '../http/keyed-hash.ts'

const shape = /^[0-9a-f]{64}$/

function read(file: string): string | undefined {
  try {
    const key = readFileSync(file, 'utf8').trim()
    return shape.test(key) ? key : undefined
  } catch {
    return undefined
  }
}

/**
 * 64 hexadecimal digits. The same at every start, so that the same secret has the same placeholder in every export of
 * this data directory. Where it cannot be kept (a full disk), it serves until the end of the process.
 */
export function redactionKey(dataDir: string): string {
  const file = join(dataDir, 'redaction-key')
  const known = read(file)
  if (known) return known
  const key = randomBytes(32).toString('hex')
  const draft = `${file}.${process.pid}-${key.slice(0, 8)}`
  try {
    writeFileSync(draft, `${key}\n`, { mode: 0o600, flag: 'wx' })
    try {
      linkSync(draft, file)
    } catch {
      // Another process was first, or what stands there is no key: then it is replaced.
      const theirs = read(file)
      if (theirs) return theirs
      rmSync(file, { force: true })
      linkSync(draft, file)
    }
  } catch {
    return read(file) ?? key
  } finally {
    try {
      unlinkSync(draft)
    } catch {}
  }
  return key
}

/** Texts are secrets to be named: keyed. Octets are contents, whose digest anybody may make again. */
export function redactionHash(key: string): (value: Uint8Array | string) => string {
  const hash = (value: Uint8Array | string) => createHash('sha256').update(value).digest('hex')
  const named = keyedHash(key, hash)
  return (value) => (typeof value === 'string' ? named(value) : hash(value))
}
