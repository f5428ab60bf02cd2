// Tells a folder on a network file system, where memory shared between processes does not work: no write-ahead log there.
import { readFileSync, realpathSync, statfsSync } from 'node:fs'

/** As mount(8) names them; `fuse.` stands before those that a program serves. */
const remoteTypes =
  /^(?:nfs4?|cifs|smb[23]?|smbfs|ncpfs|9p|afs|ceph|coda|davfs|glusterfs|lustre|gpfs|beegfs|ocfs2|gfs2|vboxsf|vmhgfs|prl_fs|drvfs|fuse\.(?:sshfs|s3fs|gcsfuse|glusterfs|rclone|davfs2?|cephfs.*|ceph-fuse|vmhgfs-fuse|curlftpfs|goofys|juicefs|blobfuse2?|smbnetfs))$/

/** The same by number (statfs(2)), where there is no list of mounts: NFS, SMB, CIFS, SMB2, 9P. */
const remoteNumbers: ReadonlySet<number> = new Set([0x6969, 0x517b, 0xff534d42, 0xfe534d42, 0x01021997])

/** fstab(5): spaces and the like are written as octal numbers. */
const unescaped = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)))

/** The type of the file system that holds this folder, from text as in /proc/mounts; of two mounts on one place the later counts. */
export function mountedType(mounts: string, folder: string): string | undefined {
  let [length, type] = [-1, undefined as string | undefined]
  for (const line of mounts.split('\n')) {
    const [, at, of] = line.split(' ')
    if (at === undefined || of === undefined) continue
    const point = unescaped(at)
    const holds = point === '/' || folder === point || folder.startsWith(`${point}/`)
    if (holds && point.length >= length) [length, type] = [point.length, of]
  }
  return type
}

/** `mounts`: a file like /proc/mounts. */
export function isRemote(folder: string, mounts = '/proc/self/mounts'): boolean {
  try {
    const type = mountedType(readFileSync(mounts, 'utf8'), realpathSync(folder))
    if (type !== undefined) return remoteTypes.test(type)
  } catch {
    // Not Linux.
  }
  return remoteNumbers.has(statfsSync(folder).type >>> 0)
}
