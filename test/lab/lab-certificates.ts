// Certificates with every defect the lab needs, made by the same encoder as the product's, from an authority of its own.
import { generateKeyPairSync } from 'node:crypto'
import { certifyAuthority, leafMaker } from '../../src/proxy/certificates.ts'

const pair = () => generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).privateKey
const day = 86_400_000
const pem = (key: ReturnType<typeof pair>): string => key.export({ type: 'pkcs8', format: 'pem' }).toString()

const caKey = pair()
const leafKey = pair()
/** Trusted by the proxy of the lab. */
export const labCa = certifyAuthority(caKey, 'Lab CA')
const strangerKey = pair()
const strangerCa = certifyAuthority(strangerKey, 'Unknown CA')

const leaf = leafMaker({ certificatePem: labCa, key: caKey }, leafKey)
const strangerLeaf = leafMaker({ certificatePem: strangerCa, key: strangerKey }, leafKey)

export type KeyAndCertificate = { readonly key: string; readonly cert: string }

/** Leaves live 195 days from the moment they are made for. */
export const good: KeyAndCertificate = { key: pem(leafKey), cert: leaf('localhost') }
export const expired: KeyAndCertificate = { key: pem(leafKey), cert: leaf('localhost', Date.now() - 400 * day) }
export const notYetValid: KeyAndCertificate = { key: pem(leafKey), cert: leaf('localhost', Date.now() + 40 * day) }
export const otherName: KeyAndCertificate = { key: pem(leafKey), cert: leaf('shop.other.test') }
export const unknownAuthority: KeyAndCertificate = { key: pem(leafKey), cert: strangerLeaf('localhost') + strangerCa }
export const withoutIssuer: KeyAndCertificate = { key: pem(leafKey), cert: strangerLeaf('localhost') }
const ownKey = pair()
const itself = leafMaker({ certificatePem: certifyAuthority(ownKey, 'localhost'), key: ownKey }, ownKey)
export const selfSigned: KeyAndCertificate = { key: pem(ownKey), cert: itself('localhost') }
