// A Git server over HTTPS on this machine, smart and dumb: `git http-backend` behind /smart/, plain files behind /dumb/.
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join, normalize } from 'node:path'
import type { SecureContext } from 'node:tls'
import { loadAuthority } from '../../src/proxy/authority.ts'
import { temporaryFolder } from './telltale.ts'

export type GitOrigin = { readonly url: string; readonly caFile: string; close(): void }

function git(cwd: string, ...args: string[]): void {
  const settings = ['-c', 'user.name=Test', '-c', 'user.email=test@localhost', '-c', 'init.defaultBranch=main']
  const { status, stderr } = spawnSync('git', [...settings, ...args], { cwd, encoding: 'utf8' })
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`)
}

/** A repository with one commit of a file large enough that its pack does not fit into one write. */
function makeRepository(): string {
  const folder = temporaryFolder('git')
  git(folder, 'init', '-q', 'work')
  const work = join(folder, 'work')
  writeFileSync(join(work, 'README'), 'cloned through the proxy\n')
  const noise = Array.from({ length: 40_000 }, (_, n) => ((n * 2_654_435_761) % 4_294_967_296).toString(36))
  writeFileSync(join(work, 'noise.txt'), noise.join('\n'))
  git(work, 'add', '.')
  git(work, 'commit', '-q', '-m', 'First')
  git(folder, 'clone', '-q', '--bare', 'work', 'repo.git')
  git(join(folder, 'repo.git'), 'update-server-info')
  return folder
}

/** CGI (RFC 3875): variables in, `Status` and fields out. */
function smart(folder: string, path: string, query: string, request: IncomingMessage, response: ServerResponse): void {
  const { headers } = request
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      GIT_PROJECT_ROOT: folder,
      GIT_HTTP_EXPORT_ALL: '1',
      REQUEST_METHOD: request.method,
      PATH_INFO: path,
      QUERY_STRING: query,
      CONTENT_TYPE: headers['content-type'] ?? '',
      HTTP_CONTENT_ENCODING: headers['content-encoding'] ?? '',
      GIT_PROTOCOL: String(headers['git-protocol'] ?? ''),
    },
  })
  request.pipe(child.stdin)
  child.stdin.on('error', () => undefined)
  let head: Buffer | undefined = Buffer.alloc(0)
  child.stdout.on('data', (chunk: Buffer) => {
    if (!head) return void response.write(chunk)
    head = Buffer.concat([head, chunk])
    const end = head.indexOf('\r\n\r\n')
    if (end === -1) return
    const lines = head.toString('latin1', 0, end).split('\r\n')
    const fields = lines.map((line): [string, string] => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon), line.slice(colon + 1).trim()]
    })
    const status = fields.find(([name]) => name === 'Status')?.[1] ?? '200'
    response.writeHead(Number.parseInt(status, 10), Object.fromEntries(fields.filter(([name]) => name !== 'Status')))
    response.write(head.subarray(end + 4))
    head = undefined
  })
  child.stdout.on('end', () => response.end())
}

function dumb(folder: string, path: string, response: ServerResponse): void {
  const file = join(folder, normalize(`/${path}`))
  const there = statSync(file, { throwIfNoEntry: false })?.isFile() === true
  response.writeHead(there ? 200 : 404, { 'Content-Type': 'application/octet-stream' })
  response.end(there ? readFileSync(file) : '')
}

export async function startGitOrigin(): Promise<GitOrigin> {
  const folder = makeRepository()
  const authority = loadAuthority(join(temporaryFolder('git-origin'), 'ca'))
  const SNICallback = (name: string, done: (error: Error | null, context?: SecureContext) => void) =>
    done(null, authority.contextFor(name))
  const server = createServer({ SNICallback }, (request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?')
    if (path.startsWith('/smart/')) smart(folder, path.slice(6), query, request, response)
    else if (path.startsWith('/dumb/')) dumb(folder, path.slice(6), response)
    else response.writeHead(404).end()
  })
  await new Promise<void>((done) => server.listen(0, 'localhost', done))
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    caFile: authority.caFile,
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
