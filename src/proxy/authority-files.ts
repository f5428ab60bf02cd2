// The two files of the authority on disk: made once by whoever comes first, checked and repaired at every load.
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  X509Certificate,
} from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { certifyAuthority } from './certificates.ts'
import { codeOf } from './failures.ts'

export type AuthorityFiles = {
  readonly caFile: string
  readonly caPem: string
  readonly key: KeyObject
  readonly notices: readonly string[]
}

/** Written whole beside its place, synced, then linked: `link` fails for all but the first. True when it was ours. */
function publish(file: string, text: string, mode: number): boolean {
  const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`
  const descriptor = openSync(draft, 'wx', mode)
  try {
    writeSync(descriptor, text)
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
  try {
    linkSync(draft, file)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    unlinkSync(draft)
  }
}

function privateKeyOf(keyFile: string): KeyObject | undefined {
  const pem = readFileSync(keyFile)
  try {
    return createPrivateKey(pem)
  } catch {
    return undefined
  }
}

/** The key is published first and decides who won; the certificate is always made for the key that stands there. */
function make(caFile: string, keyFile: string): void {
  if (!existsSync(keyFile)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' })
    publish(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600)
  }
  const key = privateKeyOf(keyFile)
  if (!key) throw new Error(`${keyFile} is not a private key`)
  publish(caFile, certifyAuthority(key, `Telltale CA ${randomBytes(4).toString('hex')}`), 0o644)
}

type Pair = { readonly caPem: string; readonly key: KeyObject }

/** Reads the pair; a string says what is wrong with it. */
function read(caFile: string, keyFile: string): Pair | string {
  let certificate: X509Certificate
  const caPem = readFileSync(caFile, 'utf8')
  try {
    certificate = new X509Certificate(caPem)
  } catch {
    return `${caFile} is not a certificate`
  }
  const key = privateKeyOf(keyFile)
  if (!key) return `${keyFile} is not a private key`
  if (!certificate.checkPrivateKey(key)) return `${keyFile} does not belong to ${caFile}`
  if (!certificate.ca) return `${caFile} is not a certificate authority`
  if (Date.parse(certificate.validTo) < Date.now()) return `${caFile} has expired`
  if (createPublicKey(key).asymmetricKeyType !== 'ec') return `${keyFile} is not an elliptic-curve key`
  return { caPem, key }
}

function moveAside(file: string, stamp: string): void {
  if (existsSync(file)) renameSync(file, `${file}.broken-${stamp}`)
}

/** Throws one sentence where the folder cannot be used, or, without `repair`, where what it holds is broken. */
export function authorityFiles(directory: string, repair: boolean): AuthorityFiles {
  const dir = resolve(directory)
  const caFile = join(dir, 'ca.pem')
  const keyFile = join(dir, 'ca.key')
  const notices: string[] = []
  try {
    if (statSync(dir, { throwIfNoEntry: false })?.isFile()) throw new Error('a file stands in its place')
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    if ((statSync(dir).mode & 0o077) !== 0) chmodSync(dir, 0o700)
    for (const file of [caFile, keyFile])
      if (existsSync(file) && !statSync(file).isFile()) throw new Error(`${file} is not a file`)
    if (existsSync(keyFile) && (statSync(keyFile).mode & 0o077) !== 0) {
      chmodSync(keyFile, 0o600)
      notices.push(`${keyFile} could be read by other users; it is now readable by you only.`)
    }
    const stamp = new Date().toISOString().replace(/[:.]/g, '-')
    // The certificate is only ever written after its key, so a key missing beside a certificate is really missing.
    if (existsSync(caFile) && !existsSync(keyFile)) {
      if (!repair) throw new Error(`${keyFile} is missing beside ${caFile}`)
      moveAside(caFile, stamp)
      notices.push(`${keyFile} was missing, so ${caFile} was moved aside and made anew: trust the new one.`)
    }
    if (!existsSync(caFile) && existsSync(keyFile) && repair && !privateKeyOf(keyFile)) {
      moveAside(keyFile, stamp)
      notices.push(`${keyFile} is not a private key; it was moved aside and a new CA was made: trust ${caFile}.`)
    }
    if (!existsSync(caFile) || !existsSync(keyFile)) make(caFile, keyFile)
    const pair = read(caFile, keyFile)
    if (typeof pair !== 'string') return { caFile, ...pair, notices }
    if (!repair) throw new Error(pair)
    moveAside(caFile, stamp)
    moveAside(keyFile, stamp)
    notices.push(`${pair}; both files were moved aside (*.broken-${stamp}) and made anew: trust the new ${caFile}.`)
    make(caFile, keyFile)
    const again = read(caFile, keyFile)
    if (typeof again === 'string') throw new Error(again)
    return { caFile, ...again, notices }
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/^E[A-Z]+: (.+?)(?:, \w+(?: '.*)?)?$/s, '$1') : String(error)
    throw new Error(`The certificate folder ${dir} cannot be used: ${reason}.`)
  }
}
