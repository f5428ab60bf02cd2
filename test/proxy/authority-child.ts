// A first start in a process of its own: loads the authority of a folder and tells its fingerprint.
import { X509Certificate } from 'node:crypto'
import { loadAuthority } from '../../src/proxy/authority.ts'

process.send?.(new X509Certificate(loadAuthority(process.argv[2] ?? '').caPem).fingerprint256)
process.disconnect()
